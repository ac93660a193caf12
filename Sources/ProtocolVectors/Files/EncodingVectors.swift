internal import CryptoPrimitives
internal import SecureAggregation
internal import Synchronization

/// encodings.json: codes, hashes with their labels, bitmaps, signatures, scalars from random bytes.
struct EncodingVectors: VectorSuite {
  struct Hash: Decodable {
    let name: String
    let label: String
    let fields: [Hex]
    let input: Hex
    let key: Hex
    let hash: Hex32
    let kdf: Hex
  }
  struct Bitmap: Decodable {
    let name: String
    let n: Int
    let members: [Int]
    let bitmap: Hex
  }
  struct SignatureCase: Decodable {
    let name: String
    let seed: Hex32
    let `public`: Hex32
    let step: String
    let message: Hex
    let signature: Hex
  }
  struct DrawnScalar: Decodable {
    let name: String
    let random: Hex
    let bytesUsed: Int
    let scalar: Hex
    let timesBase: Hex32
  }
  let codes: [String: UInt32]
  let hashes: [Hash]
  let bitmaps: [Bitmap]
  let signatures: [SignatureCase]
  let drawnScalars: [DrawnScalar]

  func verify(
    _ checks: inout VectorChecks, rounds: RoundScripts
  ) async throws(ProtocolVectorError) {
    try verifyCodes(&checks)
    for vector in try checks.list("hashes", hashes) { try verify(vector, &checks) }
    for vector in try checks.list("bitmaps", bitmaps) { try verify(vector, &checks) }
    for vector in try checks.list("signatures", signatures) { try verify(vector, &checks) }
    for vector in try checks.list("drawn_scalars", drawnScalars) { try verify(vector, &checks) }
  }

  private func verifyCodes(_ checks: inout VectorChecks) throws(ProtocolVectorError) {
    for (name, number) in codes.sorted(by: { $0.key < $1.key }) {
      try checks.begin("codes.\(name)")
      let code = AbortCode.allCases.first { $0.isNamed(name) }
      checks.equal("number", code?.rawValue, number)
    }
    try checks.begin("codes")
    checks.equal("count", AbortCode.allCases.count, codes.count)
  }

  private func verify(_ vector: Hash, _ checks: inout VectorChecks) throws(ProtocolVectorError) {
    try checks.begin(vector.name)
    guard let label = DomainLabel(rawValue: vector.label) else {
      checks.fail("label", found: "no label of the protocol", expected: vector.label)
      return
    }
    var message = LabeledMessage(label)
    for field in vector.fields { message.append(field.bytes) }
    checks.equal("input", message.bytes, vector.input.bytes)
    checks.equal("hash", message.digest, vector.hash.value)
    try checks.limited("key, in bytes,", vector.key.bytes.count, 16...64)
    let key = KeyDerivation.key(from: SecretBytes(published: vector.key.bytes), message: message)
    checks.equal("kdf", key.published, vector.kdf.bytes)
  }

  private func verify(_ vector: Bitmap, _ checks: inout VectorChecks) throws(ProtocolVectorError) {
    try checks.begin(vector.name)
    try checks.limited("n", vector.n, 1...RoundConfig.mostCohort)
    for (place, member) in vector.members.enumerated() {
      try checks.limited("members[\(place)]", member, 0...vector.n - 1)
    }
    let set = CohortSet(vector.members, cohortSize: vector.n)
    checks.equal("bitmap", set.bitmap, vector.bitmap.bytes)
    let decoded = CohortSet(bitmap: vector.bitmap.bytes, cohortSize: vector.n)
    checks.equal("members", decoded?.indices, vector.members)
    checks.equal("members, counted,", decoded?.count, vector.members.count)
  }

  private func verify(
    _ vector: SignatureCase, _ checks: inout VectorChecks
  ) throws(ProtocolVectorError) {
    try checks.begin(vector.name)
    guard let label = DomainLabel(rawValue: "fsa1/sig/" + vector.step) else {
      checks.fail("step", found: "no step of the protocol", expected: vector.step)
      return
    }
    var message = LabeledMessage(label)
    message.append(vector.message.bytes)
    let key = SigningKey(seed: vector.seed.secret)
    checks.equal("public", key.verificationKey.encoding, vector.public.value)
    checks.equal("signature", key.sign(message.digest).bytes, vector.signature.bytes)
  }

  private func verify(
    _ vector: DrawnScalar, _ checks: inout VectorChecks
  ) throws(ProtocolVectorError) {
    try checks.begin(vector.name)
    let drawn = DrawnBytes()
    var stream = RandomStream(source: ListedSource(vector.random.bytes, counting: drawn))
    let scalar = SecretScalar(random: &stream)
    checks.equal("bytes_used", drawn.count.withLock { $0 }, vector.bytesUsed)
    checks.equal("scalar", scalar.bytes.published, vector.scalar.bytes)
    checks.equal("times_base", scalar.publicPoint.encoding, vector.timesBase.value)
  }
}

extension AbortCode {
  /// Whether the specification calls the code so.
  func isNamed(_ name: String) -> Bool { "\(self)".lowercased() == name.filter { $0 != "-" } }
}

/// How many bytes were drawn.
private final class DrawnBytes: Sendable {
  let count = Mutex(0)
}

/// Hands out the given bytes, then ones, so that no number of draws is too many.
private struct ListedSource: RandomSource {
  private var bytes: ArraySlice<UInt8>
  private let drawn: DrawnBytes

  init(_ bytes: [UInt8], counting drawn: DrawnBytes) {
    self.bytes = bytes[...]
    self.drawn = drawn
  }

  mutating func refill(_ words: UnsafeMutableBufferPointer<UInt64>) {
    let count = words.count * 8
    let listed = bytes.prefix(count)
    unsafe UnsafeMutableRawBufferPointer(words).copyBytes(
      from: listed + [UInt8](repeating: 1, count: count - listed.count))
    bytes = bytes.dropFirst(count)
    drawn.count.withLock { $0 += count }
  }
}
