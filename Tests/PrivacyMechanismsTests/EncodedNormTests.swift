import CryptoPrimitives
import RingArithmetic
import SeededRandomness
import Testing

@testable import PrivacyMechanisms

/// The integers that a device sends, taken from what they add to a sum.
private struct Sender: ~Copyable {
  let mechanism: ContributionMechanism
  var sum: ContributionSum
  var stream: RandomStream

  init(_ mechanism: ContributionMechanism, label: String) {
    self.mechanism = mechanism
    sum = mechanism.makeSum()
    stream = .seeded(30, label: label)
  }

  mutating func squaredNorm(of update: [Float]) throws(ContributionError) -> UInt64 {
    let before = sum.total.words
    try mechanism.contribute(update, to: &sum, randomness: &stream)
    var squares: UInt64 = 0
    for (word, old) in zip(sum.total.words, before) {
      let value = Int64(mechanism.modulus.centered((word &- old) & mechanism.modulus.mask))
      squares += UInt64(value * value)
    }
    return squares
  }

  /// A random direction with a norm up to 1.5 clip norms: two of three are at the clip or beyond.
  mutating func update() -> [Float] {
    var update = [Float](repeating: 0, count: mechanism.request.dimension)
    var squares: Float = 0
    for index in update.indices {
      update[index] = Float(Int64(bitPattern: stream.nextWord()) >> 40) * 0x1p-23
      squares += update[index] * update[index]
    }
    let target = 1.5 * Float(stream.nextWord() >> 40) * 0x1p-24 / squares.squareRoot()
    for index in update.indices { update[index] *= target }
    return update
  }
}

@Suite struct EncodedNormTests {
  /// 10^6 draws in all, which takes some seconds: pitfall 6 is a norm that is checked before rounding
  /// or without the padding, and shows only now and then.
  @Test(arguments: [(3, 2, false), (5, 1, true), (7, 3, false), (3, 3, true)])
  func noDrawPassesTheBound(dimension: Int, scaleBits: Int, rotated: Bool) throws {
    let mechanism = try ContributionMechanism(
      .init(
        dimension: dimension, clipNorm: 1, maximumCohort: 1 << 20, ringBits: 32,
        scaleBits: scaleBits, noiseMultiplier: nil,
        rotation: rotated ? RotationSeed(hashing: [1]) : nil))
    let bound = mechanism.squaredRoundedBound
    #expect(
      bound
        == ContributionMechanism.squaredRoundedBound(
          dimension: rotated ? (dimension == 3 ? 4 : 8) : dimension, scaleBits: scaleBits))
    var sender = Sender(mechanism, label: "norm \(dimension) \(rotated)")
    var greatest: UInt64 = 0
    for _ in 0..<250_000 {
      let update = sender.update()
      greatest = max(greatest, try sender.squaredNorm(of: update))
    }
    #expect(greatest <= bound)
    // Rounding lifts norms above the clip: the clip norm itself would not be a bound.
    #expect(greatest > 1 << (2 * UInt64(scaleBits)))
  }

  /// The adversary: rounding that is not conditional passes the bound.
  @Test func roundingWithoutTheCheckPassesTheBound() {
    let bound = ContributionMechanism.squaredRoundedBound(dimension: 3, scaleBits: 2)
    var stream = RandomStream.seeded(31, label: "unchecked")
    let coordinate = 4 / 3.0.squareRoot()
    let beyond = (0..<10_000).count { _ in
      let squares = (0..<3).reduce(0.0) { sum, _ in
        let up = Double(stream.nextWord() >> 11) * 0x1p-53 < coordinate - 2
        return sum + (up ? 9 : 4)
      }
      return squares > Double(bound)
    }
    // Three in a hundred: all of 4 / sqrt(3) = 2.309 three times go up.
    #expect(beyond > 100)
  }

  /// Pitfall 14: whatever the update, a release lies on the same grid, to the bit.
  @Test func neighborsHaveOneSupport() throws {
    let mechanism = try ContributionMechanism(
      .init(
        dimension: 64, clipNorm: 3, maximumCohort: 10, ringBits: 24, noiseMultiplier: 0.7))
    var stream = RandomStream.seeded(32, label: "support")
    func isOnGrid(_ value: Float) -> Bool {
      let point = (Double(value) * mechanism.scale).rounded()
      return Float(point * (1 / mechanism.scale)).bitPattern == value.bitPattern
    }
    for round in 0..<100 {
      var sender = Sender(mechanism, label: "support \(round)")
      if round % 2 == 1 { _ = try sender.squaredNorm(of: sender.update()) }
      let release = try mechanism.release(sender.sum, noise: &stream)
      #expect(release.values.allSatisfy(isOnGrid))
    }
    // The adversary: noise on the grid, added to an update that is not.
    let naive = (0..<64).map { Float(0.1) * Float($0) + Float(Double($0) / mechanism.scale) }
    #expect(naive.count(where: isOnGrid) < 32)
  }
}
