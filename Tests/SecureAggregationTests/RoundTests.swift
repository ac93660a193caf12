import CryptoPrimitives
import ProtocolVectors
import RingArithmetic
import SeededRandomness
import Testing

@testable import SecureAggregation

@Suite struct RoundTests {
  /// What a round in the complete graph has to come to, by the rules alone.
  private func expected(
    _ federation: Federation, _ drops: [RoundStep: Set<Int>]
  ) -> (code: AbortCode?, survivors: Set<Int>) {
    let n = federation.clientCount
    let threshold = federation.config.graphParameters(cohortSize: n).threshold
    let sharers = Set(0..<n).subtracting(drops[.shares] ?? [])
    guard sharers.count >= federation.config.leastCohort else { return (.fewSharers, []) }
    let survivors = sharers.subtracting(drops[.input] ?? [])
    guard survivors.count >= federation.config.leastSurvivors else {
      return (.fewSurvivors, [])
    }
    let signers = survivors.subtracting(drops[.consistency] ?? [])
    let holders = signers.subtracting(drops[.unmask] ?? [])
    let isOpened = signers.count >= threshold && holders.count >= threshold
    return (isOpened ? nil : .fewShares, survivors)
  }

  private func check(_ federation: Federation, _ drops: [RoundStep: Set<Int>]) async {
    let round = PlayedRound(federation)
    round.playOn(dropping: drops)
    let (code, survivors) = expected(federation, drops)
    switch await round.outcome() {
    case .success(let opened):
      #expect(code == nil, "drops \(drops)")
      #expect(Set(opened.survivors.indices) == survivors, "drops \(drops)")
      #expect(opened.vector == federation.sum(over: survivors), "drops \(drops)")
    case .failure(let error):
      #expect(error.code == code, "drops \(drops)")
    }
  }

  /// Every set of clients that one can drop at one step, of four.
  @Test(arguments: [RoundStep.shares, .input, .consistency, .unmask])
  func everyDropSetOfOneStepGivesTheExactSumOrNone(step: RoundStep) async throws {
    let federation = try Federation(4)
    for bits in 0..<16 {
      await check(federation, [step: Set((0..<4).filter { bits >> $0 & 1 == 1 })])
    }
  }

  /// Random cohorts, dimensions, rings, and drops at all steps at once.
  @Test func randomDropsGiveTheExactSumOrNone() async throws {
    var random = RandomStream.seeded(7, label: "drops")
    for trial in 0..<12 {
      let count = 5 + Int(random.nextBelow(UInt64(12)))
      let bits = BitPacking.supportedBits[Int(random.nextBelow(UInt64(4)))]
      let dimension = 1 + Int(random.nextBelow(UInt64(40)))
      let federation = try Federation(
        count, dimension: dimension, ringBits: bits, seed: UInt64(trial))
      var drops: [RoundStep: Set<Int>] = [:]
      for step in [RoundStep.shares, .input, .consistency, .unmask] {
        drops[step] = Set((0..<count).filter { _ in random.nextBelow(UInt64(12)) == 0 })
      }
      await check(federation, drops)
    }
  }

  @Test func theRingSurvivesDropoutsAtEveryStep() async throws {
    let federation = try Federation(140, dimension: 64, ringBits: 16, rule: .isolation)
    let round = PlayedRound(federation)
    let drops: [RoundStep: Set<Int>] = [
      .shares: [3], .input: [10, 77], .consistency: [11, 100], .unmask: [20],
    ]
    round.playOn(dropping: drops)
    let survivors = Set(0..<140).subtracting([3, 10, 77])
    let opened = try await round.outcome(threads: 2).get()
    #expect(Set(opened.survivors.indices) == survivors)
    #expect(opened.vector == federation.sum(over: survivors))
  }

