internal import CryptoPrimitives
internal import Foundation

extension WitnessRequestBody {
  init(decoding bytes: [UInt8], kind: WitnessRequestKind) throws(WireError) {
    let limit = WireLimits.witnessRequestByteCount
    switch kind {
    case .standing:
      guard bytes.isEmpty else {
        throw .length(field: "WitnessEnvelope.body", found: bytes.count, allowed: 0...0)
      }
      self = .standing
    case .reveal:
      self = .reveal(
        try decode(bytes, as: Silhouette_Node_V1_RevealRequest.self, limit: limit).native())
    case .cosign:
      self = .cosign(
        try decode(bytes, as: Silhouette_Node_V1_CosignRequest.self, limit: limit).native())
    case .head:
      let message = try decode(bytes, as: Silhouette_Node_V1_HeadRequest.self, limit: limit)
      let length = WireLimits.signedHeadByteCount
      self = .head(
        HeadInquiry(
          head: try message.head.bytes("HeadRequest.head", length...length),
          proof: try message.proof.bytes(
            "HeadRequest.proof", 0...WireLimits.consistencyProofByteCount)))
    }
  }

  var encoded: [UInt8] {
    switch self {
    case .standing: return []
    case .reveal(let inquiry):
      var message = Silhouette_Node_V1_RevealRequest()
      message.configuration = Data(inquiry.configuration)
      message.cohort = Data(inquiry.cohort.joined())
      message.revoked = Data(inquiry.revoked.flatMap(\.bytes))
      message.roundEntry = Data(inquiry.roundEntry)
      message.cohortEntry = Data(inquiry.cohortEntry)
      return encode(message)
    case .cosign(let inquiry):
      var message = Silhouette_Node_V1_CosignRequest()
      message.configuration = Data(inquiry.configuration)
      message.cohort = inquiry.cohort.field
      message.values = Data(inquiry.values.flatMap(\.bytes))
      message.cohortSize = UInt32(inquiry.cohortSize)
      message.sharers = Data(inquiry.sharers)
      message.survivors = Data(inquiry.survivors)
      return encode(message)
    case .head(let inquiry):
      var message = Silhouette_Node_V1_HeadRequest()
      message.head = Data(inquiry.head)
      message.proof = Data(inquiry.proof)
      return encode(message)
    }
  }
}

extension Silhouette_Node_V1_RevealRequest {
  fileprivate func native() throws(WireError) -> RevealInquiry {
    let size = WireLimits.advertiseByteCount
    guard cohort.count.isMultiple(of: size),
      (1...WireLimits.cohortCount).contains(cohort.count / size)
    else {
      throw .length(
        field: "RevealRequest.cohort", found: cohort.count,
        allowed: size...WireLimits.cohortCount * size)
    }
    return RevealInquiry(
      configuration: try configuration.bytes(
        "RevealRequest.configuration", 1...WireLimits.stepMessageByteCount),
      cohort: [UInt8](cohort).pieces(of: size),
      revoked: try revoked.list("RevealRequest.revoked", most: WireLimits.revokedCount),
      roundEntry: try roundEntry.bytes(
        "RevealRequest.round_entry", 0...WireLimits.provedEntryByteCount),
      cohortEntry: try cohortEntry.bytes(
        "RevealRequest.cohort_entry", 0...WireLimits.provedEntryByteCount))
  }
}

extension Silhouette_Node_V1_CosignRequest {
  fileprivate func native() throws(WireError) -> CosignInquiry {
    guard (1...UInt32(WireLimits.cohortCount)).contains(cohortSize) else {
      throw .range(field: "CosignRequest.cohort_size")
    }
    let length = (Int(cohortSize) + 7) / 8
    return CosignInquiry(
      configuration: try configuration.bytes(
        "CosignRequest.configuration", 1...WireLimits.stepMessageByteCount),
      cohort: try cohort.bytes32("CosignRequest.cohort"),
      values: try values.list("CosignRequest.values", most: WireLimits.witnessCount),
      cohortSize: Int(cohortSize),
      sharers: try sharers.bytes("CosignRequest.sharers", length...length),
      survivors: try survivors.bytes("CosignRequest.survivors", length...length))
  }
}

extension WitnessReplyBody {
  init(decoding bytes: [UInt8], kind: WitnessRequestKind) throws(WireError) {
    let limit = WireLimits.replyByteCount
    switch kind {
    case .standing:
      let message = try decode(
        bytes, as: Silhouette_Node_V1_WitnessStanding.self, limit: limit)
      guard message.length <= 1 << 53, message.position <= message.length else {
        throw .range(field: "WitnessStanding.position")
      }
      self = .standing(
        WitnessStanding(
          position: message.position, value: try message.value.bytes32("WitnessStanding.value"),
          length: message.length))
    case .reveal, .cosign, .head:
      let message = try decode(bytes, as: Silhouette_Node_V1_WitnessMessage.self, limit: limit)
      self = .message(
        try message.message.bytes("WitnessMessage.message", 1...WireLimits.stepMessageByteCount))
    }
  }

  var encoded: [UInt8] {
    switch self {
    case .standing(let standing):
      var message = Silhouette_Node_V1_WitnessStanding()
      message.position = standing.position
      message.value = standing.value.field
      message.length = standing.length
      return encode(message)
    case .message(let bytes):
      var message = Silhouette_Node_V1_WitnessMessage()
      message.message = Data(bytes)
      return encode(message)
    }
  }
}

extension Data {
  /// Values of 32 bytes, one after another.
  fileprivate func list(_ field: String, most: Int) throws(WireError) -> [Bytes32] {
    guard count.isMultiple(of: Bytes32.count), count / Bytes32.count <= most else {
      throw .length(field: field, found: count, allowed: 0...most * Bytes32.count)
    }
    return [UInt8](self).pieces(of: Bytes32.count).compactMap { Bytes32($0) }
  }
}

extension [UInt8] {
  /// The bytes in pieces of the same length, which has to divide them.
  fileprivate func pieces(of length: Int) -> [[UInt8]] {
    stride(from: 0, to: count, by: length).map { Array(self[$0..<$0 + length]) }
  }
}
