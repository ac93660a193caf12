internal import CryptoPrimitives
package import RoundVocabulary

/// What was done to one sum, as far as its privacy loss depends on it: all that an accountant needs.
///
/// Nothing of sampling is recorded, for no guarantee here counts on it.
package struct LoggedMechanism: Sendable, Hashable {
  /// The noise and who makes it; the first three have the numbers of a round's configuration.
  package enum Law: UInt8, Sendable, CaseIterable {
    /// No noise: the sum is not private.
    case none = 0
    /// Skellam noise of every device.
    case skellam = 1
    /// Discrete Gaussian noise of every device.
    case discreteGaussian = 2
    /// Discrete Gaussian noise of the coordinator, once.
    case centralDiscreteGaussian = 3
  }

  package let law: Law
  /// The variance of one noise on one coordinate, in squared ring units, as a fraction in lowest terms; 0/1
  /// without noise.
  package let varianceNumerator: UInt64
  package let varianceDenominator: UInt64
  /// The distance of one noise vector from its law, in total variation.
  package let totalVariation: Double
  /// The greatest squared norm of an encoded contribution, in ring units.
  package let squaredNormBound: UInt64
  /// Coordinates of an encoded contribution.
  package let dimension: UInt64
  /// In units of the update.
  package let clipNorm: Double
  /// Ring units per unit of the update.
  package let scale: Double
  /// The round is abandoned when fewer contributions than this arrive.
  package let leastSurvivors: Int
  /// At most this many of the cohort's devices work with the coordinator.
  package let mostColluding: Int

  package init(
    law: Law, variance: (numerator: UInt64, denominator: UInt64), totalVariation: Double,
    squaredNormBound: UInt64, dimension: UInt64, clipNorm: Double, scale: Double,
    assurance: CohortAssurance
  ) {
    self.law = law
    varianceNumerator = variance.numerator
    varianceDenominator = variance.denominator
    self.totalVariation = totalVariation
    self.squaredNormBound = squaredNormBound
    self.dimension = dimension
    self.clipNorm = clipNorm
    self.scale = scale
    leastSurvivors = assurance.leastSurvivors
    mostColluding = assurance.mostColluding
  }

  /// Appends the 65 bytes of a mechanism.
  package func append(to bytes: inout [UInt8]) {
    bytes.append(law.rawValue)
    bytes.append(littleEndian: varianceNumerator)
    bytes.append(littleEndian: varianceDenominator)
    bytes.append(real: totalVariation)
    bytes.append(littleEndian: squaredNormBound)
    bytes.append(littleEndian: dimension)
    bytes.append(real: clipNorm)
    bytes.append(real: scale)
    bytes.append(number: leastSurvivors)
    bytes.append(number: mostColluding)
  }

  /// Reads the 65 bytes of a mechanism.
  package init(from reader: inout FieldReader) throws(LogRefusal) {
    guard let law = Law(rawValue: try reader.u8("mechanism.law")) else {
      throw reader.refusal(.range, "mechanism.law")
    }
    self.law = law
    varianceNumerator = try reader.u64(0...Self.mostVariance, "mechanism.varianceNumerator")
    varianceDenominator = try reader.u64(1...Self.mostVariance, "mechanism.varianceDenominator")
    guard Self.areCoprime(varianceNumerator, varianceDenominator) else {
      throw reader.refusal(.fraction, "mechanism.varianceDenominator")
    }
    totalVariation = try reader.real(0...1, "mechanism.totalVariation")
    let hasNoise = varianceNumerator > 0
    guard hasNoise == (law != .none), hasNoise || totalVariation == 0 else {
      throw reader.refusal(.contradiction, "mechanism.law")
    }
    squaredNormBound = try reader.u64(1...(1 << 60), "mechanism.squaredNormBound")
    dimension = try reader.u64(1...(1 << 40), "mechanism.dimension")
    clipNorm = try reader.real(Self.positive, "mechanism.clipNorm")
    scale = try reader.real(Self.positive, "mechanism.scale")
    leastSurvivors = try reader.number(1...LogLimits.mostDevices, "mechanism.leastSurvivors")
    mostColluding = try reader.number(0...LogLimits.mostDevices, "mechanism.mostColluding")
    guard mostColluding < leastSurvivors else {
      throw reader.refusal(.contradiction, "mechanism.mostColluding")
    }
  }

  /// The bound of the samplers on numerator and denominator.
  private static let mostVariance: UInt64 = 1 << 50
  /// Finite and above zero.
  private static let positive = Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude

  /// Whether a fraction is in lowest terms; 0/1 is.
  private static func areCoprime(_ numerator: UInt64, _ denominator: UInt64) -> Bool {
    var (larger, smaller) = (denominator, numerator)
    while smaller > 0 { (larger, smaller) = (smaller, larger % smaller) }
    return larger == 1
  }
}
