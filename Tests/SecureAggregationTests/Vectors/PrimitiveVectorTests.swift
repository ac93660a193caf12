import Foundation
import CryptoPrimitives
import RingArithmetic
import Testing
import TestSupport

@testable import SecureAggregation

/// Known answers of the reference in protocols/reference, below whole messages.
@Suite struct PrimitiveVectorTests {
  // encodings.json

  private struct Encodings: Decodable {
    struct Hash: Decodable {
      let name: String
      let label: String
      let fields: [Hex]
      let input: Hex
      let key: Hex
      let hash: Hex
      let kdf: Hex
    }
    struct Bitmap: Decodable {
      let n: Int
      let members: [Int]
      let bitmap: Hex
    }
    struct SignatureCase: Decodable {
      let seed: Hex
      let `public`: Hex
      let step: String
      let message: Hex
      let signature: Hex
    }
    struct DrawnScalar: Decodable {
      let random: Hex
      let scalar: Hex
      let timesBase: Hex
    }
    let codes: [String: UInt32]
    let hashes: [Hash]
    let bitmaps: [Bitmap]
    let signatures: [SignatureCase]
    let drawnScalars: [DrawnScalar]
  }

  private func encodings() throws -> Encodings { try VectorFile.load("encodings") }

  @Test func codesHaveTheirNamesAndNumbers() throws {
    let codes = try encodings().codes
    #expect(codes.count == AbortCode.allCases.count)
    for (name, number) in codes {
      let code = try #require(AbortCode(rawValue: number))
      #expect("\(code)".lowercased() == name.filter { $0 != "-" })
    }
  }

  @Test func hashesAndDerivedKeys() throws {
    for vector in try encodings().hashes {
      let label = try #require(DomainLabel(rawValue: vector.label))
      var message = LabeledMessage(label)
      for field in vector.fields { message.append(field.bytes) }
      #expect(message.bytes == vector.input.bytes)
      #expect(message.digest == vector.hash.bytes32)
      let key = KeyDerivation.key(from: vector.key.secret, message: message)
      #expect(key.contents == vector.kdf.bytes)
    }
  }

  @Test func bitmaps() throws {
    for vector in try encodings().bitmaps {
      let set = CohortSet(vector.members, cohortSize: vector.n)
      #expect(set.bitmap == vector.bitmap.bytes)
      #expect(set.indices == vector.members && set.count == vector.members.count)
      #expect(CohortSet(bitmap: vector.bitmap.bytes, cohortSize: vector.n) == set)
    }
  }

  @Test func signatures() throws {
    for vector in try encodings().signatures {
      let label = try #require(DomainLabel(rawValue: "fsa1/sig/" + vector.step))
      var message = LabeledMessage(label)
      message.append(vector.message.bytes)
      let key = SigningKey(seed: vector.seed.secret)
      #expect(key.verificationKey == vector.public.key)
      #expect(key.sign(message.digest).bytes == vector.signature.bytes)
    }
  }

  @Test func drawnScalars() throws {
    for vector in try encodings().drawnScalars {
      var stream = RandomStream(source: ByteSource(vector.random.bytes))
      let scalar = SecretScalar(random: &stream)
      #expect(scalar.bytes.contents == vector.scalar.bytes)
      #expect(scalar.publicPoint.encoding == vector.timesBase.bytes32)
    }
  }

  // masks.json

  private struct Masks: Decodable {
    struct Keys: Decodable {
      let t3: Hex
      let s: Hex
      let S: Hex
      let otherPoint: Hex
      let q: Hex
      let pairKey: Hex
      let b: Hex
      let selfKey: Hex

      // The reference tells a scalar from its point by the case of one letter.
      enum CodingKeys: String, CodingKey {
        case t3, s, S, q, b
        case pairKey = "pair_key"
        case selfKey = "self_key"
        case otherPoint = "other_S"
      }
    }
    struct Stream: Decodable {
      let name: String
      let key: Hex
      let b: Int
      let first: Int
      let elements: [UInt32]?
      let count: Int?
      let packedHash: Hex?

      enum CodingKeys: String, CodingKey {
        case name, key, b, first, elements, count
        case packedHash = "packed_hash"
      }
    }
    let keys: [Keys]
    let streams: [Stream]
  }