  /// What a round on the ring has to come to, by the rules alone.
  ///
  /// Whoever has fewer than t live neighbors goes no further, and may leave others with too few.
  private func expectedOnTheRing(
    _ graph: CohortGraph, _ config: RoundConfig, _ drops: [RoundStep: Set<Int>]
  ) -> (code: AbortCode?, survivors: Set<Int>) {
    let count = graph.cohortSize
    let holders = (0..<count).map { graph.holders(of: $0).map(\.index) }
    func isLive(_ index: Int, in set: Set<Int>) -> Bool {
      holders[index].count { set.contains($0) } >= graph.parameters.threshold
    }
    func remaining(_ set: Set<Int>, _ step: RoundStep) -> Set<Int> {
      set.filter { isLive($0, in: set) }.subtracting(drops[step] ?? [])
    }
    let sharers = Set(0..<count).subtracting(drops[.shares] ?? [])
    guard sharers.count >= config.leastCohort else { return (.fewSharers, []) }
    let survivors = remaining(sharers, .input)
    guard survivors.count >= config.leastSurvivors else { return (.fewSurvivors, []) }
    let releasing = remaining(remaining(survivors, .consistency), .unmask)
    let dealers = sharers.filter { dealer in
      survivors.contains(dealer) || holders[dealer].contains { survivors.contains($0) }
    }
    let isOpened = dealers.allSatisfy { isLive($0, in: releasing) }
    return (isOpened ? nil : .fewShares, survivors)
  }

  /// Random drops at all steps of a ring: the exact sum as long as t neighbors of everybody are live.
  @Test func randomDropsOnTheRingGiveTheExactSumOrNone() async throws {
    var random = RandomStream.seeded(13, label: "ring drops")
    var opened = 0
    // How many clients, of which so many in a thousand drop out in each step.
    let trials = [(150, 15), (190, 40), (155, 70), (160, 110)]
    for (trial, (count, rate)) in trials.enumerated() {
      var federation = try Federation(
        count, dimension: 3, ringBits: 16, rule: .isolation, seed: UInt64(trial)
      ) {
        $0.collusion = 100
        $0.dropout = 500
      }
      federation.policy.leastCollusion = 100
      var drops: [RoundStep: Set<Int>] = [:]
      for step in [RoundStep.shares, .input, .consistency, .unmask] {
        drops[step] = Set((0..<count).filter { _ in random.nextBelow(UInt64(1000)) < rate })
      }
      let round = PlayedRound(federation)
      round.play()
      let graph = try #require(round.server.sharing?.graph)
      round.playOn(dropping: drops)
      let (code, survivors) = expectedOnTheRing(graph, federation.config, drops)
      switch await round.outcome(threads: 2) {
      case .success(let sum):
        opened += 1
        #expect(code == nil, "rate \(rate)")
        #expect(Set(sum.survivors.indices) == survivors, "rate \(rate)")
        #expect(sum.vector == federation.sum(over: survivors), "rate \(rate)")
      case .failure(let error):
        #expect(error.code == code, "rate \(rate)")
      }
    }
    // Both happen.
    #expect((1..<trials.count).contains(opened))
  }

  /// Below the threshold in one neighborhood nothing is opened, however many are left elsewhere.
  @Test func oneNeighborhoodBelowTheThresholdKeepsTheRingClosed() async throws {
    let federation = try Federation(140, rule: .isolation)
    let round = PlayedRound(federation)
    for _ in 0..<4 { round.play() }
    let graph = try #require(round.server.sharing?.graph)
    let spared = graph.parameters.threshold - 1
    let silent = Set(graph.holders(of: 0).map(\.index).dropFirst(spared))
    round.play(dropping: silent)
    let outcome = await round.outcome()
    #expect(throws: ProtocolError(.fewShares, "")) { try outcome.get() }
  }

