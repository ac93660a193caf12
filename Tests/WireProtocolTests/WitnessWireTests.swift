import CryptoPrimitives
import Foundation
import SwiftProtobuf
import Testing

@testable import WireProtocol

@Suite struct WitnessWireTests {
  private static let hash = Blake2b.digest([1])
  static let bodies: [WitnessRequestBody] = [
    .standing,
    .reveal(
      RevealInquiry(
        configuration: [1, 2],
        cohort: (0..<3).map {
          [UInt8](repeating: UInt8($0), count: WireLimits.advertiseByteCount)
        },
        revoked: [hash])),
    .cosign(
      CosignInquiry(
        configuration: [3], cohort: hash, values: [hash, Bytes32()], cohortSize: 9,
        sharers: [1, 1], survivors: [1, 0])),
  ]

  @Test(arguments: bodies)
  func aRequestArrivesAsItWasSent(body: WitnessRequestBody) throws {
    var cast = WireCast()
    let witness = VerificationKey(encoding: Self.hash)
    let sent = SignedWitnessRequest(
      body, to: witness, issuedAt: 5, signedBy: cast.coordinator, randomness: &cast.randomness)
    let received = try SignedWitnessRequest(decoding: sent.encoded)
    #expect(received == sent)
    let key = cast.coordinator.verificationKey
    #expect(try received.body(from: key, to: witness) == body)
    #expect(throws: WireError.badSignature) { try received.body(from: witness, to: witness) }
    #expect(throws: WireError.badSignature) { try received.body(from: key, to: key) }
  }

