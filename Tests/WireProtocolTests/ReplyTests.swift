import CryptoPrimitives
import Testing

@testable import WireProtocol

@Suite struct ReplyTests {
  private static let digest = Blake2b.digest([1])

  private static func replies() -> [(RequestKind, ReplyBody)] {
    let signature = WireCast().device.sign(digest)
    return [
      (.enroll, .enrolled(certificate: [UInt8](repeating: 1, count: 112))),
      (.checkIn, .wait(seconds: 30, served: nil)),
      (
        .checkIn,
        .wait(
          seconds: 30,
          served: ServedModel(
            plan: digest, planSignature: signature, model: digest))
      ),
      (
        .checkIn,
        .offer(
          RoundOffer(
            configuration: [1, 2], plan: digest, planSignature: signature, model: digest,
            task: "gram"), served: nil)
      ),
      (
        .checkIn,
        .offer(
          RoundOffer(
            configuration: [1, 2], plan: digest, planSignature: signature, model: digest,
            task: "gram", counted: 0),
          served: ServedModel(plan: digest, planSignature: signature, model: digest))
      ),
      (.stepMessage, .receipt(digest: digest)),
      (.uploadChunk, .progress(UploadProgress(received: 5, digest: nil))),
      (.uploadChunk, .progress(UploadProgress(received: 5, digest: digest))),
      (.poll, .notYet(retryMilliseconds: 100)), (.poll, .message([4, 5])),
      (.poll, .ended(.committed(model: digest))), (.poll, .ended(.aborted(reason: 502))),
    ]
  }

  @Test func answersArriveAsTheyWereSent() throws {
    let cast = WireCast()
    for (kind, body) in Self.replies() {
      let header = cast.header(kind)
      let sent = SignedReply(body, to: ReplyAddress(header), signedBy: cast.coordinator)
      let received = try SignedReply(decoding: sent.encoded)
      #expect(
        try received.body(to: header, from: cast.coordinator.verificationKey).get() == body)
    }
  }

  @Test(arguments: RefusalCode.allCases)
  func refusalsArriveWithCodeReasonAndClock(code: RefusalCode) throws {
    let cast = WireCast()
    let refusal = Refusal(code, "why, and what to do", coordinatorTime: 99)
    let header = cast.header(.poll)
    let sent = SignedReply(refusal, to: ReplyAddress(header), signedBy: cast.coordinator)
    let received = try SignedReply(decoding: sent.encoded)
    #expect(
      try received.body(to: header, from: cast.coordinator.verificationKey) == .failure(refusal))
  }

  @Test func anAnswerToAnotherRequestOrOfAnotherCoordinatorIsRefused() throws {
    let cast = WireCast()
    let other = WireCast()
    let header = cast.header(.stepMessage)
    let reply = SignedReply(
      .receipt(digest: Self.digest), to: ReplyAddress(header), signedBy: cast.coordinator)
    #expect(throws: WireError.otherRequest) {
      _ = try reply.body(
        to: cast.header(.stepMessage, nonce: 8), from: cast.coordinator.verificationKey)
    }
    // The same request in another version is another request.
    #expect(throws: WireError.otherRequest) {
      _ = try reply.body(
        to: cast.header(.stepMessage, version: 2), from: cast.coordinator.verificationKey)
    }
    #expect(throws: WireError.badSignature) {
      _ = try reply.body(to: header, from: other.coordinator.verificationKey)
    }
  }

  @Test func aDescriptionIsSignedByTheCoordinatorThatItNames() throws {
    let cast = WireCast()
    let description = CoordinatorDescription(
      identity: cast.coordinator.verificationKey, authority: cast.device.verificationKey,
      sealKey: cast.seal.publicKey, time: 5)
    let bytes = description.encoded(signedBy: cast.coordinator)
    #expect(try CoordinatorDescription(decoding: bytes) == description)
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      #expect(throws: WireError.self) { try CoordinatorDescription(decoding: changed) }
    }
  }

  /// A coordinator that speaks later versions only says so, and one that speaks both is understood.
  @Test func versionsAreComparedAsRanges() throws {
    let cast = WireCast()
    func description(_ versions: ClosedRange<UInt32>) -> [UInt8] {
      CoordinatorDescription(
        identity: cast.coordinator.verificationKey, authority: cast.device.verificationKey,
        sealKey: cast.seal.publicKey, time: 5, versions: versions
      ).encoded(signedBy: cast.coordinator)
    }
    let both = try CoordinatorDescription(decoding: description(1...2))
    #expect(both.versions == 1...2)
    // A device of this version, of the next, and of the one after that, which has forgotten this one.
    #expect(try both.version(commonWith: 1...1) == 1)
    #expect(try both.version(commonWith: 1...2) == 2)
    #expect(try both.version(commonWith: 2...3) == 2)
    #expect(throws: WireError.version(found: 4, oldest: 1, newest: 2)) {
      try both.version(commonWith: 3...4)
    }
    #expect(throws: WireError.version(found: 1, oldest: 2, newest: 3)) {
      try CoordinatorDescription(decoding: description(2...3))
    }
  }
}
