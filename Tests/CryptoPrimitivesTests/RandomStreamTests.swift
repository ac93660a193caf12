import CryptoPrimitives
import Testing
import TestSupport

/// Counts 0, 1, 2, ...
private struct CountingSource: RandomSource {
  var next: UInt64 = 0
  mutating func refill(_ words: UnsafeMutableBufferPointer<UInt64>) {
    for index in words.indices {
      unsafe words[index] = next
      next += 1
    }
  }
}

/// Repeats the given words.
private struct ScriptedSource: RandomSource {
  let script: [UInt64]
  mutating func refill(_ words: UnsafeMutableBufferPointer<UInt64>) {
    for index in words.indices { unsafe words[index] = script[index % script.count] }
  }
}

@Suite struct RandomStreamTests {
  @Test func everyWordIsHandedOutOnceAndInOrder() {
    var stream = RandomStream(source: CountingSource())
    for expected in UInt64(0)..<1500 { #expect(stream.nextWord() == expected) }
  }

  @Test func fillTakesWholeWordsAcrossRefills() {
    var stream = RandomStream(source: CountingSource())
    var words = [UInt32](repeating: .max, count: 1501)
    unsafe words.withUnsafeMutableBufferPointer { unsafe stream.fill($0) }
    for (index, word) in words.enumerated() {
      #expect(word == (index % 2 == 0 ? UInt32(index / 2) : 0))
    }
    #expect(stream.nextWord() == 751)
  }

  @Test(arguments: [1, 3, 4, 600])
  func groupsAreTheNextWordsAcrossRefills(width: Int) {
    var stream = RandomStream(source: CountingSource())
    #expect(stream.nextWord() == 0)
    var words: [UInt64] = []
    unsafe stream.take(700, of: width) { group in
      #expect(group.count.isMultiple(of: width))
      unsafe words += group
    }
    #expect(words == (1...UInt64(700 * width)).map { $0 })
    #expect(stream.nextWord() == UInt64(700 * width) + 1)
  }

  /// Every refill has a key of its own: no word comes twice, and bits are balanced.
  @Test func refillsOfTheSystemSourceDiffer() {
    var source = SystemRandomSource()
    var words: [UInt64] = []
    for _ in 0..<64 {
      var block = [UInt64](repeating: 0, count: 512)
      unsafe block.withUnsafeMutableBufferPointer { unsafe source.refill($0) }
      words += block
    }
    // A collision among 2^15 fresh words has probability 2^-35.
    #expect(Set(words).count == words.count)
    let ones = words.reduce(0) { $0 + $1.nonzeroBitCount }
    let bits = Double(64 * words.count)
    // Five and a half standard deviations: false failure 4 * 10^-8.
    #expect(abs(Double(ones) - bits / 2) <= 5.5 * bits.squareRoot() / 2)
    unsafe source.refill(UnsafeMutableBufferPointer(start: nil, count: 0))
  }

  @Test func systemRandomnessDiffersFromCallToCall() {
    var first = RandomStream.system()
    var second = RandomStream.system()
    let words = (0..<600).flatMap { _ in [first.nextWord(), second.nextWord()] }
    // False failure: a collision among 1200 words has probability below 10^-13.
    #expect(Set(words).count == words.count)
  }

  @Test func nextBelowRejectsTheWordsThatWouldBias() {
    // 2^64 mod 3 = 1: the product with low half below 1, that of the word 0, must be redrawn.
    var stream = RandomStream(source: ScriptedSource(script: [0, 1 << 63]))
    let draw = stream.nextBelow(UInt64(3))
    #expect(draw == 1)
  }

  @Test func nextBelowIsUniform() {
    var stream = RandomStream.system()
    for bound in [UInt64(1), 7] {
      var counts = [Double](repeating: 0, count: Int(bound))
      for _ in 0..<70_000 { counts[Int(stream.nextBelow(bound))] += 1 }
      let expected = [Double](repeating: 70_000 / Double(bound), count: Int(bound))
      // False failure below 10^-6.
      #expect(
        ChiSquare.statistic(observed: counts, expected: expected)
          <= ChiSquare.criticalValue(degreesOfFreedom: 6))
    }
  }

  @Test func wideNextBelowRejectsAndReachesEveryResidue() {
    // Three bits are drawn for a bound of 6: 7 and 6 are rejected, 5 is taken.
    var stream = RandomStream(source: ScriptedSource(script: [0, 7, 0, 6, 0, 5]))
    let draw = stream.nextBelow(UInt128(6))
    #expect(draw == 5)
    let large = UInt128(1) << 100
    var random = RandomStream.system()
    for _ in 0..<1000 {
      let draw = random.nextBelow(large + 1)
      #expect(draw <= large)
    }
    let only = random.nextBelow(UInt128(1))
    #expect(only == 0)
  }
}
