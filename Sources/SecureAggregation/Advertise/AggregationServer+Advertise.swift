internal import CryptoPrimitives

/// Those who have advertised so far, in the order of arrival.
struct Gathering: Sendable {
  private(set) var members: [Signed<AdvertiseMessage>] = []
  private(set) var identities: Set<VerificationKey> = []
  private(set) var agreementKeys: Set<AgreementPublicKey> = []
  /// By member.
  private(set) var maskKeys: [GroupElement] = []
  private(set) var maskKeySet: Set<GroupElement> = []

  mutating func add(_ member: Signed<AdvertiseMessage>, maskKey: GroupElement) {
    members.append(member)
    identities.insert(member.content.identity)
    agreementKeys.insert(member.content.agreementKey)
    maskKeys.append(maskKey)
    maskKeySet.insert(maskKey)
  }
}

/// The clients of the round, U1, by cohort index.
struct GatheredCohort: Sendable {
  let members: [Signed<AdvertiseMessage>]
  /// S by cohort index.
  let maskKeys: [GroupElement]
  let indices: [VerificationKey: Int]
  let tree: CohortTree
  /// T1.
  let transcript: Bytes32
  /// The witnesses' values by identity.
  var reveals: [VerificationKey: DirectoryMessage.RevealedValue] = [:]

  /// - Parameter round: T0.
  init(_ gathering: Gathering, in round: Bytes32) {
    members = gathering.members
    maskKeys = gathering.maskKeys
    indices = Dictionary(
      uniqueKeysWithValues: members.enumerated().map { ($1.content.identity, $0) })
    tree = CohortTree(members.enumerated().map { $1.content.leaf(at: $0) })
    transcript = Transcript.gathered(round, cohort: tree)
  }
}

extension AdvertiseMessage {
  /// The mask key as a group element.
  ///
  /// - Throws: `point`.
  func validMaskKey() throws(ProtocolError) -> GroupElement {
    try GroupElement(checking: maskKey, "Advertise.maskKey")
  }
}

extension AggregationServer {
  mutating func receivedAdvertise(_ bytes: [UInt8]) throws(ProtocolError) {
    guard gathering.members.count < config.mostCohort else {
      throw ProtocolError(.outOfOrder, "header.kind")
    }
    let message = try Signed<AdvertiseMessage>(decoding: bytes)
    let keys = message.content
    guard keys.transcript == transcript else { throw ProtocolError(.transcript, "Advertise.T0") }
    guard message.isSigned(by: keys.identity) else {
      throw ProtocolError(.signature, "signature")
    }
    guard !gathering.identities.contains(keys.identity) else {
      noteEquivocation(of: keys.identity, .advertise, bytes)
      throw ProtocolError(.equivocation, "Advertise.certificate")
    }
    guard certificates.isValid(keys.certificate, for: config) else {
      throw ProtocolError(.certificate, "Advertise.certificate")
    }
    guard !revocations.contains(keys.identity) else {
      throw ProtocolError(.revoked, "Advertise.certificate")
    }
    guard config.isEligible(keys.identity) else {
      throw ProtocolError(.neighborEligibility, "Advertise.certificate")
    }
    let maskKey = try keys.validMaskKey()
    guard keys.agreementKey.isUsable else {
      throw ProtocolError(.agreementKey, "Advertise.agreementKey")
    }
    guard !gathering.agreementKeys.contains(keys.agreementKey),
      !gathering.maskKeySet.contains(maskKey)
    else { throw ProtocolError(.duplicateKey, "Advertise") }
    gathering.add(message, maskKey: maskKey)
  }

  mutating func closeAdvertise() throws(ProtocolError) -> [ServerAction] {
    guard gathering.members.count >= config.leastCohort else {
      throw ProtocolError(.fewClients, "Advertise")
    }
    let cohort = GatheredCohort(gathering, in: transcript)
    self.cohort = cohort
    gathering = Gathering()
    phase = .reveal
    guard let request = revealRequest else { return try closeReveal() }
    return [.requestReveals(request)]
  }

  /// Takes in a witness's value.
  mutating func receivedReveal(_ bytes: [UInt8]) throws(ProtocolError) {
    guard phase == .reveal, var cohort else { throw ProtocolError(.outOfOrder, "header.kind") }
    let message = try Signed<RevealMessage>(decoding: bytes)
    let reveal = message.content
    guard reveal.transcript == cohort.transcript else {
      throw ProtocolError(.transcript, "Reveal.T1")
    }
    guard let terms = config.witnesses.first(where: { $0.identity == reveal.witness }),
      terms.position == reveal.position
    else { throw ProtocolError(.witnessSet, "Reveal.witness") }
    guard Beacon.previous(of: reveal.value) == terms.previous else {
      throw ProtocolError(.reveal, "Reveal.value")
    }
    guard message.isSigned(by: terms.identity) else {
      throw ProtocolError(.revealSignature, "signature")
    }
    cohort.reveals[terms.identity] = DirectoryMessage.RevealedValue(
      value: reveal.value, signature: message.signature)
    self.cohort = cohort
  }
}
