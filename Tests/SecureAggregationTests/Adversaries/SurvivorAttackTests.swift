import CryptoPrimitives
import ProtocolVectors
import RingArithmetic
import Testing

@testable import SecureAggregation

/// Coordinators that lie about who is to be summed.
@Suite struct SurvivorAttackTests {
  // 1. Somebody is to be both a survivor and dropped.

  @Test func nobodyIsBothSurvivorAndDropped() throws {
    let enrollment = Enrollment(seed: 101)
    let round = try ScriptedRound(enrollment, enrollment.terms(cohort: 5))
    try round.playToInput()
    // A client that answered for two sets at once would tell what an accomplice tells.
    var confessions: [Int: Confession] = [:]
    for (index, device) in round.devices.enumerated() { confessions[index] = device.confession }
    let survivors = round.set(1..<5)
    try round.playConsistency(1..<5, survivors, of: round.everybody)
    try round.playUnmask(1..<5, survivors, of: round.everybody)
    #expect(round.unmasks.count == 4)
    for message in round.unmasks {
      // One entry for each dealer, of the one secret that the set decides.
      #expect(message.entries.map(\.slot) == [1, 2, 3, 4, 5])
      let expected: [ReleasedSecret] = [.maskKey] + Array(repeating: .selfMask, count: 4)
      #expect(message.entries.map(\.value.secret) == expected)
      // Both of one dealer have no encoding.
      let entry = try #require(message.entries.first)
      let both = UnmaskMessage(
        transcript: message.transcript, index: message.index, entries: [entry, entry])
      #expect(throws: ProtocolError(.order, "Unmask.entries")) {
        try Signed<UnmaskMessage>(decoding: round.enrollment.coordinator.message(both))
      }
    }
    var extraction = try round.extraction()
    #expect(extraction.openSets(among: Array(0..<5)) == [[1, 2, 3, 4]])
    #expect(extraction.sum(of: [1, 2, 3, 4]) == round.trueSum(of: 1..<5))

