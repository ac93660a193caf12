internal import NumericalMethods

/// Made-up updates, each of which takes part in a run or does not, to be looked for in its releases.
///
/// A set is a rule: canaries are made from the seed when they are needed, and never kept. They are
/// public; what has to be unpredictable is who is in, see `drawInclusion`.
package struct CanarySet: Sendable, Equatable {
  /// Where canaries point.
  package enum Directions: String, Sendable, CaseIterable, Codable {
    /// Every canary has coordinates of its own, with random signs.
    ///
    /// Canaries are exactly orthogonal and making all of them takes O(d). At most d canaries.
    case disjointBlocks
    /// Uniform on the sphere: nearly orthogonal while the dimension is well above the count.
    ///
    /// Making all of them takes O(m d).
    case uniform
  }

  /// With which sign a canary takes part in one release after the other.
  package enum Schedule: String, Sendable, CaseIterable, Codable {
    /// Always the same: what a careless mechanism sums up over the rounds.
    case constant
    /// Plus, minus, plus, ...: noise that is the same in every round cancels, as do other users'
    /// unchanging updates, and nothing of the canary is lost.
    case alternating
  }

  /// Norm of a canary before it is clipped, over the clip norm.
  ///
  /// An honest path makes a contribution of norm `clipNorm` of it. One that does not clip, or clips what
  /// has its noise already, shows it ten times as well.
  package static let excess = 10.0

  /// m.
  package let count: Int
  /// d.
  package let dimension: Int
  /// The L2 norm that a clipped canary has, in units of the update.
  package let clipNorm: Double
  package let directions: Directions
  package let schedule: Schedule
  private let seed: UInt64

  /// - Range: `count` from 1 to 10^6, and at most `dimension` in disjoint blocks; `dimension` from 1 to
  ///   10^9; `clipNorm` positive and finite.
  /// - Throws: `AuditError.outOfRange`.
  package init(
    count: Int, dimension: Int, clipNorm: Double, directions: Directions = .disjointBlocks,
    schedule: Schedule = .alternating, seed: UInt64
  ) throws(AuditError) {
    try AuditError.require(dimension, "the dimension", in: 1...1_000_000_000)
    try AuditError.require(
      count, "the number of canaries",
      in: 1...(directions == .disjointBlocks ? min(dimension, 1_000_000) : 1_000_000))
    guard clipNorm > 0, clipNorm.isFinite else {
      throw .outOfRange(field: "clipNorm", value: clipNorm, allowed: "positive and finite")
    }
    self.count = count
    self.dimension = dimension
    self.clipNorm = clipNorm
    self.directions = directions
    self.schedule = schedule
    self.seed = seed
  }

  /// The update of canary `index` for release `release`, counted from 0, if it is in.
  ///
  /// Shape: [d], to be clipped: of norm `excess` times `clipNorm`, up to the rounding of `Float`.
  package func contribution(of index: Int, inRelease release: Int) -> [Float] {
    var vector = [Float](repeating: 0, count: dimension)
    let canary = canary(index)
    let factor = Self.excess * sign(inRelease: release)
    for (offset, value) in canary.values.enumerated() {
      vector[canary.start + offset] = Float(factor * value)
    }
    return vector
  }

  /// Tosses a fair coin for every canary.
  ///
  /// - Parameter generator: of cryptographic quality, and unknown to whoever runs the mechanism, in
  ///   a deployment; a seeded one in simulations.
  package func drawInclusion(using generator: inout some RandomNumberGenerator) -> [Bool] {
    (0..<count).map { _ in Bool.random(using: &generator) }
  }

  func sign(inRelease release: Int) -> Double {
    schedule == .alternating && !release.isMultiple(of: 2) ? -1 : 1
  }

  /// The coordinates of a clipped canary that may differ from zero, from `start` on.
  func canary(_ index: Int) -> (start: Int, values: [Double]) {
    precondition(index >= 0 && index < count, "there is no such canary")
    var generator = DeterministicGenerator(seed: seed, stream: UInt64(index))
    switch directions {
    case .disjointBlocks:
      let width = dimension / count
      let size = clipNorm / Double(width).squareRoot()
      return (index * width, (0..<width).map { _ in generator.next() >> 63 == 0 ? size : -size })
    case .uniform:
      // A normal vector points in every direction alike; Muller 1959.
      let normals = generator.nextNormals(dimension)
      let norm = normals.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return (0, normals.map { $0 * (clipNorm / norm) })
    }
  }
}
