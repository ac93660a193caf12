import CryptoPrimitives
import ProtocolVectors
import RingArithmetic
import TestSupport
import Testing

@testable import SecureAggregation

/// Coordinators that put keys of their own, or of their accomplices, around a client.
@Suite struct NeighborAttackTests {
  private let enrollment = Enrollment(seed: 300)

  private func surround(
    _ checks: ClientChecks, _ terms: RoundTerms? = nil, size: Int = 5,
    by puppet: @escaping (Int) -> Puppet?
  ) throws -> Surround {
    try Surround(
      enrollment, terms ?? enrollment.terms(cohort: size), size: size, checks: checks,
      puppet: puppet)
  }

  /// The client stops with `code`; without the check its contribution lies open.
  private func expectGuarded(
    by code: AbortCode, _ weakened: ClientChecks,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ attack: (ClientChecks) throws -> Surround
  ) throws {
    let honest = try attack(.all)
    let refused = try honest.play()
    #expect(refused.code == code, sourceLocation: sourceLocation)
    #expect(refused.extracted == nil, sourceLocation: sourceLocation)
    let areWiped = honest.target.client.machine.secrets == nil
    #expect(areWiped, sourceLocation: sourceLocation)
    let gullible = try attack(weakened)
    let leaked = try gullible.play()
    #expect(leaked.code == nil, sourceLocation: sourceLocation)
    #expect(leaked.extracted == gullible.target.contribution, sourceLocation: sourceLocation)
  }

  // 8. Keys of neighbors are replaced.

  @Test func neighborsAreEnrolled() throws {
    // An authority of the coordinator's own certifies the puppets.
    let forger = enrollment.deviceKey(999_999)
    try expectGuarded(by: .certificate, .all.without(.certificate, in: \.neighbor)) { checks in
      try surround(checks) { Puppet(enrollment, $0, authority: forger) }
    }
  }

  @Test func neighborsSignTheirKeys() throws {
    // Real certificates of others, with keys of the coordinator under them.
    try expectGuarded(by: .neighborSignature, .all.without(.neighborSignature, in: \.neighbor)) {
      checks in
      var attack = try surround(checks) { Puppet(enrollment, $0) }
      attack.entry = { index, puppet, transcript in
        let victim = enrollment.deviceKey(index + 10).verificationKey
        return puppet.advertise(
          in: transcript, certificate: enrollment.certificate(for: victim))
      }
      return attack
    }
  }

  @Test func revokedNeighborsDoNotCount() throws {
    let puppets = (0..<5).map { Puppet(enrollment, $0) }
    let revocations = RevocationList(Set(puppets.map { $0.signing.verificationKey }))
    var terms = enrollment.terms(cohort: 5)
    terms.revocationDigest = revocations.digest
    try expectGuarded(by: .revoked, .all.without(.revoked, in: \.neighbor)) { checks in
      try Surround(
        enrollment, terms, size: 5, checks: checks, puppet: { puppets[$0] },
        configure: { $0.circumstances.revocations = revocations })
    }
  }

  // 10. Equal keys, and keys that are none.

  @Test func oneIdentitySitsOnOnePlace() throws {
    // One accomplice, enrolled once, takes all places, with other round keys on each.
    try expectGuarded(by: .duplicateKey, .all.without(.duplicateKey, in: \.keys)) { checks in
      try surround(checks) { Puppet(enrollment, $0, identity: 77) }
    }
  }

