import CryptoPrimitives
import ProtocolVectors
import RingArithmetic
import Testing

@testable import SecureAggregation

/// Coordinators that show different survivors to different clients.
@Suite struct QuorumAttackTests {
  private static let common = SurvivorAttackTests.common

  /// Shows each of twelve clients its own view, and fills quorums as `complete` does.
  private func playViews(
    _ checks: ClientChecks,
    complete: (QuorumMessage, Int, ScriptedRound) throws -> QuorumMessage
  ) throws -> ScriptedRound {
    let enrollment = Enrollment(seed: 201)
    let round = try ScriptedRound(enrollment, enrollment.terms(cohort: 12), checks: checks)
    try round.playToInput()
    for client in 0..<12 {
      let own = round.set(SurvivorAttackTests.view(of: client))
      round.send(try round.survivors(own, of: round.everybody), to: client)
    }
    for client in 0..<12 {
      let own = round.set(SurvivorAttackTests.view(of: client))
      let honest = try round.quorum(for: client, own, of: round.everybody)
      round.send(try complete(honest, client, round), to: client)
    }
    return round
  }

  private func expectNothing(
    _ round: ScriptedRound, _ code: AbortCode, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for client in 0..<12 {
      #expect(round.codes[client] == code, sourceLocation: sourceLocation)
    }
    #expect(round.unmasks.isEmpty, sourceLocation: sourceLocation)
    var extraction = try round.extraction()
    #expect(
      extraction.openSets(among: Array(Self.common)).isEmpty, sourceLocation: sourceLocation)
  }

  private func expectLeak(
    _ round: ScriptedRound, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    // Eight contributions, though every client insisted on nine.
    #expect(round.config.leastSurvivors == 9, sourceLocation: sourceLocation)
    var extraction = try round.extraction()
    #expect(
      extraction.sum(of: Array(Self.common)) == round.trueSum(of: Self.common),
      sourceLocation: sourceLocation)
  }

  private func with(
    _ signatures: [Slotted<Signature>], in quorum: QuorumMessage
  ) -> QuorumMessage {
    QuorumMessage(
      transcript: quorum.transcript, recipient: quorum.recipient, signatures: signatures,
      cosignatures: quorum.cosignatures)
  }

  // 6. Too few signatures, or one of them twice.

  @Test func fewerSignaturesThanTheThresholdReleaseNothing() throws {
    try expectNothing(playViews(.all) { quorum, _, _ in quorum }, .fewSignatures)
    try expectLeak(
      playViews(ClientChecks.all.without(.fewSignatures, in: \.quorum)) { quorum, _, _ in quorum })
  }

  @Test func aSignerCountsOnce() throws {
    // The same slot again cannot be read.
    let repeated = try playViews(.all) { quorum, _, _ in
      with(quorum.signatures + quorum.signatures, in: quorum)
    }
    try expectNothing(repeated, .order)
    // In other slots it is nobody's.
    func spread(_ quorum: QuorumMessage, _ client: Int, _ round: ScriptedRound) throws
      -> QuorumMessage
    {
      let signature = try #require(quorum.signatures.first).value
      let slots = SurvivorAttackTests.view(of: client).filter { $0 != client }.map { $0 + 1 }
      return with(slots.map { Slotted(slot: $0, value: signature) }, in: quorum)
    }
    try expectNothing(playViews(.all, complete: spread), .neighborSignature)
    try expectLeak(
      playViews(
        ClientChecks.all.without(.neighborSignature, in: \.signature), complete: spread))
  }

  // 7. Signatures on other sets of survivors, or of clients that are not among the survivors.

  @Test func signaturesAreOnTheOwnSurvivors() throws {
    func fill(_ quorum: QuorumMessage, _ client: Int, _ round: ScriptedRound) throws
      -> QuorumMessage
    {
      let signatures = SurvivorAttackTests.view(of: client).filter { $0 != client }.compactMap {
        signer in
        round.consistency.values.compactMap { $0[signer] }.first.map {
          Slotted(slot: signer + 1, value: $0)
        }
      }
      return with(signatures, in: quorum)
    }
    try expectNothing(playViews(.all, complete: fill), .neighborSignature)
    try expectLeak(
      playViews(ClientChecks.all.without(.neighborSignature, in: \.signature), complete: fill))
  }

  @Test func signersAreSurvivors() throws {
    let round = try playViews(.all) { quorum, client, round in
      let outsider = 8 + (client < 8 ? client / 2 + 1 : client - 7) % 4
      let foreign = round.consistency.values.compactMap { $0[outsider] }.first
      return with(
        [Slotted(slot: outsider + 1, value: try #require(foreign))], in: quorum)
    }
    try expectNothing(round, .notANeighbor)
  }

  // 20. A quorum before the client has signed.

  private func playUnsigned(
    _ checks: ClientChecks, isSigningSkipped: Bool
  ) throws -> ScriptedRound {
    let enrollment = Enrollment(seed: 220)
    let round = try ScriptedRound(enrollment, enrollment.terms(cohort: 12), checks: checks)
    try round.playToInput()
    for client in 0..<12 {
      let own = round.set(SurvivorAttackTests.view(of: client))
      let quorum = try round.quorum(for: client, own, of: round.everybody)
      if isSigningSkipped {
        round.devices[client].client.machine.survivors = Survivors(
          members: own, transcript: quorum.transcript)
      }
      round.send(quorum, to: client, at: round.time(of: .survivors))
    }
    return round
  }

  @Test func nothingIsReleasedBeforeTheClientSigns() throws {
    try expectNothing(playUnsigned(.all, isSigningSkipped: false), .outOfOrder)
    // Without the order of messages there is still no set by which to choose shares.
    let unordered = ClientChecks.all.without(.outOfOrder, in: \.arrival)
    try expectNothing(playUnsigned(unordered, isSigningSkipped: false), .transcript)
    let unbound = unordered.without(.transcript, in: \.address)
    try expectNothing(playUnsigned(unbound, isSigningSkipped: false), .outOfOrder)
    // A client that took the set without signing it, and saw no others sign it, would leak.
    let round = try playUnsigned(
      unordered.without(.fewSignatures, in: \.quorum), isSigningSkipped: true)
    #expect(round.consistency.isEmpty)
    try expectLeak(round)
  }

  // 23. Two groups with different survivors.

  @Test(arguments: [3, 4, 6, 8, 9])
  func atMostOneOfTwoGroupsReachesAQuorum(firstGroup: Int) throws {
    let enrollment = Enrollment(seed: 223)
    let round = try ScriptedRound(enrollment, enrollment.terms(cohort: 12))
    try round.playToInput()
    let sets = [round.set(0..<11), round.set(1..<12)]
    func view(_ client: Int) -> CohortSet { sets[client < firstGroup ? 0 : 1] }
    for client in 0..<12 {
      round.send(try round.survivors(view(client), of: round.everybody), to: client)
    }
    for client in 0..<12 where round.codes[client] == nil {
      round.send(try round.quorum(for: client, view(client), of: round.everybody), to: client)
    }
    #expect(Set(round.unmasks.map(\.transcript)).count <= 1)
    var extraction = try round.extraction()
    let open = sets.filter { extraction.sum(of: $0.indices) != nil }
    #expect(open.count <= 1)
    #expect(extraction.bothSecretsOfSomebody() == nil)
    // Nothing but one of the two sets opens: not the others that a middle group might separate.
    for set in open {
      for left in set.indices {
        #expect(extraction.sum(of: set.indices.filter { $0 != left }) == nil)
      }
    }
    #expect(open.count == (4...8 ~= firstGroup ? 0 : 1))
  }
  /// Shows everybody one set after the other, the second to copies as they were before they signed.
  ///
  /// Whoever is in both sets would be in both groups. What a client has recorded, its copy knows.
  private func playBothGroups(_ checks: ClientChecks) throws -> ScriptedRound {
    let enrollment = Enrollment(seed: 233)
    let round = try ScriptedRound(enrollment, enrollment.terms(cohort: 12), checks: checks)
    try round.playToInput()
    for set in [round.set(0..<11), round.set(1..<12)] {
      try round.playConsistency(set.indices, set, of: round.everybody)
      for client in set.indices where round.codes[client] == nil {
        round.send(try round.quorum(for: client, set, of: round.everybody), to: client)
      }
      round.devices = round.devices.map { device in
        let copy = device.replica(after: 3)
        for record in device.client.records {
          if case .signed = record { copy.client.machine.history.apply(record) }
        }
        return copy
      }
    }
    return round
  }

  @Test func nobodyIsInTwoGroups() throws {
    let round = try playBothGroups(.all)
    for client in 1..<11 { #expect(round.codes[client] == .secondSurvivorSet) }
    #expect(round.codes[11] == .fewSignatures)
    var extraction = try round.extraction()
    #expect(extraction.sum(of: Array(0..<11)) == round.trueSum(of: 0..<11))
    #expect(extraction.sum(of: Array(1..<12)) == nil)
    #expect(extraction.bothSecretsOfSomebody() == nil)

    // Both sums, and with them what the two clients contributed in which they differ.
    let gullible = try playBothGroups(ClientChecks.all.without(.secondSurvivorSet, in: \.signing))
    var leaked = try gullible.extraction()
    for set in [Array(0..<11), Array(1..<12), [0], [11]] {
      #expect(leaked.sum(of: set) == gullible.trueSum(of: set))
    }
  }

  /// Accomplices are in both groups and tell all they know: up to a third of the cohort it is in vain.
  ///
  /// Beyond that the threshold is too low, whatever clients check: this is the limit of the claim, and
  /// shows that the extraction would find what there is.
  @Test(arguments: [4, 5, 6])
  func accomplicesJoinBothGroups(count: Int) throws {
    let enrollment = Enrollment(seed: 243)
    let round = try ScriptedRound(enrollment, enrollment.terms(cohort: 12))
    try round.playToInput()
    let accomplices = 3..<3 + count
    let honest = (0..<12).filter { !accomplices.contains($0) }
    var confessions: [Int: Confession] = [:]
    for index in accomplices { confessions[index] = round.devices[index].confession }
    let sets = [round.set(0..<11), round.set(1..<12)]
    for set in sets {
      let transcript = try round.survived(set, of: round.everybody)
      for index in accomplices {
        let statement = ConsistencyMessage(transcript: transcript, index: index)
        round.collect(Signed(statement, by: enrollment.deviceKey(index)).encoded, from: index)
      }
    }
    func view(_ client: Int) -> CohortSet {
      sets[client < honest[(honest.count + 1) / 2] ? 0 : 1]
    }
    for client in honest {
      round.send(try round.survivors(view(client), of: round.everybody), to: client)
    }
    for client in honest {
      round.send(try round.quorum(for: client, view(client), of: round.everybody), to: client)
    }
    var extraction = try round.extraction(confessions: confessions)
    let open = sets.filter { extraction.sum(of: $0.indices) != nil }
    #expect(open.count == count - 4)
    let isolated = extraction.sum(of: [0])
    #expect(isolated == (count == 6 ? round.trueSum(of: [0]) : nil))
  }
}
