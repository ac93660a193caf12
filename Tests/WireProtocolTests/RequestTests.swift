import CryptoPrimitives
import Foundation
import SwiftProtobuf
import Testing

@testable import WireProtocol

@Suite struct RequestTests {
  @Test(arguments: someRequests)
  func aRequestArrivesAsItWasSent(body: RequestBody) throws {
    var cast = WireCast()
    let sent = try cast.request(body)
    let received = try SignedRequest(decoding: sent.encoded)
    #expect(received == sent)
    let opened = try received.body(openedWith: cast.seal)
    #expect(opened == body)
  }

  @Test func theBodyIsNotOnTheWire() throws {
    var cast = WireCast()
    let token = Blake2b.digest([9])
    let bytes = try cast.request(.enroll(token: token)).encoded
    let isThere = bytes.indices.contains { bytes[$0...].starts(with: token.bytes) }
    #expect(!isThere)
  }

  /// Whatever byte an attacker changes, the request is refused or was never read.
  @Test func noChangedByteGoesUnnoticed() throws {
    var cast = WireCast()
    let bytes = try cast.request(.poll(awaited: 3)).encoded
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      let opened = try? SignedRequest(decoding: changed).body(openedWith: cast.seal)
      #expect(opened == nil, "byte \(index)")
    }
  }

  @Test func truncatedAndOversizeBodiesAreRefused() throws {
    var cast = WireCast()
    let bytes = try cast.request(.poll(awaited: 3)).encoded
    for count in 0..<bytes.count {
      #expect(throws: WireError.self) { try SignedRequest(decoding: Array(bytes.prefix(count))) }
    }
    let limit = WireLimits.requestByteCount
    #expect(throws: WireError.tooLarge(bytes: limit + 1, limit: limit)) {
      try SignedRequest(decoding: [UInt8](repeating: 0, count: limit + 1))
    }
  }

  @Test func anotherDevicesSignatureIsRefused() throws {
    var cast = WireCast()
    let other = WireCast()
    let sent = try cast.request(.poll(awaited: 3))
    let header = RequestHeader(
      device: other.device.verificationKey, task: sent.header.task, round: sent.header.round,
      kind: .poll, issuedAt: 1_000, nonce: sent.header.nonce)
    let forged = SignedRequest(header: header, sealed: sent.sealed, signature: sent.signature)
    #expect(throws: WireError.badSignature) { try forged.body(openedWith: cast.seal) }
  }

  /// A thief of a sealed body signs it as his own: the box names the request it was made for.
  @Test func aSealedBodyCannotBeUsedInAnotherRequest() throws {
    var cast = WireCast()
    let thief = WireCast()
    let sent = try cast.request(.enroll(token: Blake2b.digest([1])))
    let header = RequestHeader(
      device: thief.device.verificationKey, task: sent.header.task, round: sent.header.round,
      kind: .enroll, issuedAt: 1_000, nonce: sent.header.nonce)
    let stolen = SignedRequest(
      header: header, sealed: sent.sealed,
      signature: thief.device.sign(SignedRequest.digest(header, sent.sealed)))
    #expect(throws: WireError.notSealedHere) { try stolen.body(openedWith: cast.seal) }
  }

  /// A coordinator whose key agrees with everybody on the same secret gets nothing sealed to it.
  @Test func nothingIsSealedToAKeyOfSmallOrder() {
    var cast = WireCast()
    let header = cast.header(.poll)
    #expect(throws: WireError.range(field: "Coordinator.seal_key")) {
      try SignedRequest(
        header, body: .poll(awaited: 3), sealedTo: AgreementPublicKey(encoding: Bytes32()),
        signedBy: cast.device, randomness: &cast.randomness)
    }
  }

  @Test func anotherCoordinatorOpensNothing() throws {
    var cast = WireCast()
    let other = WireCast()
    let sent = try cast.request(.poll(awaited: 3))
    #expect(throws: WireError.notSealedHere) { try sent.body(openedWith: other.seal) }
  }

  @Test(arguments: [UInt32(0), 2, .max])
  func anUnknownVersionIsAClearAnswer(version: UInt32) {
    var message = Silhouette_Node_V1_Envelope()
    message.version = version
    message.nonce = .init(repeating: 7, count: WireLimits.nonceByteCount)
    #expect(throws: WireError.version(found: version, oldest: 1, newest: 1)) {
      try SignedRequest(decoding: try message.serializedBytes())
    }
    // The refusal finds its way back all the same, in a version that is spoken here.
    let address = ReplyAddress(refusing: (try? message.serializedBytes()) ?? [])
    #expect(address == ReplyAddress(version: 1, nonce: [UInt8](repeating: 7, count: 16)))
    #expect(ReplyAddress(refusing: [0xFF, 1, 2]) == .unknown)
  }

  @Test func fieldsOutOfTheirBoundsAreNamed() throws {
    var cast = WireCast()
    let bytes = try cast.request(.poll(awaited: 3)).encoded
    func refusal(_ change: (inout Silhouette_Node_V1_Envelope) -> Void) -> WireError? {
      do {
        var message = try Silhouette_Node_V1_Envelope(serializedBytes: bytes)
        change(&message)
        _ = try SignedRequest(decoding: try message.serializedBytes())
        return nil
      } catch { return error as? WireError }
    }
    #expect(refusal { $0.device.removeLast() }?.description.contains("Envelope.device") == true)
    #expect(refusal { $0.task.append(0) }?.description.contains("Envelope.task") == true)
    #expect(refusal { $0.nonce = .init() }?.description.contains("Envelope.nonce") == true)
    #expect(refusal { $0.round = 1 << 54 } == .range(field: "Envelope.round"))
    #expect(refusal { $0.step = 77 } == .unknownKind(77))
    #expect(refusal { $0.signature = .init() }?.description.contains("signature") == true)
    #expect(refusal { $0.sealed = .init() }?.description.contains("Envelope.sealed") == true)
  }

  /// What a later version adds is skipped, and does not help to smuggle anything past the signature.
  @Test func unknownFieldsAreDropped() throws {
    var cast = WireCast()
    let sent = try cast.request(.poll(awaited: 3))
    // Field 99, length-delimited, three bytes.
    let received = try SignedRequest(decoding: sent.encoded + [0x9A, 0x06, 3, 1, 2, 3])
    #expect(received == sent)
  }

  @Test(arguments: [
    (total: UInt32(0), offset: UInt32(0), count: 1), (total: 4, offset: 4, count: 1),
    (total: 4, offset: 2, count: 3), (total: .max, offset: 0, count: 1),
    (total: 4, offset: 0, count: 0),
  ])
  func piecesOutsideOfTheUploadAreRefused(total: UInt32, offset: UInt32, count: Int) throws {
    var message = Silhouette_Node_V1_UploadChunk()
    message.total = total
    message.offset = offset
    message.piece = .init(repeating: 1, count: count)
    let bytes: [UInt8] = try message.serializedBytes()
    #expect(throws: WireError.self) { try RequestBody(decoding: bytes, kind: .uploadChunk) }
  }
}
