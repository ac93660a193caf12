import CryptoPrimitives
import RingArithmetic
import Testing

@testable import SecureAggregation

/// Coordinators that cut a client off the ring by claiming that its neighbors dropped out.
@Suite struct RingAttackTests {
  /// A ring of 129 clients of which only those within two neighborhoods of a target are played.
  private struct Stage {
    let round: ScriptedRound
    /// Cohort indices by position, the target at position 0.
    let order: [Int]
    let half: Int

    func client(_ position: Int) -> Int {
      order[(position + order.count) % order.count]
    }

    var target: Int { client(0) }
    /// The target's neighbors, by position.
    var gap: [Int] { Array(-half...(-1)) + Array(1...half) }
    /// Everybody who holds a share of somebody in the gap.
    var players: [Int] { Array(-2 * half...2 * half) }
  }

  /// - Parameter rule: `isolation` for a low threshold, which depends on two witnesses.
  private func stage(
    _ checks: ClientChecks, seed: UInt64, rule: ThresholdRule = .isolation
  ) throws -> Stage {
    let enrollment = Enrollment(seed: seed, witnessCount: rule == .isolation ? 2 : 1)
    let terms = enrollment.terms(cohort: 129, faults: .c100d500, rule: rule)
    let round = try ScriptedRound(enrollment, terms, checks: checks)
    round.playAdvertise(0..<129)
    let graph = try round.cohort().graph
    let start = try #require(graph.order.firstIndex(of: 7))
    let stage = Stage(
      round: round, order: Array(graph.order[start...] + graph.order[..<start]),
      half: graph.parameters.degree / 2)
    let players = stage.players.map { stage.client($0) }
    try round.playShares(players)
    try round.playInput(players, sharers: round.everybody)
    #expect(round.inputs.count == players.count)
    return stage
  }

  // 22. The target's neighbors are dropped for others and alive for themselves.

  /// For each player the members of the gap that it is told have dropped out.
  ///
  /// Each of the gap is dropped for as many of its holders as open its mask key, while nobody misses
  /// more neighbors than it tolerates. The outermost holders, who see least of the gap, are asked first.
  private func claims(_ stage: Stage, _ parameters: GraphParameters) throws -> [Int: [Int]] {
    var claims: [Int: [Int]] = [:]
    let tolerated = parameters.degree - parameters.threshold
    for dropped in stage.gap.sorted(by: { abs($0) < abs($1) }) {
      let holders = stage.players.filter { player in
        player != dropped && abs(player - dropped) <= stage.half
          && claims[player, default: []].count < tolerated
      }
      let seen = holders.map { holder in
        stage.gap.count { $0 != holder && abs($0 - holder) <= stage.half }
      }
      let asked = zip(holders, seen).sorted { left, right in
        (left.1, claims[left.0, default: []].count, left.0)
          < (right.1, claims[right.0, default: []].count, right.0)
      }.map(\.0)
      try #require(asked.count >= parameters.threshold)
      for player in asked.prefix(parameters.threshold) {
        claims[player, default: []].append(dropped)
      }
    }
    return claims
  }

  private func isolate(_ checks: ClientChecks) throws -> Stage {
    let stage = try stage(checks, seed: 422)
    let round = stage.round
    let claims = try claims(stage, round.cohort().graph.parameters)
    func view(_ player: Int) -> CohortSet {
      let dropped = (claims[player] ?? []).map { stage.client($0) }
      return round.everybody.subtracting(round.set(dropped))
    }
    for player in stage.players {
      round.send(
        try round.survivors(view(player), of: round.everybody), to: stage.client(player))
    }
    for player in stage.players where round.codes[stage.client(player)] == nil {
      let client = stage.client(player)
      round.send(
        try round.quorum(for: client, view(player), of: round.everybody), to: client)
    }
    return stage
  }

  @Test func aTargetIsNotCutOffByTellingEverybodySomethingElse() throws {
    let stage = try isolate(.all)
    for player in stage.players {
      #expect(stage.round.codes[stage.client(player)] == .fewSignatures)
    }
    #expect(stage.round.unmasks.isEmpty)
    var extraction = try stage.round.extraction()
    #expect(extraction.sum(of: [stage.target]) == nil)

    // One honest witness signs one set: that alone stops the attack, too.
    let unsigned = ClientChecks.all.without(.fewSignatures, in: \.quorum)
    let second = try isolate(unsigned)
    var witnessed = try second.round.extraction()
    #expect(witnessed.sum(of: [second.target]) == nil)
    let refused = second.players.count { second.round.codes[second.client($0)] == .witnessSet }
    #expect(refused >= second.players.count - 1)

    let gullible = try isolate(unsigned.without(.witnessSet, in: \.witnesses))
    #expect(gullible.round.unmasks.count == gullible.players.count)
    var leaked = try gullible.round.extraction()
    #expect(leaked.sum(of: [gullible.target]) == gullible.round.trueSum(of: [gullible.target]))
  }