  @Test func orderThreadsAndPartialSumsDoNotMatter() async throws {
    // Three tiles of 16-bit words, so that threads have something to split.
    let federation = try Federation(6, dimension: 20_000, ringBits: 16)
    var sums: [RingVector] = []
    for shuffle in 0..<3 {
      var random = RandomStream.seeded(UInt64(shuffle), label: "order")
      let round = PlayedRound(federation)
      for step in RoundStep.allCases {
        // Advertise messages in another order would give clients other indices.
        let order: ([Int]) -> [Int] = { indices in
          step == .advertise ? indices : indices.shuffled(with: &random)
        }
        round.play(dropping: step == .input ? [2] : [], order: order)
      }
      for threads in [1, 2, 3, 8] {
        sums.append(try await round.outcome(threads: threads).get().vector)
      }
    }
    #expect(sums.allSatisfy { $0 == federation.sum(over: [0, 1, 3, 4, 5]) })
  }

  @Test func workersMayIngestApart() async throws {
    let federation = try Federation(6, dimension: 30)
    let round = PlayedRound(federation)
    round.play()
    round.play()
    let time = federation.time(of: .input)
    var parts = (0..<2).compactMap { _ in round.server.makeIngest() }
    try #require(parts.count == 2)
    for index in 0..<6 {
      let delivery = try #require(round.deliveries[index])
      let message = try #require(round.clients[index].client.answer(delivery, at: time).message)
      #expect(parts[index % 2].received(message, at: time) == .accepted)
      #expect(parts[index % 2].received(message, at: time) == .repeated)
    }
    // As bytes between machines, in either order, and once each.
    try round.server.add(PartialSum(decoding: parts[1].partial.encoded))
    #expect(throws: ProtocolError(.overlap, "")) { try round.server.add(parts[1].partial) }
    try round.server.add(parts[0].partial)
    round.close()
    round.playOn()
    let opened = try await round.outcome().get()
    #expect(opened.vector == federation.sum(over: 0..<6))
  }

  @Test func workersHandOverWhatTheyAcknowledge() throws {
    let federation = try Federation(5)
    let round = PlayedRound(federation)
    round.play()
    round.play()
    let time = federation.time(of: .input)
    let made = round.server.makeIngest()
    var worker = try #require(made)
    let delivery = try #require(round.deliveries[0])
    let message = try #require(round.clients[0].client.answer(delivery, at: time).message)
    #expect(worker.received(message, at: time) == .accepted)
    try round.server.add(worker)
    // A device that did not get the answer repeats its message, to whoever is there now.
    let again = round.server.received(message, at: time)
    #expect(again == .repeated)
  }

  @Test func partialSumsOfAnotherRoundAreNotAdded() throws {
    let federation = try Federation(5)
    let round = PlayedRound(federation)
    round.play()
    round.play()
    let other = PartialSum(
      transcript: Bytes32(), cohortSize: 5, dimension: 5, modulus: federation.config.modulus)
    #expect(throws: ProtocolError(.differentRound, "")) { try round.server.add(other) }
    round.play()
    #expect(throws: ProtocolError(.outOfOrder, "")) { try round.server.add(other) }
  }

  @Test func aStepIsCompleteWhenNobodyIsMissing() throws {
    let round = PlayedRound(try Federation(4))
    let wasComplete = round.server.isStepComplete
    #expect(!wasComplete)
    let time = round.federation.time(of: .advertise)
    for index in 0..<4 {
      let isComplete = round.server.isStepComplete
      #expect(!isComplete)
      let message = round.clients[index].client.answer(round.server.configMessage, at: time)
      _ = round.server.received(message.message ?? [], at: time)
    }
    let isComplete = round.server.isStepComplete
    #expect(isComplete)
  }
}

extension Array {
  /// A permutation; each is equally likely.
  func shuffled(with random: inout RandomStream) -> [Element] {
    var shuffled = self
    for last in stride(from: count - 1, through: 1, by: -1) {
      shuffled.swapAt(last, Int(random.nextBelow(UInt64(last + 1))))
    }
    return shuffled
  }
}
