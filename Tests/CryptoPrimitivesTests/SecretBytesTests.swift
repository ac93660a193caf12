import Testing
import TestSupport

@testable import CryptoPrimitives

@Suite struct SecretBytesTests {
  @Test(arguments: [0, 1, 31, 32, 33, 4096, 32_768, 32_769, 100_000])
  func freshSecretsAreZeroAndAligned(count: Int) {
    let secret = SecretBytes(zeros: count)
    #expect(secret.count == count)
    #expect(secret.contents == [UInt8](repeating: 0, count: count))
    #expect(unsafe Int(bitPattern: secret.pointer(at: 0)) % 32 == 0)
  }

  /// The pool keeps its slabs, so memory that was given back may still be read here.
  @Test(arguments: [1, 32, 96, 5000])
  func memoryIsZeroedWhenTheSecretGoes(count: Int) throws {
    var addresses: [Int] = []
    do {
      let secret = SecretBytes(known: [UInt8](repeating: 0xA5, count: count))
      let other = SecretBytes(copying: secret, 0..<count)
      addresses = unsafe [
        Int(bitPattern: secret.pointer(at: 0)), Int(bitPattern: other.pointer(at: 0)),
      ]
      #expect(other.contents.allSatisfy { $0 == 0xA5 })
    }
    for address in addresses {
      let memory = unsafe try #require(UnsafePointer<UInt8>(bitPattern: address))
      // Another test may have been given the same chunk, but never a whole one of these bytes.
      let left = (0..<count).count { unsafe memory[$0] == 0xA5 }
      #expect(left < max(1, count / 8))
    }
  }

  @Test func wipingLeavesZeros() {
    var secret = SecretBytes(known: [1, 2, 3])
    let wasZero = secret.isZero
    secret.wipe()
    let isZero = secret.isZero
    #expect(!wasZero && isZero && secret.contents == [0, 0, 0])
  }

  @Test func secretsDoNotShareMemory() {
    var random = RandomStream.system()
    let secrets = (0..<200).map { _ in Holder(SecretBytes(random: 32, from: &random)) }
    #expect(Set(secrets.map { $0.secret.contents }).count == secrets.count)
    let addresses = secrets.map { unsafe Int(bitPattern: $0.secret.pointer(at: 0)) }.sorted()
    for (left, right) in zip(addresses, addresses.dropFirst()) { #expect(right - left >= 32) }
  }

  @Test func comparisonSeesEveryByteAndTheLength() {
    let secret = SecretBytes(known: Array(0..<40))
    let same = secret.isEqual(to: SecretBytes(known: Array(0..<40)))
    #expect(same)
    for index in 0..<40 {
      var other = [UInt8](0..<40)
      other[index] ^= 0x80
      let isEqual = secret.isEqual(to: SecretBytes(known: other))
      #expect(!isEqual)
    }
    let shorter = secret.isEqual(to: SecretBytes(known: Array(0..<39)))
    #expect(!shorter)
  }

  @Test func copiesAreIndependent() {
    let source = SecretBytes(known: Array(0..<10))
    var copy = SecretBytes(copying: source, 2..<6)
    #expect(copy.contents == [2, 3, 4, 5])
    copy.replace(at: 1, with: source, 8..<10)
    #expect(copy.contents == [2, 8, 9, 5])
    #expect(source.contents == Array(0..<10))
  }

  /// Random bytes come from the source itself: none is left in the stream's buffer.
  @Test func randomnessGoesRoundTheBuffer() {
    var stream = RandomStream(source: SplitMixSource())
    let secret = SecretBytes(random: 20, from: &stream)
    var expected = SplitMixSource()
    let words = unsafe withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 3) { words in
      unsafe expected.refill(words)
      return unsafe Array(words)
    }
    let little = words.flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
    }
    #expect(secret.contents == Array(little.prefix(20)))
    // The source has moved on by whole words: the next word is its fourth.
    let fourth = unsafe withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 1) { word in
      unsafe expected.refill(word)
      return unsafe word[0]
    }
    let next = stream.nextWord()
    #expect(next == fourth)
  }

  @Test func nothingThatPrintsShowsTheBytes() {
    let holder = Holder(SecretBytes(known: [0xDE, 0xAD, 0xBE, 0xEF, 222, 173]))
    var dumped = ""
    dump(holder, to: &dumped)
    for text in [dumped, "\(holder)", String(reflecting: holder), holder.secret.description] {
      for shown in ["222", "173", "dead", "DEAD", "0xde"] { #expect(!text.contains(shown)) }
    }
    #expect(holder.secret.description == "6 secret bytes")
  }

  @Test func readingOutsideStopsTheProcess() async {
    await #expect(processExitsWith: .failure) {
      let secret = SecretBytes(zeros: 8)
      _ = SecretBytes(copying: secret, 4..<9)
    }
  }

  private final class Holder {
    let secret: SecretBytes
    init(_ secret: consuming SecretBytes) { self.secret = secret }
  }
}
