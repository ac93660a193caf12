import CryptoPrimitives
import SeededRandomness
import Testing
import TestSupport

@testable import SecureAggregation

@Suite struct SharingTests {
  /// Shares of a fresh secret for slots 1 to `count`, and the secret's point.
  private func deal(
    threshold: Int, count: Int, _ random: inout RandomStream
  ) throws -> (shares: [Slotted<Scalar>], point: Bytes32) {
    let secret = SecretScalar(random: &random)
    let polynomial = SecretPolynomial(
      hiding: secret, threshold: threshold, randomness: &random)
    return (
      try (1...count).map { Slotted(slot: $0, value: try polynomial.share($0)) },
      secret.publicPoint.encoding
    )
  }

  /// Any t of n shares give the secret, for all small t and n.
  @Test func anyThresholdOfSharesReconstructs() throws {
    var random = RandomStream.seeded(1, label: "sharing")
    for count in 1...5 {
      for threshold in 1...count {
        let (shares, point) = try deal(threshold: threshold, count: count, &random)
        for bits in 0..<(1 << count) where bits.nonzeroBitCount >= threshold {
          let some = shares.filter { bits >> ($0.slot - 1) & 1 == 1 }
          var combiner = ShareCombiner(threshold: threshold)
          let found = try combiner.secret(of: point, from: some)
          #expect(found.suspectedSlot == nil)
        }
      }
    }
  }

  @Test func fewerSharesThanTheThresholdAreRefused() throws {
    var random = RandomStream.seeded(2, label: "sharing")
    let (shares, point) = try deal(threshold: 4, count: 6, &random)
    var combiner = ShareCombiner(threshold: 4)
    #expect(throws: ProtocolError(.fewShares, "")) {
      _ = try combiner.secret(of: point, from: Array(shares.prefix(3)))
    }
  }

  @Test func oneWrongShareIsFoundAndTwoEndTheRound() throws {
    var random = RandomStream.seeded(3, label: "sharing")
    let (shares, point) = try deal(threshold: 3, count: 5, &random)
    func spoiled(_ slots: Set<Int>) -> [Slotted<Scalar>] {
      shares.map { share in
        guard slots.contains(share.slot) else { return share }
        return Slotted(
          slot: share.slot, value: share.value + Scalar(UInt64(share.slot * share.slot)))
      }
    }
    for slot in 1...5 {
      var combiner = ShareCombiner(threshold: 3)
      let found = try combiner.secret(of: point, from: spoiled([slot]))
      #expect(found.suspectedSlot == (slot <= 3 ? slot : nil))
    }
    var combiner = ShareCombiner(threshold: 3)
    #expect(throws: ProtocolError(.pointCheck, "")) {
      _ = try combiner.secret(of: point, from: spoiled([1, 2]))
    }
    // With exactly the threshold there is nothing to leave out.
    #expect(throws: ProtocolError(.pointCheck, "")) {
      _ = try combiner.secret(of: point, from: Array(spoiled([1]).prefix(3)))
    }
  }

  /// What t - 1 shares and a guess of the last one would give is uniform over the polynomials.
  @Test func oneShareTooFewSaysNothing() throws {
    var random = RandomStream.seeded(4, label: "sharing")
    let threshold = 3
    let secret = try SecretScalar(
      encoding: SecretBytes(known: [42] + [UInt8](repeating: 0, count: 31)))
    var table = LagrangeTable()
    let coefficients = LagrangeCoefficients(slots: [1, 2, 3], &table).values
    let draws = 12_800
    var low = [Double](repeating: 0, count: 256)
    var high = low
    for _ in 0..<draws {
      let polynomial = SecretPolynomial(
        hiding: secret, threshold: threshold, randomness: &random)
      let known = [try polynomial.share(1), try polynomial.share(2), Scalar(7)]
      let guess = SecretScalar(combining: known, with: coefficients).bytes.contents
      low[Int(guess[0])] += 1
      high[Int(guess[30])] += 1
    }
    let expected = [Double](repeating: Double(draws) / 256, count: 256)
    // False failure below 10^-6 each.
    for observed in [low, high] {
      #expect(
        ChiSquare.statistic(observed: observed, expected: expected)
          <= ChiSquare.criticalValue(degreesOfFreedom: 255))
    }
  }

  /// Naive Lagrange coefficients, one factor at a time.
  @Test(arguments: [
    [1], [1, 2], [3, 1, 2], Array(1...20), [1, 511, 1023, 16_384], Array(900...930),
  ])
  func packedCoefficientsEqualNaiveOnes(slots: [Int]) throws {
    func signed(_ value: Int) -> Scalar {
      value < 0 ? -Scalar(UInt64(-value)) : Scalar(UInt64(value))
    }
    var table = LagrangeTable()
    // What earlier dealers left in the table changes nothing.
    _ = LagrangeCoefficients(slots: [2, 5], &table)
    let coefficients = LagrangeCoefficients(slots: slots, &table)
    for (index, own) in slots.enumerated() {
      var expected = Scalar.one
      for other in slots where other != own {
        expected = expected * signed(other) * (try signed(other - own).inverted())
      }
      #expect(coefficients.values[index] == expected)
    }
  }
}

extension SecretPolynomial {
  /// A share that a test releases.
  fileprivate borrowing func share(_ slot: Int) throws -> Scalar {
    var bytes = SecretBytes(zeros: 32)
    writeShare(ofSlot: slot, to: &bytes, at: 0)
    var row = SecretScalars(zeros: 1)
    try row.set(0, to: bytes, at: 0)
    return row.released(0)
  }
}