  /// Two accomplices copy the mask keys of two honest clients to the other side of the target, where
  /// the same masks are subtracted that were added: they vanish from its upload.
  private func playCopiedMaskKeys(_ checks: ClientChecks) throws -> ScriptedRound {
    let round = try ScriptedRound(enrollment, enrollment.terms(cohort: 5), checks: checks)
    round.playAdvertise(0..<5)
    for (copier, victim) in [(3, 0), (4, 1)] {
      let own = try #require(round.advertised[copier]).content
      let copied = AdvertiseMessage(
        transcript: own.transcript, certificate: own.certificate,
        agreementKey: own.agreementKey,
        maskKey: try #require(round.advertised[victim]).content.maskKey, nonce: own.nonce)
      let accomplice = Device(
        enrollment, copier,
        Device.Setup(
          checks: .all.without(.duplicateKey, in: \.keys), policy: enrollment.policy,
          circumstances: enrollment.circumstances(of: round.config)),
        contribution: round.devices[copier].contribution)
      round.devices[copier] = accomplice
      round.send(round.config, to: copier)
      accomplice.client.machine.round = JoinedRound(
        config: round.config, transcript: own.transcript, advertise: copied)
      let signed = Signed(copied, by: enrollment.deviceKey(copier))
      round.collect(signed.encoded, from: copier)
    }
    try round.playShares(0..<5)
    for client in 0..<5 where round.codes[client] == nil {
      round.send(try round.inbox(for: client, sharers: round.everybody), to: client)
    }
    for client in 0..<5 where round.codes[client] == nil {
      round.send(try round.survivors(round.everybody, of: round.everybody), to: client)
    }
    for client in 0..<5 where round.codes[client] == nil {
      round.send(
        try round.quorum(for: client, round.everybody, of: round.everybody), to: client)
    }
    return round
  }

  /// What is left of an input when its self mask comes off, and nothing else.
  private func withoutSelfMask(_ index: Int, _ round: ScriptedRound) throws -> RingVector? {
    var extraction = try round.extraction()
    guard var input = extraction.inputs[index],
      let selfMask = extraction.secret(.selfMask, of: index)
    else { return nil }
    var keys = MaskKeys(capacity: 1)
    keys.appendSelfMask(
      of: SecretBytes(known: selfMask), maskKey: extraction.maskKeys[index],
      in: extraction.sharers.transcript, .subtracted)
    keys.apply(to: &input)
    return input
  }

  @Test func copiedMaskKeysAreFound() throws {
    let round = try playCopiedMaskKeys(.all)
    for client in 0..<3 { #expect(round.codes[client] == .duplicateKey) }
    #expect(try withoutSelfMask(2, round) == nil)
    let gullible = try playCopiedMaskKeys(.all.without(.duplicateKey, in: \.keys))
    #expect(try withoutSelfMask(2, gullible) == gullible.trueSum(of: [2]))
    // Only the client between them is open, not those whose keys were copied.
    #expect(try withoutSelfMask(0, gullible) != gullible.trueSum(of: [0]))
  }

  /// Mask keys with which an agreement would be known to everybody, or has two encodings.
  ///
  /// No extraction succeeds here: a client without the check still has no mask with such a key, because
  /// libsodium multiplies no point that is not valid, and so it uploads nothing.
  @Test(arguments: [
    [UInt8](repeating: 0, count: 32),
    [0xED] + [UInt8](repeating: 0xFF, count: 30) + [0x7F],
    [1] + [UInt8](repeating: 0, count: 31), [UInt8](repeating: 0xFF, count: 32),
  ])
  func maskKeysAreValidPoints(encoding: [UInt8]) throws {
    func attack(_ checks: ClientChecks) throws -> Surround {
      var attack = try surround(checks) { Puppet(enrollment, $0) }
      attack.entry = { index, puppet, transcript in
        let own = puppet.advertise(in: transcript)
        guard index == 0, let point = Bytes32(encoding) else { return own }
        return Signed(
          AdvertiseMessage(
            transcript: transcript, certificate: own.content.certificate,
            agreementKey: own.content.agreementKey, maskKey: point, nonce: own.content.nonce),
          by: puppet.signing)
      }
      return attack
    }
    #expect(try attack(.all).play().code == .point)
    // The arithmetic refuses such a key, too: there is no agreement to derive a mask from.
    let second = try attack(.all.without(.point, in: \.neighbor)).play()
    #expect(second.code == .point && second.extracted == nil)
  }

  /// X25519 keys of small order, with which the box keys would be known to everybody.
  ///
  /// No extraction goes with this: the guard is libsodium's `crypto_kx` itself, which gives no session keys
  /// with such a key, so there is no client without it that could seal a box.
  @Test(arguments: [
    [UInt8](repeating: 0, count: 32), [1] + [UInt8](repeating: 0, count: 31),
    [
      0xE0, 0xEB, 0x7A, 0x7C, 0x3B, 0x41, 0xB8, 0xAE, 0x16, 0x56, 0xE3, 0xFA, 0xF1, 0x9F, 0xC4,
      0x6A, 0xDA, 0x09, 0x8D, 0xEB, 0x9C, 0x32, 0xB1, 0xFD, 0x86, 0x62, 0x05, 0x16, 0x5F, 0x49,
      0xB8, 0x00,
    ],
  ])
  func agreementKeysOfSmallOrderAreRefused(encoding: [UInt8]) throws {
    var attack = try surround(.all) { Puppet(enrollment, $0) }
    attack.entry = { index, puppet, transcript in
      let own = puppet.advertise(in: transcript)
      guard index == 0, let key = Bytes32(encoding) else { return own }
      return Signed(
        AdvertiseMessage(
          transcript: transcript, certificate: own.content.certificate,
          agreementKey: AgreementPublicKey(encoding: key), maskKey: own.content.maskKey,
          nonce: own.content.nonce),
        by: puppet.signing)
    }
    let outcome = try attack.play()
    #expect(outcome.code == .agreementKey && outcome.extracted == nil)
  }

  // 9. The own leaf is missing, altered, or there twice.

  private enum LeafTrick: CaseIterable { case missing, altered, elsewhere, twice }

  private func play(_ trick: LeafTrick, _ checks: ClientChecks) throws -> ScriptedRound {
    let round = try ScriptedRound(enrollment, enrollment.terms(cohort: 5), checks: checks)
    round.playAdvertise(0..<5)
    try round.playShares(1..<5)
    let honest = try round.directory(for: 0)
    var leaves = honest.leaves
    var recipient = 0
    switch trick {
    case .missing: leaves[0] = Enrollment.bytes32("a stranger's leaf")
    case .altered:
      let own = try #require(round.advertised[0]).content
      leaves[0] =
        AdvertiseMessage(
          transcript: own.transcript, certificate: own.certificate,
          agreementKey: own.agreementKey, maskKey: own.maskKey, nonce: Bytes32()
        ).leaf(at: 0)
    case .elsewhere: recipient = 1
    case .twice: leaves[4] = leaves[0]
    }
    round.send(
      DirectoryMessage(
        transcript: honest.transcript, recipient: recipient, leaves: leaves,
        reveals: honest.reveals, neighbors: honest.neighbors),
      to: 0)
    return round
  }

  /// A client that does not look for its leaf loses nothing by that, so no extraction goes with this.
  ///
  /// Its masks come from the keys of its neighbors' signed entries, each compared with its leaf. The own leaf
  /// decides only whether others meet it in the same cohort: the next test shows what comes of two.
  @Test func theOwnLeafIsInTheCohortOnce() throws {
    for trick in [LeafTrick.missing, .altered, .elsewhere] {
      #expect(try play(trick, .all).codes[0] == .ownLeaf, "\(trick)")
    }
    #expect(try play(.twice, .all).codes[0] == .duplicateLeaf)
    // Behind these checks, others find the same: whose keys stand where is signed.
    let blind = ClientChecks.all.without(.ownLeaf, in: \.cohort).without(
      .duplicateLeaf, in: \.cohort)
    #expect(try play(.elsewhere, blind).codes[0] == .neighborLeaf)
    #expect(try play(.twice, blind).codes[0] == .neighborLeaf)
  }

  /// A cohort root that does not hold the own keys is one of another cohort: boxes do not open and
  /// masks do not cancel, even for a client that does not look for its leaf.
  @Test(arguments: [false, true])
  func anotherCohortGivesOnlyGarbage(isBound: Bool) throws {
    let round = try play(.altered, ClientChecks.all.without(.ownLeaf, in: \.cohort))
    #expect(round.codes[0] == nil)
    let machine = round.devices[0].client.machine.neighborhood
    let foreign = try #require(machine).transcript
    #expect(try foreign != round.cohort().connected)
    try round.playInput(1..<5, sharers: round.everybody)
    if !isBound {
      // A client whose mask keys did not depend on the cohort.
      round.devices[0].client.machine.state = .training
      let sharers = try round.sharers(round.everybody)
      round.devices[0].client.machine.sharers = sharers
      let actions = round.devices[0].client.machine.contribute(
        round.devices[0].contribution, at: round.time(of: .inbox))
      guard case .upload(let input) = try #require(actions.last) else {
        Issue.record("no upload")
        return
      }
      round.collect(input.encoded, from: 0)
    } else {
      let inbox = try round.inbox(for: 0, sharers: round.everybody)
      round.send(
        InboxMessage(transcript: foreign, recipient: 0, sharers: inbox.sharers, boxes: []), to: 0)
    }
    // Even if all self masks were known, the masks around client 0 decide.
    var confessions: [Int: Confession] = [:]
    for (index, device) in round.devices.enumerated() { confessions[index] = device.confession }
    var extraction = try round.extraction()
    for (index, confession) in confessions {
      extraction.addSelfMask(try #require(confession.selfMask), of: index)
    }
    let sum = extraction.sum(of: Array(0..<5))
    #expect((sum == round.trueSum(of: 0..<5)) == !isBound)
  }

  // 16. Another graph than the witnesses' values give.

  @Test func neighborsStandWhereTheGraphPutsThem() throws {
    // Accomplices' entries in place of those whom the ring makes neighbors: 28 in a cohort of 129.
    let ring = Enrollment(seed: 316, witnessCount: 1)
    var terms = ring.terms(cohort: 129, faults: .c100d500)
    terms.leastCohort = 129
    try expectGuarded(by: .neighborLeaf, .all.without(.neighborLeaf, in: \.neighbor)) { checks in
      var attack = try Surround(
        ring, terms, size: 129, checks: checks, puppet: { Puppet(ring, $0) })
      attack.leaf = { Enrollment.bytes32("an honest client's leaf/\($0)") }
      attack.reveals = { [ring.reveal(ofWitness: 0, for: $0)] }
      return attack
    }
  }

  @Test func theSeedIsTheWitnessesOnes() throws {
    // With 110 accomplices in a cohort of 129, one seed in about 120 surrounds the target with them.
    let ring = Enrollment(seed: 317, witnessCount: 1)
    var terms = ring.terms(cohort: 129, faults: .c100d500)
    terms.leastCohort = 129
    let puppets = (0..<110).map { Puppet(ring, $0) }
    func attack(_ checks: ClientChecks, isGround: Bool) throws -> Surround {
      var attack = try Surround(
        ring, terms, size: 129, checks: checks,
        puppet: { puppets.indices.contains($0) ? puppets[$0] : nil })
      let config = attack.config
      attack.reveals = { cohort in
        let honest = ring.reveal(ofWitness: 0, for: cohort)
        for attempt in 0..<(isGround ? 5_000 : 0) {
          let value = Enrollment.bytes32("attempt/\(attempt)")
          let graph = CohortGraph(
            cohortSize: 129, parameters: config.graphParameters(cohortSize: 129),
            seed: Beacon.graphSeed(cohort: cohort, values: [value]))
          if graph.neighbors(of: 2).allSatisfy({ $0.index < 110 }) {
            return [.init(value: value, signature: honest.signature)]
          }
        }
        return [honest]
      }
      return attack
    }
    #expect(try attack(.all, isGround: true).play().code == .reveal)
    let unchained = ClientChecks.all.without(.reveal, in: \.reveal)
    #expect(try attack(unchained, isGround: true).play().code == .revealSignature)
    let gullible = try attack(unchained.without(.revealSignature, in: \.reveal), isGround: true)
    let leaked = try gullible.play()
    #expect(leaked.extracted == gullible.target.contribution)
    // The witness's own value puts honest clients around the target; their entries are missing here.
    #expect(try attack(.all, isGround: false).play().code == .neighborLeaf)
  }

  @Test func theNumberOfNeighborsIsTheGraphs() throws {
    let round = try ScriptedRound(enrollment, enrollment.terms(cohort: 5))
    round.playAdvertise(0..<5)
    let honest = try round.directory(for: 0)
    round.send(
      DirectoryMessage(
        transcript: honest.transcript, recipient: 0, leaves: honest.leaves,
        reveals: honest.reveals, neighbors: Array(honest.neighbors.dropLast())),
      to: 0)
    #expect(round.codes[0] == .neighborCount)
  }

  // 26. Enrolled identities that were not drawn for the round.

  @Test func neighborsWereDrawnForTheRound() throws {
    // Who is drawn follows from the witnesses' last values: seeds are tried until the target is.
    func draw(_ seed: UInt64) throws -> (Enrollment, RoundConfig) {
      let enrollment = Enrollment(seed: seed, witnessCount: 1)
      var terms = enrollment.terms(cohort: 5)
      terms.eligibilityThreshold = UInt64.max / 2
      return (enrollment, try RoundConfig(terms))
    }
    let found = try (326..<400).map { try draw($0) }.first { enrollment, config in
      config.isEligible(enrollment.deviceKey(0).verificationKey)
    }
    let (drawn, config) = try #require(found)
    let puppets = (0..<200).map { Puppet(drawn, $0) }
    let outsiders = puppets.filter { !config.isEligible($0.signing.verificationKey) }
    let insiders = puppets.filter { config.isEligible($0.signing.verificationKey) }
    func attack(_ puppets: [Puppet], _ checks: ClientChecks) throws -> Surround {
      var attack = try Surround(
        drawn, config.terms, size: 5, checks: checks, puppet: { puppets[$0] })
      attack.reveals = { [drawn.reveal(ofWitness: 0, for: $0)] }
      return attack
    }
    try expectGuarded(
      by: .neighborEligibility, .all.without(.neighborEligibility, in: \.neighbor)
    ) { try attack(outsiders, $0) }
    // An honest witness reveals nothing for such a cohort.
    let request = RevealRequest(
      config: drawn.coordinator.message(config),
      cohort: outsiders.prefix(5).map {
        $0.advertise(in: Transcript.configured(config)).encoded
      })
    #expect(throws: ProtocolError(.neighborEligibility, "Advertise.certificate")) {
      try drawn.witnesses[0].witness.reveal(request, isLogged: true)
    }
    // Accomplices that were drawn are not kept out: their share is what gamma has to cover.
    #expect(try attack(insiders, .all).play().extracted != nil)
  }
}
