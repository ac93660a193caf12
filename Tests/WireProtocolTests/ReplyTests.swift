import CryptoPrimitives
import Testing

@testable import WireProtocol

@Suite struct ReplyTests {
  private static let digest = Blake2b.digest([1])
  private static let nonce = [UInt8](repeating: 7, count: WireLimits.nonceByteCount)

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
            task: "gram"))
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
      let sent = SignedReply(body, to: Self.nonce, signedBy: cast.coordinator)
      let received = try SignedReply(decoding: sent.encoded)
      #expect(
        try received.body(of: kind, to: Self.nonce, from: cast.coordinator.verificationKey).get()
          == body)
    }
  }

  @Test(arguments: RefusalCode.allCases)
  func refusalsArriveWithCodeReasonAndClock(code: RefusalCode) throws {
    let cast = WireCast()
    let refusal = Refusal(code, "why, and what to do", coordinatorTime: 99)
    let sent = SignedReply(refusal, to: Self.nonce, signedBy: cast.coordinator)
    let received = try SignedReply(decoding: sent.encoded)
    #expect(
      try received.body(of: .poll, to: Self.nonce, from: cast.coordinator.verificationKey)
        == .failure(refusal))
  }

  @Test func anAnswerToAnotherRequestOrOfAnotherCoordinatorIsRefused() throws {
    let cast = WireCast()
    let other = WireCast()
    let reply = SignedReply(
      .receipt(digest: Self.digest), to: Self.nonce, signedBy: cast.coordinator)
    #expect(throws: WireError.otherRequest) {
      _ = try reply.body(
        of: .stepMessage, to: [UInt8](repeating: 8, count: 16),
        from: cast.coordinator.verificationKey)
    }
    #expect(throws: WireError.badSignature) {
      _ = try reply.body(
        of: .stepMessage, to: Self.nonce, from: other.coordinator.verificationKey)
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
    #expect(try CoordinatorDescription(decoding: description(1...2)).versions == 1...2)
    #expect(throws: WireError.version(found: 1, oldest: 2, newest: 3)) {
      try CoordinatorDescription(decoding: description(2...3))
    }
  }
}
