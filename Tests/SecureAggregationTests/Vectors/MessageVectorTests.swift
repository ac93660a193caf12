import CryptoPrimitives
import Testing

@testable import SecureAggregation

@Suite struct MessageVectorTests {
  private struct Messages: Decodable {
    struct Message: Decodable {
      let name: String
      let kind: UInt32
      let message: Hex
    }
    let messages: [Message]
  }

  private struct Refusals: Decodable {
    struct Refusal: Decodable {
      let name: String
      let kind: UInt32
      let message: Hex
      let code: UInt32
    }
    let cases: [Refusal]
  }

  /// Decoding and encoding again gives the same bytes.
  @Test func everyMessageHasOneEncoding() throws {
    let vectors = try VectorFile.load("messages", as: Messages.self).messages
    #expect(Set(vectors.map(\.kind)).count == MessageKind.allCases.count)
    for vector in vectors {
      let kind = try #require(MessageKind(rawValue: vector.kind))
      #expect(try kind.recoded(vector.message.bytes) == vector.message.bytes, "\(vector.name)")
    }
  }

  @Test func messagesCutShortOrContinuedAreRefused() throws {
    for vector in try VectorFile.load("messages", as: Messages.self).messages {
      let kind = try #require(MessageKind(rawValue: vector.kind))
      let bytes = vector.message.bytes
      for count in Set([0, 3, 4, 7, 8, bytes.count / 2, bytes.count - 1]) {
        #expect(throws: ProtocolError(.truncated, "")) {
          try kind.recoded(Array(bytes.prefix(count)))
        }
      }
      #expect(throws: ProtocolError(.trailing, "")) { try kind.recoded(bytes + [0]) }
    }
  }

  @Test func badBytesAreRefusedWithTheirCode() throws {
    let vectors = try VectorFile.load("bad_decoding", as: Refusals.self).cases
    #expect(vectors.count >= 90)
    for vector in vectors {
      let kind = try #require(MessageKind(rawValue: vector.kind))
      let error = #expect(throws: ProtocolError.self, "\(vector.name)") {
        try kind.recoded(vector.message.bytes)
      }
      #expect(error?.code.rawValue == vector.code, "\(vector.name)")
    }
  }
}

extension MessageKind {
  /// `bytes` decoded as a message of this kind and encoded again.
  fileprivate func recoded(_ bytes: [UInt8]) throws -> [UInt8] {
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
