import CryptoPrimitives
import SeededRandomness
import TestSupport
import Testing

@testable import DiscreteNoise

extension AliasTable {
  fileprivate var capacity: UInt128 { 1 << UInt128(127 - indexBits) }

  fileprivate func threshold(_ index: Int) -> UInt128 {
    (UInt128(columns[index].high) << 64 | UInt128(columns[index].low)) >> UInt128(indexBits)
  }

  fileprivate func alias(_ index: Int) -> Int {
    Int(columns[index].low & (1 << UInt64(indexBits) - 1))
  }

  /// How many of the 2^127 draws of digits and index yield each magnitude.
  fileprivate var impliedMasses: [UInt128] {
    var masses = [UInt128](repeating: 0, count: columns.count)
    for index in columns.indices {
      masses[index] += threshold(index)
      masses[alias(index)] += capacity - threshold(index)
    }
    return masses
  }

  /// The two words that draw these digits in this column.
  fileprivate func words(_ digits: UInt128, column: Int, isNegative: Bool = false) -> [UInt64] {
    let number =
      digits << UInt128(indexBits) | UInt128(column) | (isNegative ? UInt128(1) << 127 : 0)
    return [UInt64(truncatingIfNeeded: number >> 64), UInt64(truncatingIfNeeded: number)]
  }

  fileprivate func sample(_ words: [UInt64]) -> Int64 {
    var stream = RandomStream(source: RepeatingSource(words))
    return sample(using: &stream)
  }
}

private let variances: [(UInt64, UInt64)] = [
  (1, 1024), (1, 3), (1, 1), (12_345, 7), (100_000, 1),
]

@Suite struct AliasTableTests {
  /// The table's law is exactly that of the masses: no rounding in its construction.
  @Test(arguments: variances)
  func impliedProbabilitiesAreTheMasses(numerator: UInt64, denominator: UInt64) {
    for law in [NoiseVectors.Law.skellam, .discreteGaussian] {
      let folded = SymmetricMasses.of(law, numerator, denominator).folded
      let table = AliasTable(folded: folded)
      let implied = table.impliedMasses
      #expect(implied.reduce(0, +) == 1 << 127)
      #expect(Array(implied.prefix(folded.count)) == folded)
      #expect(implied.dropFirst(folded.count).allSatisfy { $0 == 0 })
      #expect(table.columns.count / 2 < max(2, folded.count))
      #expect(table.columns.indices.allSatisfy { table.threshold($0) < table.capacity })
    }
  }

  /// Shapes that the distributions do not have: uniform, certain, rising, many heavy columns.
  @Test func anyMassesAreReproduced() {
    let one = UInt128(1) << 127
    var stream = RandomStream.seeded(1, label: "masses")
    var shapes: [[UInt128]] = [
      [one], [0, one], [one / 2, one / 2], [one / 4, one / 4, one / 4, one / 4], [0, 0, one, 0, 0],
      [one - 1, 1], [1, one - 1], [one / 2, 0, 0, 0, one / 2],
    ]
    for count in 2...70 {
      var masses = (0..<count).map { _ in stream.nextBelow(one / UInt128(count)) }
      masses[count / 2] += one - masses.reduce(0, +)
      shapes.append(masses)
    }
    for masses in shapes {
      let implied = AliasTable(folded: masses).impliedMasses
      #expect(Array(implied.prefix(masses.count)) == masses)
    }
  }

  /// Digits just below, at and above the threshold, in all 127 - k of their places.
  @Test func digitsAreComparedWithTheThresholdToTheLastBit() {
    for variance in [UInt64(1), 50, 5000] {
      let table = AliasTable(folded: Skellam.masses(numerator: variance, denominator: 1).folded)
      for column in table.columns.indices where table.threshold(column) > 0 {
        let threshold = table.threshold(column)
        let alias = Int64(table.alias(column))
        #expect(table.sample(table.words(threshold - 1, column: column)) == Int64(column))
        #expect(table.sample(table.words(threshold, column: column)) == alias)
        #expect(table.sample(table.words(0, column: column)) == Int64(column))
        #expect(table.sample(table.words(table.capacity - 1, column: column)) == alias)
        // The words that differ from the threshold in the lower one alone.
        for offset in [UInt128(1) << 40, 1 << 55] where threshold > offset {
          let below = table.words(threshold - offset, column: column)
          #expect(table.sample(below) == Int64(column))
          guard threshold + offset < table.capacity else { continue }
          #expect(table.sample(table.words(threshold + offset, column: column)) == alias)
        }
      }
    }
  }

  @Test func theSignIsABitOfItsOwn() {
    let table = AliasTable(folded: Skellam.masses(numerator: 9, denominator: 1).folded)
    for column in table.columns.indices {
      let positive = table.sample(table.words(0, column: column))
      let negative = table.sample(table.words(0, column: column, isNegative: true))
      #expect(negative == -positive)
    }
  }

  @Test func everySampleTakesTwoWords() throws {
    let skellam = try Skellam(varianceNumerator: 100)
    let wide = try DiscreteGaussian(varianceNumerator: 1 << 30)
    var one = RandomStream.seeded(2, label: "words")
    var other = RandomStream.seeded(2, label: "words")
    for _ in 0..<100 { _ = skellam.sample(using: &one) }
    for _ in 0..<100 { _ = wide.sample(using: &one) }
    for _ in 0..<600 { _ = other.nextWord() }
    #expect(one.nextWord() == other.nextWord())
  }

  @Test func massesThatAreNoDistributionStopTheProcess() async {
    await #expect(processExitsWith: .failure) { _ = AliasTable(folded: [1, 2, 3]) }
    await #expect(processExitsWith: .failure) {
      _ = AliasTable(folded: [UInt128](repeating: 1 << 106, count: 1 << 21))
    }
    await #expect(processExitsWith: .failure) {
      _ = SymmetricMasses(ratios: [UInt128](repeating: 1, count: 1 << 20 + 1), ratioError: 0)
    }
    await #expect(processExitsWith: .failure) {
      _ = FixedPoint.exponential(ofMinus: 0, over: 1)
    }
  }

  /// The specification, implemented a second time in Python, gives the same samples bit for bit.
  @Test func samplesOfFixedWordsMatchTheReference() throws {
    let cases = try NoiseVectors.load().samples
    #expect(cases.count == 9)
    for vector in cases {
      var stream = RandomStream(source: SplitMixSource())
      let samples: [Int64]
      switch vector.law {
      case .skellam:
        let noise = try Skellam(
          varianceNumerator: vector.numerator, varianceDenominator: vector.denominator)
        samples = vector.samples.map { _ in noise.sample(using: &stream) }
      case .discreteGaussian:
        let noise = try DiscreteGaussian(
          varianceNumerator: vector.numerator, varianceDenominator: vector.denominator)
        samples = vector.samples.map { _ in noise.sample(using: &stream) }
      }
      #expect(samples == vector.samples, "\(vector.law) \(vector.numerator)/\(vector.denominator)")
    }
  }
}