  // 3. The client itself is listed as dropped.

  /// All are told the same: the target's neighbors dropped out.
  ///
  /// They are there, however, and if they went
  /// on they would open the target's self mask and their own mask keys.
  private func dropEverybodyAround(_ checks: ClientChecks) throws -> Stage {
    let stage = try stage(checks, seed: 403)
    let round = stage.round
    let survivors = round.everybody.subtracting(round.set(stage.gap.map { stage.client($0) }))
    for player in stage.players {
      round.send(
        try round.survivors(survivors, of: round.everybody), to: stage.client(player))
    }
    for player in stage.players where round.codes[stage.client(player)] == nil {
      let client = stage.client(player)
      round.send(try round.quorum(for: client, survivors, of: round.everybody), to: client)
    }
    return stage
  }

  @Test func aClientThatIsListedAsDroppedGoesNoFurther() throws {
    let stage = try dropEverybodyAround(.all)
    for player in stage.gap { #expect(stage.round.codes[stage.client(player)] == .ownBit) }
    #expect(stage.round.codes[stage.target] == .fewNeighbors)
    var extraction = try stage.round.extraction()
    #expect(extraction.sum(of: [stage.target]) == nil)
    #expect(extraction.bothSecretsOfSomebody() == nil)

    // Three checks stand against it. Where the other two are missing, this one decides.
    let lonely = ClientChecks.all.without(.fewNeighbors, in: \.survivors)
      .without(.fewSignatures, in: \.quorum)
    let second = try dropEverybodyAround(lonely)
    for player in second.gap { #expect(second.round.codes[second.client(player)] == .ownBit) }
    var guarded = try second.round.extraction()
    #expect(guarded.sum(of: [second.target]) == nil)

    let gullible = try dropEverybodyAround(lonely.without(.ownBit, in: \.survivors))
    #expect(gullible.round.unmasks.count == gullible.players.count)
    var leaked = try gullible.round.extraction()
    #expect(leaked.sum(of: [gullible.target]) == gullible.round.trueSum(of: [gullible.target]))
  }

  @Test func aClientThatIsListedAsDroppedGoesNoFurtherInTheCompleteGraph() throws {
    let enrollment = Enrollment(seed: 413)
    let round = try ScriptedRound(enrollment, enrollment.terms(cohort: 5))
    try round.playToInput()
    round.send(try round.survivors(round.set(1..<5), of: round.everybody), to: 0)
    #expect(round.codes[0] == .ownBit)
    // Nor does it give an input to a round whose sharers it is not among.
    let second = try ScriptedRound(enrollment, enrollment.terms(cohort: 6))
    second.playAdvertise(0..<6)
    try second.playShares(0..<6)
    second.send(try second.inbox(for: 0, sharers: second.set(1..<6)), to: 0)
    #expect(second.codes[0] == .ownBit && second.inputs.isEmpty)
  }

  // 23. Parts of the ring are shown different survivors.

  /// Two views alone open nothing even where quorums are not checked: t is more than half a neighborhood.
  ///
  /// The next test has the split that succeeds against clients without checks.
  @Test(arguments: [true, false])
  func atTheBoundaryOfTwoViewsNobodyReleases(isQuorumChecked: Bool) throws {
    let enrollment = Enrollment(seed: 423, witnessCount: 1)
    let terms = enrollment.terms(cohort: 129, faults: .c100d500)
    var checks = ClientChecks.all.without(.witnessSet, in: \.witnesses)
    if !isQuorumChecked { checks = checks.without(.fewSignatures, in: \.quorum) }
    let round = try ScriptedRound(enrollment, terms, checks: checks)
    try round.playToInput()
    let graph = try round.cohort().graph
    let order = graph.order
    // Each half is told that the edge of the other dropped out.
    let edge = 8
    let views = [
      round.everybody.subtracting(round.set(order[65..<65 + edge])),
      round.everybody.subtracting(round.set(order[65 - edge..<65])),
    ]
    func view(_ position: Int) -> CohortSet { views[position < 65 ? 0 : 1] }
    for (position, client) in order.enumerated() {
      round.send(try round.survivors(view(position), of: round.everybody), to: client)
    }
    for (position, client) in order.enumerated() where round.codes[client] == nil {
      round.send(
        try round.quorum(
          for: client, view(position), of: round.everybody, cosigned: false),
        to: client)
    }
    if isQuorumChecked {
      // Away from the boundaries everybody releases; next to them, nobody has its quorum.
      #expect(round.unmasks.count > 40)
      for position in [60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 0, 1, 2, 127, 128] {
        #expect(round.codes[order[position]] == .fewSignatures, "position \(position)")
      }
    } else {
      #expect(round.unmasks.count == 129)
    }
    var extraction = try round.extraction()
    #expect(extraction.bothSecretsOfSomebody() == nil)
    for view in views { #expect(extraction.sum(of: view.indices) == nil) }
    // Neither half, nor any part of it that is cut off by what was opened.
    #expect(extraction.sum(of: Array(order[..<65])) == nil)
    #expect(extraction.sum(of: Array(order[65...])) == nil)
    for start in stride(from: 0, to: 129, by: 4) {
      for length in stride(from: 1, to: 120, by: 6) {
        let arc = (start..<start + length).map { order[$0 % 129] }
        #expect(extraction.sum(of: arc) == nil)
      }
    }
  }
  /// An arc of ten clients between two gaps of half a neighborhood each, and all who hold shares of theirs.
  ///
  /// Everybody outside of the gaps is told that both dropped out. Those in the gaps are told so of every
  /// other one among them, which is not themselves. So all hold the arc for survivors, and of each client
  /// in the gaps more than half its neighbors think that it dropped out: its mask key opens.
  private func cutOut(
    _ checks: ClientChecks, isCosigned: Bool = false
  ) throws -> (round: ScriptedRound, arc: [Int], players: Int) {
    let enrollment = Enrollment(seed: 433, witnessCount: 1)
    let terms = enrollment.terms(cohort: 129, faults: .c100d500)
    let round = try ScriptedRound(enrollment, terms, checks: checks)
    round.playAdvertise(0..<129)
    let graph = try round.cohort().graph
    let half = graph.parameters.degree / 2
    func client(_ position: Int) -> Int { graph.order[(position + 129) % 129] }
    let arc = 0..<10
    let gaps = Array(-half..<0) + Array(10..<10 + half)
    let players = Array(-2 * half..<10 + 2 * half)
    func view(_ position: Int) -> CohortSet {
      let dropped = gaps.filter { !gaps.contains(position) || ($0 - position) % 2 != 0 }
      return round.everybody.subtracting(round.set(dropped.map(client)))
    }
    try round.playShares(players.map(client))
    try round.playInput(players.map(client), sharers: round.everybody)
    for position in players {
      round.send(
        try round.survivors(view(position), of: round.everybody), to: client(position))
    }
    for position in players where round.codes[client(position)] == nil {
      round.send(
        try round.quorum(
          for: client(position), view(position), of: round.everybody, cosigned: isCosigned),
        to: client(position))
    }
    return (round, arc.map(client), players.count)
  }

  @Test func anArcIsNotCutOutBySplittingTheSurvivors() throws {
    // Without the witness, which signs one set, the client's own checks stand alone.
    let unwitnessed = ClientChecks.all.without(.witnessSet, in: \.witnesses)
    let (round, arc, _) = try cutOut(unwitnessed)
    for client in arc {
      #expect([.fewNeighbors, .fewSignatures].contains(round.codes[client]))
    }
    var extraction = try round.extraction()
    #expect(extraction.sum(of: arc) == nil)
    #expect(extraction.bothSecretsOfSomebody() == nil)

    // Either of the two checks is enough, and so is the witness.
    let unsigned = ClientChecks.all.without(.fewNeighbors, in: \.survivors)
      .without(.fewSignatures, in: \.quorum)
    let guarded = try [
      cutOut(unwitnessed.without(.fewNeighbors, in: \.survivors)),
      cutOut(unwitnessed.without(.fewSignatures, in: \.quorum)),
      cutOut(unsigned, isCosigned: true),
    ]
    for (round, arc, _) in guarded {
      var extraction = try round.extraction()
      #expect(extraction.sum(of: arc) == nil)
    }

    // Ten contributions, though every client insisted on 91.
    let gullible = try cutOut(unsigned.without(.witnessSet, in: \.witnesses))
    #expect(gullible.round.unmasks.count == gullible.players)
    #expect(gullible.round.config.leastSurvivors == 91)
    var leaked = try gullible.round.extraction()
    #expect(leaked.sum(of: gullible.arc) == gullible.round.trueSum(of: gullible.arc))
  }
}