  @Test func noChangedByteOfARequestGoesUnnoticed() throws {
    var cast = WireCast()
    let witness = VerificationKey(encoding: Self.hash)
    let key = cast.coordinator.verificationKey
    let bytes = SignedWitnessRequest(
      Self.bodies[2], to: witness, issuedAt: 5, signedBy: cast.coordinator,
      randomness: &cast.randomness
    ).encoded
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      let opened = try? SignedWitnessRequest(decoding: changed).body(from: key, to: witness)
      #expect(opened == nil, "byte \(index)")
    }
  }

  @Test(arguments: [
    RevealInquiry(configuration: [1], cohort: [], revoked: []),
    RevealInquiry(configuration: [1], cohort: [[1, 2, 3]], revoked: []),
    RevealInquiry(
      configuration: [],
      cohort: [[UInt8](repeating: 0, count: WireLimits.advertiseByteCount)], revoked: []),
  ])
  func revealsBeyondTheLimitsAreRefused(inquiry: RevealInquiry) {
    #expect(throws: WireError.self) {
      try WitnessRequestBody(
        decoding: WitnessRequestBody.reveal(inquiry).encoded, kind: .reveal)
    }
  }

  @Test(arguments: [0, 1, 16_385, 1 << 30])
  func bitmapsHaveTheLengthOfTheCohort(size: Int) {
    let inquiry = CosignInquiry(
      configuration: [1], cohort: Self.hash, values: [], cohortSize: size, sharers: [1, 1],
      survivors: [1, 1])
    #expect(throws: WireError.self) {
      try WitnessRequestBody(
        decoding: WitnessRequestBody.cosign(inquiry).encoded, kind: .cosign)
    }
  }

  @Test func moreThanSixteenValuesAreRefused() {
    let inquiry = CosignInquiry(
      configuration: [1], cohort: Self.hash,
      values: [Bytes32](repeating: Self.hash, count: WireLimits.witnessCount + 1), cohortSize: 8,
      sharers: [1], survivors: [1])
    #expect(throws: WireError.self) {
      try WitnessRequestBody(
        decoding: WitnessRequestBody.cosign(inquiry).encoded, kind: .cosign)
    }
  }

  @Test func anAnswerBelongsToItsRequestAndWitness() throws {
    let cast = WireCast()
    let nonce = [UInt8](repeating: 7, count: WireLimits.nonceByteCount)
    let standing = WitnessReplyBody.standing(
      WitnessStanding(position: 3, value: Self.hash, length: 9))
    let bytes = SignedWitnessReply(standing, to: nonce, signedBy: cast.coordinator).encoded
    let reply = try SignedWitnessReply(decoding: bytes)
    let key = cast.coordinator.verificationKey
    #expect(try reply.body(of: .standing, to: nonce, from: key).get() == standing)
    #expect(throws: WireError.otherRequest) {
      try reply.body(
        of: .standing, to: [UInt8](repeating: 8, count: WireLimits.nonceByteCount), from: key)
    }
    #expect(throws: WireError.badSignature) {
      try reply.body(of: .standing, to: nonce, from: cast.device.verificationKey)
    }
    let refusal = Refusal(.storage, "later", coordinatorTime: 4)
    let refused = try SignedWitnessReply(
      decoding: SignedWitnessReply(refusal, to: nonce, signedBy: cast.coordinator).encoded)
    #expect(throws: refusal) {
      try refused.body(of: .reveal, to: nonce, from: key).get()
    }
  }

  @Test func aListIsTheAuthoritysForOneCoordinator() throws {
    let cast = WireCast()
    let anchors = [UInt8](2..<5).map {
      WitnessList.Anchor(
        identity: VerificationKey(encoding: Blake2b.digest([$0])), value: Blake2b.digest([$0, 1]))
    }
    let coordinator = VerificationKey(encoding: Self.hash)
    let authority = cast.device.verificationKey
    let list = WitnessList(anchors, serial: 4, of: coordinator, signedBy: cast.device)
    let read = try WitnessList(decoding: list.encoded)
    #expect(read == list && read.serial == 4)
    #expect(read.isAuthentic(from: authority, of: coordinator))
    #expect(!read.isAuthentic(from: cast.coordinator.verificationKey, of: coordinator))
    #expect(!read.isAuthentic(from: authority, of: authority))
    var changed = list.encoded
    changed[1] ^= 1
    #expect(try !WitnessList(decoding: changed).isAuthentic(from: authority, of: coordinator))
  }

  @Test func aListOfTooManyOrInAnyOrderIsRefused() throws {
    func encoded(_ count: Int, ascending: Bool) throws -> [UInt8] {
      var message = Silhouette_Node_V1_WitnessList()
      message.signature.append(contentsOf: [UInt8](repeating: 0, count: 64))
      for index in 0..<count {
        var witness = Silhouette_Node_V1_PinnedWitness()
        var identity = [UInt8](repeating: 0, count: 32)
        identity[0] = UInt8(ascending ? index : count - index)
        witness.identity.append(contentsOf: identity)
        witness.anchor = witness.identity
        message.witnesses.append(witness)
      }
      return try message.serializedBytes()
    }
    #expect(try WitnessList(decoding: encoded(16, ascending: true)).witnesses.count == 16)
    #expect(throws: WireError.range(field: "WitnessList.witnesses")) {
      try WitnessList(decoding: encoded(17, ascending: true))
    }
    #expect(throws: WireError.range(field: "WitnessList.witnesses")) {
      try WitnessList(decoding: encoded(2, ascending: false))
    }
    let limit = WireLimits.witnessListByteCount
    #expect(throws: WireError.tooLarge(bytes: limit + 1, limit: limit)) {
      try WitnessList(decoding: [UInt8](repeating: 0, count: limit + 1))
    }
  }

  @Test func introductionsReadBackAndNoticeChanges() throws {
    let cast = WireCast()
    let introduction = CoordinatorIntroduction(
      identity: cast.coordinator.verificationKey, authority: cast.device.verificationKey,
      log: cast.device.verificationKey)
    let text = introduction.text(signedBy: cast.coordinator)
    #expect(try CoordinatorIntroduction(decoding: Array(text.utf8)) == introduction)
    let other = CoordinatorIntroduction(
      identity: cast.coordinator.verificationKey, authority: cast.coordinator.verificationKey,
      log: cast.device.verificationKey)
    let changed = text.replacing(
      introduction.authority.encoding.description, with: other.authority.encoding.description)
    #expect(throws: WireError.badSignature) {
      try CoordinatorIntroduction(decoding: Array(changed.utf8))
    }
    #expect(throws: WireError.self) { try CoordinatorIntroduction(decoding: Array("{}".utf8)) }
    let limit = WireLimits.introductionByteCount
    #expect(throws: WireError.tooLarge(bytes: limit + 1, limit: limit)) {
      try WitnessDescription(decoding: [UInt8](repeating: 32, count: limit + 1))
    }
  }
}
