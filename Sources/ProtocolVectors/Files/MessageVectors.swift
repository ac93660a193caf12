internal import SecureAggregation

/// messages.json: every message has one encoding, and is refused cut short or continued.
struct MessageVectors: VectorSuite {
  struct Message: Decodable {
    let name: String
    let kind: UInt32
    let message: Hex
    let bytes: Int
  }
  let messages: [Message]

  func verify(
    _ checks: inout VectorChecks, rounds: RoundScripts
  ) async throws(ProtocolVectorError) {
    for vector in try checks.list("messages", messages) {
      try checks.begin(vector.name)
      let kind = try checks.kind(vector.kind)
      let bytes = vector.message.bytes
      checks.equal("bytes", bytes.count, vector.bytes)
      do throws(ProtocolError) {
        checks.equal("message, decoded and encoded,", try kind.recoded(bytes), bytes)
      } catch {
        checks.fail(
          "message", found: "refused: \(error)", expected: "accepted")
        continue
      }
      for count in Set([0, 3, 4, 7, 8, bytes.count / 2, bytes.count - 1]).sorted() {
        checks.refused("message, its first \(count) bytes,", AbortCode.truncated.rawValue, nil) {
          () throws(ProtocolError) in _ = try kind.recoded(Array(bytes.prefix(count)))
        }
      }
      checks.refused("message with a byte more", AbortCode.trailing.rawValue, nil) {
        () throws(ProtocolError) in _ = try kind.recoded(bytes + [0])
      }
    }
    try checks.begin("messages")
    checks.equal("kinds", MessageKind.allCases.count, Set(messages.map(\.kind)).count)
  }
}

/// bad_decoding.json: bytes that are no message.
struct DecodingVectors: VectorSuite {
  struct Refusal: Decodable {
    let name: String
    let kind: UInt32
    let message: Hex
    let code: UInt32
    let reason: String?
  }
  let cases: [Refusal]

  func verify(
    _ checks: inout VectorChecks, rounds: RoundScripts
  ) async throws(ProtocolVectorError) {
    for vector in try checks.list("cases", cases) {
      try checks.begin(vector.name)
      let kind = try checks.kind(vector.kind)
      checks.refused("code", vector.code, vector.reason) { () throws(ProtocolError) in
        _ = try kind.recoded(vector.message.bytes)
      }
    }
  }
}

extension VectorChecks {
  fileprivate func kind(_ number: UInt32) throws(ProtocolVectorError) -> MessageKind {
    guard let kind = MessageKind(rawValue: number) else {
      throw .outOfRange(place("kind"), found: "\(number)", expected: "the number of a message kind")
    }
    return kind
  }

  /// Compares the code with which something is refused.
  mutating func refused(
    _ field: String, _ code: UInt32, _ reason: String?, _ action: () throws(ProtocolError) -> Void
  ) {
    do throws(ProtocolError) {
      try action()
      fail(field, found: "accepted", expected: "\(code)")
    } catch {
      equal(field, error.code.rawValue, code)
      compare(reason, with: error.code)
    }
  }

  /// Compares the name of a code with what a vector calls it, if it does.
  mutating func compare(_ reason: String?, with code: AbortCode) {
    guard let reason else { return }
    equal("reason", code.isNamed(reason) ? reason : "\(code)", reason)
  }
}

extension MessageKind {
  /// `bytes` decoded as a message of this kind and encoded again.
  fileprivate func recoded(_ bytes: [UInt8]) throws(ProtocolError) -> [UInt8] {
    switch self {
    case .roundConfig: try Signed<RoundConfig>(decoding: bytes).encoded
    case .advertise: try Signed<AdvertiseMessage>(decoding: bytes).encoded
    case .directory: try Signed<DirectoryMessage>(decoding: bytes).encoded
    case .shares: try Signed<SharesMessage>(decoding: bytes).encoded
    case .inbox: try Signed<InboxMessage>(decoding: bytes).encoded
    case .input: try InputMessage(decoding: bytes).encoded
    case .survivors: try Signed<SurvivorsMessage>(decoding: bytes).encoded
    case .consistency: try Signed<ConsistencyMessage>(decoding: bytes).encoded
    case .quorum: try Signed<QuorumMessage>(decoding: bytes).encoded
    case .unmask: try Signed<UnmaskMessage>(decoding: bytes).encoded
    case .reveal: try Signed<RevealMessage>(decoding: bytes).encoded
    case .cosign: try Signed<CosignMessage>(decoding: bytes).encoded
    case .partialSum: try PartialSum(decoding: bytes).encoded
    case .abort: try Signed<AbortMessage>(decoding: bytes).encoded
    }
  }
}
