import CryptoPrimitives
import RingArithmetic
import SecureAggregation

/// Every decoder of bytes that an adversary may have written.
///
/// Each takes any bytes, refuses them with a typed error or accepts them; what it accepts, it writes
/// back as the same bytes. Anything else stops the fuzzer.
enum Decoder: String, CaseIterable {
  case config, advertise, directory, shares, inbox, input, inputHeader = "input-header", survivors
  case consistency, quorum, unmask, reveal, cosign, abort
  case partialSum = "partial-sum"
  case certificate
  case packing

  func check(_ bytes: [UInt8]) {
    switch self {
    case .config: Self.check(bytes, RoundConfig.self)
    case .advertise: Self.check(bytes, AdvertiseMessage.self)
    case .directory: Self.check(bytes, DirectoryMessage.self)
    case .shares: Self.check(bytes, SharesMessage.self)
    case .inbox: Self.check(bytes, InboxMessage.self)
    case .input: Self.checkInput(bytes)
    case .inputHeader: Self.check(bytes, InputHeader.self)
    case .survivors: Self.check(bytes, SurvivorsMessage.self)
    case .consistency: Self.check(bytes, ConsistencyMessage.self)
    case .quorum: Self.check(bytes, QuorumMessage.self)
    case .unmask: Self.check(bytes, UnmaskMessage.self)
    case .reveal: Self.check(bytes, RevealMessage.self)
    case .cosign: Self.check(bytes, CosignMessage.self)
    case .abort: Self.check(bytes, AbortMessage.self)
    case .partialSum:
      Self.expectSame(bytes) { () throws(ProtocolError) in try PartialSum(decoding: bytes).encoded }
    case .certificate:
      Self.expectSame(bytes) { () throws(ProtocolError) in try Certificate(decoding: bytes).encoded }
    case .packing: Self.checkPacking(bytes)
    }
  }

  private static func check<Content: MessageContent>(_ bytes: [UInt8], _ kind: Content.Type) {
    expectSame(bytes) { () throws(ProtocolError) in try Signed<Content>(decoding: bytes).encoded }
  }

  private static func expectSame(_ bytes: [UInt8], _ again: () throws(ProtocolError) -> [UInt8]) {
    guard let encoded = try? again() else { return }
    precondition(encoded == bytes, "what was decoded is written back as other bytes")
  }

  /// The whole message, as an ingesting worker takes it: header, digest, then the vector at every width.
  private static func checkInput(_ bytes: [UInt8]) {
    guard let message = try? InputMessage(decoding: bytes) else { return }
    precondition(message.encoded == bytes, "what was decoded is written back as other bytes")
    // Whatever it says: the digest is computed over a slice of the message.
    _ = message.hasSignedVector
    for bits in BitPacking.supportedBits { checkPacked(message.packed, bits) }
  }

  /// The first byte chooses the width, the rest is a packed vector.
  private static func checkPacking(_ bytes: [UInt8]) {
    guard let choice = bytes.first else { return }
    checkPacked(bytes.dropFirst(), BitPacking.supportedBits[Int(choice % 4)])
  }

  private static func checkPacked(_ packed: ArraySlice<UInt8>, _ bits: Int) {
    let modulus = RingModulus(bits: bits)
    guard let packing = BitPacking(modulus) else { preconditionFailure("a width is not offered") }
    // A copy of its own, so that whatever is read after the last byte is outside of the allocation.
    let packed = Array(packed)
    // As many elements as the bytes can hold, and some fewer, so that there is padding to check.
    let most = packed.count * 8 / modulus.bits
    for count in max(0, most - 9)...most where packing.byteCount(of: count) == packed.count {
      var vector = RingVector(zeros: count, modulus: modulus)
      guard (try? unsafe packing.add(packed.span.bytes, to: &vector, 0..<count)) != nil else { continue }
      precondition(packing.pack(vector) == packed, "unpacked and packed again, bytes differ")
    }
  }
}
