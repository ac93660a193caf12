internal import CryptoPrimitives
internal import Foundation

extension SignedRequest {
  /// The request that `bytes` encode; nothing of it is verified yet.
  ///
  /// - Throws: `tooLarge`, `malformed`, `version`, `length`, `range` or `unknownKind`.
  package init(decoding bytes: [UInt8]) throws(WireError) {
    let message = try decode(
      bytes, as: Silhouette_Node_V1_Envelope.self, limit: WireLimits.requestByteCount)
    self = try message.native()
  }

  package var encoded: [UInt8] { encode(proto()) }

  private func proto() -> Silhouette_Node_V1_Envelope {
    var message = Silhouette_Node_V1_Envelope()
    message.version = header.version
    message.device = header.device.encoding.field
    message.task = header.task.field
    message.round = header.round
    message.step = header.kind.rawValue
    message.issuedAt = header.issuedAt
    message.nonce = Data(header.nonce)
    message.sealed = Data(sealed)
    message.signature = Data(signature.bytes)
    return message
  }
}

extension ReplyAddress {
  /// Where the refusal of a body goes that is no request of this version, or none at all.
  ///
  /// Whoever speaks another version finds its nonce in the answer, too: field 7 keeps its meaning.
  package init(refusing bytes: [UInt8]) {
    do throws(WireError) {
      let message = try decode(
        bytes, as: Silhouette_Node_V1_Envelope.self, limit: WireLimits.requestByteCount)
      let length = WireLimits.nonceByteCount
      let nonce = try message.nonce.bytes("Envelope.nonce", length...length)
      let isSpoken = WireLimits.versions.contains(message.version)
      self.init(version: isSpoken ? message.version : WireLimits.newestVersion, nonce: nonce)
    } catch { self = .unknown }
  }
}

extension Silhouette_Node_V1_Envelope {
  /// Rounds are numbered in 53 bits, as in RoundConfig.
  private static let mostRounds: UInt64 = 1 << 53

  fileprivate func native() throws(WireError) -> SignedRequest {
    // The version first: everything else may mean something else in another one.
    try version.checkedAsVersion()
    guard let kind = RequestKind(rawValue: step) else { throw .unknownKind(step) }
    guard round <= Self.mostRounds else { throw .range(field: "Envelope.round") }
    guard issuedAt <= Self.mostRounds else { throw .range(field: "Envelope.issued_at") }
    let nonceLength = WireLimits.nonceByteCount
    return SignedRequest(
      header: RequestHeader(
        version: version, device: try device.verificationKey("Envelope.device"),
        task: try task.bytes32("Envelope.task"), round: round, kind: kind, issuedAt: issuedAt,
        nonce: try nonce.bytes("Envelope.nonce", nonceLength...nonceLength)),
      sealed: try sealed.bytes(
        "Envelope.sealed", UploadSeal.overheadByteCount...WireLimits.requestByteCount),
      signature: try signature.signature("Envelope.signature"))
  }
}

extension RequestBody {
  init(decoding bytes: [UInt8], kind: RequestKind) throws(WireError) {
    let limit = WireLimits.requestByteCount
    switch kind {
    case .enroll:
      let message = try decode(bytes, as: Silhouette_Node_V1_Enroll.self, limit: limit)
      self = .enroll(token: try message.token.bytes32("Enroll.token"))
    case .checkIn:
      _ = try decode(bytes, as: Silhouette_Node_V1_CheckIn.self, limit: limit)
      self = .checkIn
    case .stepMessage:
      let message = try decode(bytes, as: Silhouette_Node_V1_StepMessage.self, limit: limit)
      self = .stepMessage(
        try message.message.bytes("StepMessage.message", 1...WireLimits.stepMessageByteCount))
    case .uploadChunk:
      self = .uploadChunk(
        try decode(bytes, as: Silhouette_Node_V1_UploadChunk.self, limit: limit).native())
    case .poll:
      self = .poll(
        awaited: try decode(bytes, as: Silhouette_Node_V1_Poll.self, limit: limit).awaited)
    }
  }

  var encoded: [UInt8] {
    switch self {
    case .enroll(let token):
      var message = Silhouette_Node_V1_Enroll()
      message.token = token.field
      return encode(message)
    case .checkIn: return encode(Silhouette_Node_V1_CheckIn())
    case .stepMessage(let bytes):
      var message = Silhouette_Node_V1_StepMessage()
      message.message = Data(bytes)
      return encode(message)
    case .uploadChunk(let chunk): return encode(chunk.proto())
    case .poll(let awaited):
      var message = Silhouette_Node_V1_Poll()
      message.awaited = awaited
      return encode(message)
    }
  }
}

extension UploadChunk {
  fileprivate func proto() -> Silhouette_Node_V1_UploadChunk {
    var message = Silhouette_Node_V1_UploadChunk()
    message.total = UInt32(total)
    message.offset = UInt32(offset)
    message.piece = Data(piece)
    return message
  }
}

extension Silhouette_Node_V1_UploadChunk {
  fileprivate func native() throws(WireError) -> UploadChunk {
    guard (1...UInt32(WireLimits.uploadByteCount)).contains(total) else {
      throw .range(field: "UploadChunk.total")
    }
    let piece = try piece.bytes("UploadChunk.piece", 1...WireLimits.pieceByteCount)
    guard offset < total, Int(offset) + piece.count <= Int(total) else {
      throw .range(field: "UploadChunk.offset")
    }
    return UploadChunk(total: Int(total), offset: Int(offset), piece: piece)
  }
}
