import CryptoPrimitives
import ProtocolVectors
import RingArithmetic
import Testing

@testable import SecureAggregation

/// Coordinators that offer rounds which a client must not join.
@Suite struct OfferAttackTests {
  private let enrollment = Enrollment(seed: 500)

  private func offer(
    _ terms: RoundTerms, _ checks: ClientChecks = .all,
    configure: (inout Device.Setup) -> Void = { _ in }
  ) throws -> Surround {
    try Surround(
      enrollment, terms, size: terms.mostCohort, checks: checks,
      puppet: { Puppet(enrollment, $0) }, configure: configure)
  }

  private func expectGuarded(
    by code: AbortCode, _ weakened: ClientChecks,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ attack: (ClientChecks) throws -> Surround
  ) throws {
    let honest = try attack(.all)
    let refused = try honest.play()
    #expect(
      refused.code == code && refused.extracted == nil, sourceLocation: sourceLocation)
    #expect(honest.target.client.records.isEmpty, sourceLocation: sourceLocation)
    let gullible = try attack(weakened)
    let leaked = try gullible.play()
    #expect(leaked.code == nil, sourceLocation: sourceLocation)
    #expect(leaked.extracted == gullible.target.contribution, sourceLocation: sourceLocation)
  }

  // 15. Terms below the client's floors.

  /// A round of one honest client and two accomplices, which tell everything.
  private func playWithTwoAccomplices(_ checks: ClientChecks) throws -> (AbortCode?, RingVector?) {
    var terms = enrollment.terms(cohort: 5)
    terms.leastCohort = 3
    terms.mostCohort = 3
    terms.leastSurvivors = 3
    terms.leastHonest = 1
    let round = try ScriptedRound(enrollment, terms, checks: checks)
    for accomplice in 1..<3 {
      var setup = round.devices[accomplice].setup
      setup.policy.leastCohort = 3
      setup.policy.leastSurvivors = 3
      setup.policy.leastHonest = 1
      round.devices[accomplice] = Device(
        enrollment, accomplice, setup,
        contribution: round.devices[accomplice].contribution)
    }
    round.playAdvertise(0..<3)
    if let code = round.codes[0] { return (code, nil) }
    try round.playShares(0..<3)
    try round.playInput(0..<3, sharers: round.everybody)
    var confessions: [Int: Confession] = [:]
    for accomplice in 1..<3 { confessions[accomplice] = round.devices[accomplice].confession }
    try round.playConsistency(0..<3, round.everybody, of: round.everybody)
    try round.playUnmask(0..<3, round.everybody, of: round.everybody)
    var extraction = try round.extraction(confessions: confessions)
    #expect(round.devices[0].contribution == round.trueSum(of: [0]))
    return (round.codes[0], extraction.sum(of: [0]))
  }

  @Test func roundsOfThreeAreRefused() throws {
    let cohort = ClientChecks.all.without(.cohortFloor, in: \.floors)
    let survivors = cohort.without(.survivorFloor, in: \.floors)
    for (checks, code) in [
      (ClientChecks.all, AbortCode.cohortFloor), (cohort, .survivorFloor),
      (survivors, .honestFloor),
    ] {
      let (found, extracted) = try playWithTwoAccomplices(checks)
      #expect(found == code && extracted == nil)
    }
    let (code, extracted) = try playWithTwoAccomplices(
      survivors.without(.honestFloor, in: \.floors))
    let config = try RoundConfig(enrollment.terms(cohort: 5))
    #expect(code == nil && extracted == enrollment.contribution(of: 0, config))
  }

  /// A floor by its code and terms that undercut it.
  static let undercut: [(AbortCode, @Sendable (inout RoundTerms) -> Void)] = [
    (.clip, { $0.clipNorm = 1.5 }),
    (.noise, { $0.noise = .none }),
    (.collusion, { $0.collusion = 100 }),
    (.rule, { $0.rule = .isolation }),
    (.dimension, { $0.dimension = 7 }),
    (.ringBits, { $0.ringBits = 16 }),
    (.eligibilityCeiling, { $0.eligibilityThreshold = .max }),
    // The witness that is left is the coordinator's.
    (.witnessSet, { $0.witnesses.removeLast() }),
  ]

  @Test(arguments: undercut.indices)
  func termsBelowAFloorAreRefused(place: Int) throws {
    let (code, change) = Self.undercut[place]
    let watched = Enrollment(seed: 515, witnessCount: 2)
    var terms = watched.terms(cohort: 5)
    terms.noise = NoiseTerms(law: .skellam, varianceNumerator: 2, varianceDenominator: 1)
    terms.eligibilityThreshold = .max - 1
    func attack(_ checks: ClientChecks, _ terms: RoundTerms) throws -> Surround {
      var attack = try Surround(
        watched, terms, size: 5, checks: checks, puppet: { Puppet(watched, $0) },
        configure: { setup in
          setup.policy.leastNoise = .init(4, over: 1)
          setup.policy.leastCollusion = 500
          setup.policy.allowsIsolationRule = false
          setup.policy.mostDimension = 6
          setup.policy.ringBits = [20, 24, 32]
          setup.policy.mostEligibilityThreshold = .max - 1
        })
      attack.reveals = { cohort in
        terms.witnesses.indices.map { watched.reveal(ofWitness: $0, for: cohort) }
      }
      return attack
    }
    // What the floors permit is joined.
    #expect(try attack(.all, terms).play().code == nil)
    change(&terms)
    try expectGuarded(by: code, .all.without(code, in: \.floors)) { try attack($0, terms) }
  }

  @Test func survivorsHaveToBeMostOfTheCohort() throws {
    // t is below the client's own share of survivors: four fifths here.
    var terms = enrollment.terms(cohort: 8)
    terms.leastSurvivors = 6
    try expectGuardedAfterJoining(by: .survivorFloor, terms) {
      $0.policy.leastSurvivorShare = 8_000
    }
    // And many enough for honest ones among them, whatever n turns out to be.
    terms.collusion = 1000
    terms.dropout = 1000
    terms.mostCohort = 12
    terms.leastCohort = 12
    terms.leastSurvivors = 10
    terms.leastHonest = 10
    try expectGuardedAfterJoining(by: .honestFloor, terms) { _ in }
  }

  private func expectGuardedAfterJoining(
    by code: AbortCode, _ terms: RoundTerms, configure: (inout Device.Setup) -> Void
  ) throws {
    let honest = try offer(terms, configure: configure)
    let refused = try honest.play()
    #expect(refused.code == code && refused.extracted == nil)
    let gullible = try offer(terms, .all.without(code, in: \.cohort), configure: configure)
    #expect(try gullible.play().extracted == gullible.target.contribution)
  }

  // 28. A round that the log does not hold, or that somebody else signed.

  @Test func unloggedRoundsAreRefused() throws {
    // A round offered to nobody but the target.
    try expectGuarded(by: .notLogged, .all.without(.notLogged, in: \.offer)) {
      try offer(enrollment.terms(cohort: 5), $0) { $0.circumstances.loggedConfiguration = nil }
    }
    // A proof for one configuration is none for another.
    var logged = enrollment.terms(cohort: 5)
    logged.nonce = Enrollment.bytes32("the nonce of what was logged")
    let other = Transcript.configured(try RoundConfig(logged))
    try expectGuarded(by: .notLogged, .all.without(.notLogged, in: \.offer)) {
      try offer(enrollment.terms(cohort: 5), $0) { $0.circumstances.loggedConfiguration = other }
    }
    // A witness asks for the same proof, and gives one cohort of a round its value.
    let watched = Enrollment(seed: 528, witnessCount: 1)
    let config = try RoundConfig(watched.terms(cohort: 5))
    func request(_ members: Range<Int>) -> RevealRequest {
      RevealRequest(
        config: watched.coordinator.message(config),
        cohort: members.map {
          Puppet(watched, $0).advertise(in: Transcript.configured(config)).encoded
        })
    }
    #expect(throws: ProtocolError(.notLogged, "RoundConfig")) {
      try watched.witnesses[0].witness.reveal(request(0..<5), isLogged: false)
    }
    _ = try watched.witnesses[0].witness.reveal(request(0..<5), isLogged: true)
    #expect(throws: ProtocolError(.equivocation, "RoundConfig.round")) {
      try watched.witnesses[0].witness.reveal(request(1..<6), isLogged: true)
    }
  }

  @Test func onlyPinnedCoordinatorsAndAuthoritiesCount() throws {
    let stranger = Enrollment(seed: 501)
    try expectGuarded(by: .coordinator, .all.without(.coordinator, in: \.offer)) { checks in
      try offer(enrollment.terms(cohort: 5), checks) {
        $0.policy.coordinators = [stranger.coordinator.verificationKey]
      }
    }
    var terms = enrollment.terms(cohort: 5)
    terms.authority = stranger.authority.verificationKey
    #expect(try offer(terms).play().code == .authority)
  }

  /// A device whose identity was revoked, perhaps because a copy of its key is about, stays away.
  @Test func revokedDevicesTakeNoPart() throws {
    let own = enrollment.deviceKey(0).verificationKey
    let stranger = enrollment.deviceKey(9).verificationKey
    func attack(_ checks: ClientChecks, _ revoked: VerificationKey) throws -> Surround {
      let revocations = RevocationList([revoked])
      var terms = enrollment.terms(cohort: 5)
      terms.revocationDigest = revocations.digest
      return try offer(terms, checks) { $0.circumstances.revocations = revocations }
    }
    // Others' revocations are nothing to it.
    #expect(try attack(.all, stranger).play().code == nil)
    try expectGuarded(by: .ownCertificate, .all.without(.ownCertificate, in: \.standing)) {
      try attack($0, own)
    }
  }

  // 11. Other model bytes than those that the configuration names.

  /// A model under which everybody else's contribution is zero, so that the sum is the target's.
  private func playTrap(_ checks: ClientChecks) throws -> ScriptedRound {
    let terms = enrollment.terms(cohort: 5)
    let config = try RoundConfig(terms)
    let devices = (0..<5).map { member in
      var setup = Device.Setup(
        checks: checks, policy: enrollment.policy,
        circumstances: enrollment.circumstances(of: config))
      // The others were sent bytes whose hash is another one.
      if member > 0 { setup.circumstances.modelHash = Enrollment.bytes32("dead model") }
      let zero = RingVector(zeros: config.dimension, modulus: config.modulus)
      let own = enrollment.contribution(of: member, config)
      return Device(enrollment, member, setup, contribution: member > 0 ? zero : own)
    }
    let round = try ScriptedRound(enrollment, terms, devices)
    round.playAdvertise(0..<5)
    guard round.advertised.count == 5 else { return round }
    try round.playShares(0..<5)
    try round.playInput(0..<5, sharers: round.everybody)
    try round.playConsistency(0..<5, round.everybody, of: round.everybody)
    try round.playUnmask(0..<5, round.everybody, of: round.everybody)
    return round
  }

  @Test func aModelIsTheOneThatTheConfigurationNames() throws {
    let round = try playTrap(.all)
    for client in 1..<5 { #expect(round.codes[client] == .model) }
    #expect(round.advertised.count == 1 && round.inputs.isEmpty)
    let gullible = try playTrap(ClientChecks.all.without(.model, in: \.offer))
    var leaked = try gullible.extraction()
    #expect(leaked.sum(of: Array(0..<5)) == gullible.devices[0].contribution)
  }

  // 14 and 24. The same update in two cohorts that differ in one client.

  /// Two rounds one after another; the difference of the two sums is what client 0 contributed.
  private func playTwice(
    _ checks: ClientChecks, change: (inout RoundTerms) -> Void,
    configure: (inout Device.Setup) -> Void = { _ in }
  ) throws -> (first: ScriptedRound, second: ScriptedRound) {
    var terms = enrollment.terms(cohort: 6)
    terms.round = 7
    let first = try ScriptedRound(enrollment, terms, checks: checks)
    try first.playToInput()
    try first.playConsistency(0..<6, first.everybody, of: first.everybody)
    try first.playUnmask(0..<6, first.everybody, of: first.everybody)
    change(&terms)
    terms.mostCohort = 5
    let config = try RoundConfig(terms)
    let devices = (1..<6).map { member in
      let earlier = first.devices[member]
      var setup = earlier.setup
      setup.circumstances = enrollment.circumstances(of: config)
      setup.history = ClientHistory(earlier.client.records)
      setup.occasion = 1
      configure(&setup)
      return Device(enrollment, member, setup, contribution: earlier.contribution)
    }
    let second = try ScriptedRound(enrollment, terms, devices)
    second.playAdvertise(0..<5)
    guard second.advertised.count == 5 else { return (first, second) }
    try second.playShares(0..<5)
    try second.playInput(0..<5, sharers: second.everybody)
    try second.playConsistency(0..<5, second.everybody, of: second.everybody)
    if second.codes.isEmpty {
      try second.playUnmask(0..<5, second.everybody, of: second.everybody)
    }
    return (first, second)
  }

  private func difference(_ rounds: (first: ScriptedRound, second: ScriptedRound)) throws
    -> RingVector?
  {
    var larger = try rounds.first.extraction()
    guard var result = larger.sum(of: Array(0..<6)), rounds.second.inputs.count == 5 else {
      return nil
    }
    var smaller = try rounds.second.extraction()
    guard let rest = smaller.sum(of: Array(0..<5)) else { return nil }
    result.add(
      RingVector(reducing: rest.words.map { 0 &- $0 }, modulus: rounds.second.config.modulus))
    return result
  }

  @Test(arguments: [3, 7])
  func roundNumbersOnlyRise(number: UInt64) throws {
    let rounds = try playTwice(.all) { $0.round = number }
    for client in 0..<5 { #expect(rounds.second.codes[client] == .roundCounter) }
    #expect(try difference(rounds) == nil)
    let uncounted = try playTwice(ClientChecks.all.without(.roundCounter, in: \.offer)) {
      $0.round = number
    }
    if number == 3 {
      #expect(try difference(uncounted) == uncounted.first.trueSum(of: [0]))
    } else {
      // The same round again: the set of survivors that was signed in it is on record, too.
      for client in 0..<5 { #expect(uncounted.second.codes[client] == .secondSurvivorSet) }
      #expect(try difference(uncounted) == nil)
    }
  }

  @Test func everyContributionIsCharged() throws {
    // A second round is within the budget: it is charged again, so the budget covers the difference.
    let paid = try playTwice(.all) { $0.round = 8 }
    #expect(try difference(paid) == paid.first.trueSum(of: [0]))
    for member in 1..<6 {
      let names = [paid.first, paid.second].map(\.config.name)
      let records =
        paid.first.devices[member].client.records
        + paid.second.devices[member - 1].client.records
      let charged = records.filter { record in
        names.contains { record == .charged($0) }
      }
      #expect(charged.count == 2)
    }
    // It is not: nobody joins.
    let refused = try playTwice(.all) {
      $0.round = 8
    } configure: {
      $0.circumstances.coversBudget = false
    }
    for client in 0..<5 { #expect(refused.second.codes[client] == .budget) }
    #expect(try difference(refused) == nil)
    let unpaid = try playTwice(ClientChecks.all.without(.budget, in: \.standing)) {
      $0.round = 8
    } configure: {
      $0.circumstances.coversBudget = false
    }
    #expect(try difference(unpaid) == unpaid.first.trueSum(of: [0]))
  }

  @Test func roundsDoNotOverlapNorFillADay() throws {
    let rounds = try playTwice(.all) {
      $0.round = 8
    } configure: {
      $0.policy.mostRoundsPerDay = 1
    }
    for client in 0..<5 { #expect(rounds.second.codes[client] == .roundsPerDay) }
    let config = rounds.first.config
    let device = Device(
      enrollment, 0,
      Device.Setup(policy: enrollment.policy, circumstances: enrollment.circumstances(of: config)),
      contribution: rounds.first.devices[0].contribution)
    _ = device.answer(
      enrollment.coordinator.message(config), at: Enrollment.opens)
    var terms = config.terms
    terms.task = Enrollment.bytes32("another task")
    let other = try RoundConfig(terms)
    let busy = Device(
      enrollment, 0,
      Device.Setup(
        history: ClientHistory(device.client.records), policy: enrollment.policy,
        circumstances: enrollment.circumstances(of: other)),
      contribution: device.contribution)
    let offer = enrollment.coordinator.message(other)
    #expect(busy.answer(offer, at: Enrollment.opens).code == .activeRound)
  }
}