  @Test func pairwiseAndSelfMaskKeys() throws {
    for vector in try VectorFile.load("masks", as: Masks.self, keys: .useDefaultKeys).keys {
      let scalar = try SecretScalar(encoding: vector.s.secret)
      #expect(scalar.publicPoint.encoding == vector.S.bytes32)
      let agreement = try scalar.times(GroupElement(encoding: vector.otherPoint.bytes32))
      #expect(agreement.contents == vector.q.bytes)
      var keys = MaskKeys(capacity: 2)
      keys.appendPairwiseMask(
        of: agreement, between: (vector.S.bytes32, vector.otherPoint.bytes32),
        in: vector.t3.bytes32, .added)
      keys.appendSelfMask(
        of: vector.b.secret, maskKey: vector.S.bytes32, in: vector.t3.bytes32, .subtracted)
      var masked = RingVector(zeros: 100, modulus: RingModulus(bits: 32))
      keys.apply(to: &masked)
      var expected = RingVector(zeros: 100, modulus: RingModulus(bits: 32))
      for (key, sign) in [(vector.pairKey, MaskSign.added), (vector.selfKey, .subtracted)] {
        var stream = [UInt8](repeating: 0, count: 400)
        unsafe stream.withUnsafeMutableBytes {
          unsafe ChaCha20.keystream(keys: key.secret, index: 0, firstBlock: 0, into: $0)
        }
        unsafe stream.withUnsafeBytes { unsafe expected.apply($0, at: 0, sign) }
      }
      #expect(masked == expected)
    }
  }

  @Test func maskStreams() throws {
    for vector in try VectorFile.load("masks", as: Masks.self, keys: .useDefaultKeys).streams {
      let modulus = RingModulus(bits: vector.b)
      let width = modulus.maskWordByteCount
      let count = vector.elements?.count ?? vector.count ?? 0
      let firstByte = vector.first * width
      let skipped = firstByte % ChaCha20.blockByteCount
      var stream = [UInt8](repeating: 0, count: skipped + count * width)
      unsafe stream.withUnsafeMutableBytes {
        unsafe ChaCha20.keystream(
          keys: vector.key.secret, index: 0,
          firstBlock: UInt64(firstByte / ChaCha20.blockByteCount), into: $0)
      }
      var mask = RingVector(zeros: count, modulus: modulus)
      unsafe Array(stream[skipped...]).withUnsafeBytes { unsafe mask.apply($0, at: 0, .added) }
      if let elements = vector.elements { #expect(mask.words == elements) }
      if let hash = vector.packedHash {
        let packing = try #require(BitPacking(modulus))
        #expect(Blake2b.digest(packing.pack(mask)) == hash.bytes32)
      }
    }
  }

  // packing.json

  private struct Packings: Decodable {
    struct Packing: Decodable {
      let b: Int
      let d: Int
      let values: [UInt32]
      let packed: Hex
    }
    struct Bad: Decodable {
      let b: Int
      let d: Int
      let packed: Hex
    }
    let packings: [Packing]
    let bad: [Bad]
  }

  @Test func packedVectors() throws {
    let file = try VectorFile.load("packing", as: Packings.self)
    for vector in file.packings {
      let modulus = RingModulus(bits: vector.b)
      let packing = try #require(BitPacking(modulus))
      let values = RingVector(reducing: vector.values, modulus: modulus)
      #expect(packing.pack(values) == vector.packed.bytes)
      var sum = RingVector(zeros: vector.d, modulus: modulus)
      try unsafe packing.add(vector.packed.bytes.span.bytes, to: &sum, 0..<vector.d)
      #expect(sum == values)
    }
    for vector in file.bad {
      let modulus = RingModulus(bits: vector.b)
      let packing = try #require(BitPacking(modulus))
      var sum = RingVector(zeros: vector.d, modulus: modulus)
      #expect(throws: PackingError.nonZeroPadding) {
        try unsafe packing.add(vector.packed.bytes.span.bytes, to: &sum, 0..<vector.d)
      }
    }
  }
}

/// Hands out the given bytes, then stops the test.
private struct ByteSource: RandomSource {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

  mutating func refill(_ words: UnsafeMutableBufferPointer<UInt64>) {
    let count = words.count * 8
    precondition(bytes.count >= count, "no random bytes left")
    unsafe UnsafeMutableRawBufferPointer(words).copyBytes(from: bytes.prefix(count))
    bytes = bytes.dropFirst(count)
  }
}