    var leaked = try round.extraction()
    for index in 1..<5 {
      for (slot, pair) in try #require(confessions[index]).held {
        for (secret, share) in pair {
          leaked.add(share, of: secret, dealer: slot - 1, slot: index + 1)
        }
      }
    }
    #expect(leaked.sum(of: [0]) == round.trueSum(of: [0]))
  }

  // 2. A second set of survivors.

  /// Four views of twelve clients, so that eight self masks and four mask keys open, though every view
  /// has nine survivors: without agreement on one view the sum over eight lies open.
  static let common = 0..<8
  static func view(of client: Int) -> [Int] { Array(common) + [8 + group(of: client)] }
  private static func group(of client: Int) -> Int { client < 8 ? client / 2 : client - 8 }

  private func playTwoSets(_ checks: ClientChecks) throws -> ScriptedRound {
    let enrollment = Enrollment(seed: 102)
    let round = try ScriptedRound(enrollment, enrollment.terms(cohort: 12), checks: checks)
    try round.playToInput()
    // Everybody is shown all four sets, the own one last.
    for client in 0..<12 {
      let views = (0..<4).map { round.set(Array(Self.common) + [8 + $0]) }
      let own = round.set(Self.view(of: client))
      let foreign = views.filter { $0 != own && $0.contains(client) }
      for view in foreign + [own] where round.codes[client] == nil {
        round.send(try round.survivors(view, of: round.everybody), to: client)
      }
    }
    for client in 0..<12 where round.codes[client] == nil {
      let own = round.set(Self.view(of: client))
      round.send(try round.quorum(for: client, own, of: round.everybody), to: client)
    }
    return round
  }

  @Test func aSecondSetOfSurvivorsEndsTheRound() throws {
    let round = try playTwoSets(.all)
    for client in Self.common { #expect(round.codes[client] == .outOfOrder) }
    #expect(round.unmasks.isEmpty)
    var extraction = try round.extraction()
    #expect(extraction.openSets(among: Array(Self.common)).isEmpty)

    // The record of what was signed stands behind the order of messages.
    let unordered = ClientChecks.all.without(.outOfOrder, in: \.arrival)
    let second = try playTwoSets(unordered)
    for client in Self.common { #expect(second.codes[client] == .secondSurvivorSet) }
    #expect(second.unmasks.isEmpty)

    let gullible = try playTwoSets(unordered.without(.secondSurvivorSet, in: \.signing))
    var leaked = try gullible.extraction()
    #expect(gullible.config.leastSurvivors == 9)
    #expect(leaked.sum(of: Array(Self.common)) == gullible.trueSum(of: Self.common))
  }

  // 4. Survivors that never shared.

  private func playGhost(_ checks: ClientChecks) throws -> ScriptedRound {
    let enrollment = Enrollment(seed: 104)
    var terms = enrollment.terms(cohort: 8)
    terms.leastSurvivors = 7
    let round = try ScriptedRound(enrollment, terms, checks: checks)
    round.playAdvertise(0..<8)
    // Client 7 is gone before it shares, client 6 after its input.
    try round.playShares(0..<7)
    let sharers = round.set(0..<7)
    try round.playInput(0..<7, sharers: sharers)
    let survivors = round.set([0, 1, 2, 3, 4, 5, 7])
    try round.playConsistency(0..<6, survivors, of: sharers)
    for client in 0..<6 where round.codes[client] == nil {
      round.send(try round.quorum(for: client, survivors, of: sharers), to: client)
    }
    return round
  }

  @Test func survivorsHaveShared() throws {
    let round = try playGhost(.all)
    for client in 0..<6 { #expect(round.codes[client] == .notASubset) }
    var extraction = try round.extraction(sharers: round.set(0..<7))
    #expect(extraction.openSets(among: Array(0..<7)).isEmpty)

    // A ghost makes six survivors look like the seven that are the least.
    let gullible = try playGhost(ClientChecks.all.without(.notASubset, in: \.survivors))
    var leaked = try gullible.extraction(sharers: gullible.set(0..<7))
    #expect(leaked.sum(of: Array(0..<6)) == gullible.trueSum(of: 0..<6))
  }

  // 5. Fewer survivors, or a smaller cohort, than was agreed.

  private func playFew(_ checks: ClientChecks) throws -> ScriptedRound {
    let enrollment = Enrollment(seed: 105)
    var terms = enrollment.terms(cohort: 8)
    terms.leastSurvivors = 7
    let round = try ScriptedRound(enrollment, terms, checks: checks)
    try round.playToInput()
    let survivors = round.set(0..<6)
    try round.playConsistency(0..<6, survivors, of: round.everybody)
    for client in 0..<6 where round.codes[client] == nil {
      round.send(try round.quorum(for: client, survivors, of: round.everybody), to: client)
    }
    return round
  }

  @Test func survivorsAreAtLeastAsManyAsAgreed() throws {
    let round = try playFew(.all)
    for client in 0..<6 { #expect(round.codes[client] == .fewSurvivors) }
    var extraction = try round.extraction()
    #expect(extraction.openSets(among: Array(0..<8)).isEmpty)

    let gullible = try playFew(ClientChecks.all.without(.fewSurvivors, in: \.survivors))
    var leaked = try gullible.extraction()
    #expect(leaked.sum(of: Array(0..<6)) == gullible.trueSum(of: 0..<6))
  }

  private func playSmallCohort(_ checks: ClientChecks) throws -> ScriptedRound {
    let enrollment = Enrollment(seed: 115)
    var terms = enrollment.terms(cohort: 8)
    terms.leastCohort = 8
    terms.leastSurvivors = 5
    let round = try ScriptedRound(enrollment, terms, size: 5, checks: checks)
    round.playAdvertise(0..<5)
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

  @Test func cohortsAreAtLeastAsLargeAsAgreed() throws {
    let round = try playSmallCohort(.all)
    for client in 0..<5 { #expect(round.codes[client] == .cohortSize) }
    let blind = ClientChecks.all.without(.cohortSize, in: \.cohort)
    let second = try playSmallCohort(blind)
    for client in 0..<5 { #expect(second.codes[client] == .fewSharers) }
    for quiet in [round, second] { #expect(quiet.inputs.isEmpty) }

    let gullible = try playSmallCohort(blind.without(.fewSharers, in: \.sharers))
    var leaked = try gullible.extraction()
    #expect(leaked.sum(of: Array(0..<5)) == gullible.trueSum(of: 0..<5))
  }

  // 21. A restart between signing and releasing.

  /// Opens the sum over everybody, then offers copies of all clients, as they were before they signed, a
  /// set without client 0.
  private func playRestart(
    _ checks: ClientChecks, isForgotten: Bool = false
  ) throws -> ScriptedRound {
    let enrollment = Enrollment(seed: 121)
    let round = try ScriptedRound(enrollment, enrollment.terms(cohort: 5), checks: checks)
    try round.playToInput()
    let images = round.devices.map { $0.received.count }
    try round.playConsistency(0..<5, round.everybody, of: round.everybody)
    try round.playUnmask(0..<5, round.everybody, of: round.everybody)
    #expect(round.unmasks.count == 5)
    // The image holds all secrets; what was recorded durably is from after it was taken.
    round.devices = zip(round.devices, images).map { device, count in
      let copy = device.replica(after: count)
      for record in isForgotten ? [] : device.client.records {
        if case .signed = record { copy.client.machine.history.apply(record) }
      }
      return copy
    }
    let others = round.set(1..<5)
    for client in 1..<5 {
      round.send(try round.survivors(others, of: round.everybody), to: client)
    }
    for client in 1..<5 where round.codes[client] == nil {
      round.send(try round.quorum(for: client, others, of: round.everybody), to: client)
    }
    return round
  }

  @Test func aRestoredClientSignsNoSecondSet() throws {
    let round = try playRestart(.all)
    for client in 1..<5 { #expect(round.codes[client] == .secondSurvivorSet) }
    var extraction = try round.extraction()
    #expect(extraction.openSets(among: Array(0..<5)) == [[0, 1, 2, 3, 4]])

    let gullible = try playRestart(ClientChecks.all.without(.secondSurvivorSet, in: \.signing))
    var leaked = try gullible.extraction()
    #expect(leaked.sum(of: [0]) == gullible.trueSum(of: [0]))
    // The same if the record is not durable.
    let forgetful = try playRestart(.all, isForgotten: true)
    var forgotten = try forgetful.extraction()
    #expect(forgotten.sum(of: [0]) == forgetful.trueSum(of: [0]))
  }

  @Test func aRestartedClientHasNoSecretsToRelease() throws {
    let enrollment = Enrollment(seed: 131)
    let round = try ScriptedRound(enrollment, enrollment.terms(cohort: 5))
    try round.playToInput()
    try round.playConsistency(0..<5, round.everybody, of: round.everybody)
    let records = round.devices[1].client.records
    let others = try round.survivors(round.set(1..<5), of: round.everybody)
    let restarted = round.devices[1].replica(after: 0, history: ClientHistory(records))
    let answer = restarted.answer(
      enrollment.coordinator.message(others), at: round.time(of: .survivors))
    #expect(answer.code == .outOfOrder)
    // It is still bound to the round, and joins no other before the last deadline.
    var next = enrollment.terms(cohort: 5)
    next.round = 2
    let config = try RoundConfig(next)
    var setup = round.devices[1].setup
    setup.history = ClientHistory(records)
    setup.circumstances = enrollment.circumstances(of: config)
    let again = Device(enrollment, 1, setup, contribution: round.devices[1].contribution)
    let offer = enrollment.coordinator.message(config)
    #expect(again.answer(offer, at: Enrollment.opens).code == .activeRound)
  }
}
