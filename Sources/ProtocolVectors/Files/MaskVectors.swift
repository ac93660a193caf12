internal import CryptoPrimitives
internal import RingArithmetic
internal import SecureAggregation

/// masks.json: the keys of masks, and their streams.
struct MaskVectors: VectorSuite {
  struct Keys: Decodable {
    let name: String
    let t3: Hex32
    let s: Hex32
    let S: Hex32
    let otherPoint: Hex32
    let q: Hex
    let pairKey: Hex32
    let b: Hex32
    let selfKey: Hex32

    // The reference tells a scalar from its point by the case of one letter.
    enum CodingKeys: String, CodingKey {
      case name, t3, s, S, q, b
      case pairKey = "pair_key"
      case selfKey = "self_key"
      case otherPoint = "other_S"
    }
  }
  struct Stream: Decodable {
    let name: String
    let key: Hex32
    let b: Int
    let first: Int
    let elements: [UInt32]?
    let count: Int?
    let packedHash: Hex32?

    enum CodingKeys: String, CodingKey {
      case name, key, b, first, elements, count
      case packedHash = "packed_hash"
    }
  }
  let keys: [Keys]
  let streams: [Stream]

  func verify(
    _ checks: inout VectorChecks, rounds: RoundScripts
  ) async throws(ProtocolVectorError) {
    for vector in try checks.list("keys", keys) { try verify(vector, &checks) }
    for vector in try checks.list("streams", streams) { try verify(vector, &checks) }
  }

  private func verify(_ vector: Keys, _ checks: inout VectorChecks) throws(ProtocolVectorError) {
    try checks.begin(vector.name)
    let scalar = try checks.input("s") { () throws(CryptoError) in
      try SecretScalar(encoding: vector.s.secret)
    }
    let point = try checks.input("s") { () throws(CryptoError) in try scalar.timesGenerator() }
    checks.equal("S", point.encoding, vector.S.value)
    let agreement = try checks.input("other_S") { () throws(CryptoError) in
      try scalar.times(GroupElement(encoding: vector.otherPoint.value))
    }
    checks.equal("q", agreement.published, vector.q.bytes)
    let points = (vector.S.value, vector.otherPoint.value)
    var pairwise = MaskKeys(capacity: 1)
    pairwise.appendPairwiseMask(of: agreement, between: points, in: vector.t3.value, .added)
    checks.equal("pair_key", Self.mask(of: pairwise), Self.stream(of: vector.pairKey))
    var own = MaskKeys(capacity: 1)
    own.appendSelfMask(
      of: vector.b.secret, maskKey: vector.S.value, in: vector.t3.value, .added)
    checks.equal("self_key", Self.mask(of: own), Self.stream(of: vector.selfKey))
  }

  // A key cannot be looked at in guarded memory; masks of 100 coordinates stand for it.

  private static func mask(of keys: borrowing MaskKeys) -> [UInt32] {
    var masked = RingVector(zeros: 100, modulus: RingModulus(bits: 32))
    keys.apply(to: &masked)
    return masked.words
  }

  private static func stream(of key: Hex32) -> [UInt32] {
    mask(of: key, from: 0, count: 100, modulus: RingModulus(bits: 32)).words
  }

  /// Elements of the stream of a key.
  private static func mask(
    of key: Hex32, from first: Int, count: Int, modulus: RingModulus
  ) -> RingVector {
    let width = modulus.maskWordByteCount
    let skipped = first * width % ChaCha20.blockByteCount
    var stream = [UInt8](repeating: 0, count: skipped + count * width)
    unsafe stream.withUnsafeMutableBytes {
      unsafe ChaCha20.keystream(
        keys: key.secret, index: 0,
        firstBlock: UInt64(first * width / ChaCha20.blockByteCount), into: $0)
    }
    var mask = RingVector(zeros: count, modulus: modulus)
    unsafe Array(stream[skipped...]).withUnsafeBytes { unsafe mask.apply($0, at: 0, .added) }
    return mask
  }

  private func verify(_ vector: Stream, _ checks: inout VectorChecks) throws(ProtocolVectorError) {
    try checks.begin(vector.name)
    let packing = try checks.packing(vector.b)
    let count = try checks.required("elements or count", vector.elements?.count ?? vector.count)
    try checks.limited("count", count, 1...RoundConfig.mostDimension)
    try checks.limited("first", vector.first, 0...RoundConfig.mostDimension)
    let mask = Self.mask(
      of: vector.key, from: vector.first, count: count, modulus: packing.modulus)
    if let elements = vector.elements { checks.equal("elements", mask.words, elements) }
    if let hash = vector.packedHash {
      checks.equal("packed_hash", Blake2b.digest(packing.pack(mask)), hash.value)
    }
    if vector.elements == nil { _ = try checks.required("packed_hash", vector.packedHash) }
  }
}

extension VectorChecks {
  /// The packing of coordinates of `bits` bits.
  func packing(_ bits: Int) throws(ProtocolVectorError) -> BitPacking {
    try limited("b", bits, 8...32)
    guard let packing = BitPacking(RingModulus(bits: bits)) else {
      throw .outOfRange(
        place("b"), found: "\(bits)",
        expected: "one of "
          + BitPacking.supportedBits.sorted().map(String.init)
          .joined(separator: ", "))
    }
    return packing
  }
}
