import CryptoPrimitives
import Testing

@testable import SecureAggregation

@Suite struct GraphTests {
  private func graph(_ count: Int, _ rule: ThresholdRule = .agreement) throws -> CohortGraph {
    CohortGraph(
      cohortSize: count,
      parameters: GraphParameters(cohortSize: count, faults: .c500d500, rule: rule),
      seed: try #require(Bytes32([UInt8](repeating: UInt8(count % 251), count: 32))))
  }

  /// The relation is symmetric, and all ways to name a neighbor agree.
  @Test(arguments: [3, 4, 5, 17, 128, 129, 200, 333])
  func slotsAndHoldersAgree(count: Int) throws {
    let graph = try graph(count)
    for index in stride(from: 0, to: count, by: max(1, count / 20)) {
      let holders = graph.holders(of: index)
      let neighbors = graph.neighbors(of: index)
      #expect(neighbors.count == graph.parameters.degree)
      #expect(Set(holders.map(\.index)).count == holders.count)
      #expect(holders.map(\.slot) == Array(1...holders.count))
      #expect(holders.contains { $0.index == index } == (graph.parameters.mode == .complete))
      for holder in holders {
        #expect(graph.holder(of: index, slot: holder.slot) == holder.index)
        #expect(graph.slot(of: holder.index, for: index) == holder.slot)
        #expect(graph.slot(of: index, for: holder.index) != nil)
      }
      for (position, neighbor) in neighbors.enumerated() {
        #expect(graph.neighborPosition(of: neighbor.index, for: index) == position)
        #expect(graph.holders(of: neighbor.index).contains { $0.index == index })
      }
      #expect(graph.neighborPosition(of: index, for: index) == nil)
      #expect(graph.holder(of: index, slot: 0) == nil)
      #expect(graph.holder(of: index, slot: holders.count + 1) == nil)
    }
  }

  @Test func strangersOnTheRingHaveNoSlot() throws {
    let graph = try graph(333)
    let holders = Set(graph.holders(of: 5).map(\.index))
    for index in 0..<333 where !holders.contains(index) {
      #expect(graph.slot(of: index, for: 5) == nil)
    }
  }

  @Test func theRingIsAPermutationThatTheSeedDecides() throws {
    let graph = try graph(200)
    #expect(graph.order.sorted() == Array(0..<200))
    let other = CohortGraph(cohortSize: 200, parameters: graph.parameters, seed: Bytes32())
    #expect(other.order != graph.order)
  }

  @Test func liveHoldersCountTheClientItselfOnlyInTheCompleteGraph() throws {
    for count in [5, 140] {
      let graph = try graph(count)
      let alone = CohortSet([2], cohortSize: count)
      #expect(graph.liveHolders(of: 2, in: alone) == (count == 5 ? 1 : 0))
      let all = CohortSet(0..<count, cohortSize: count)
      #expect(graph.liveHolders(of: 2, in: all) == graph.holders(of: 2).count)
    }
  }

  /// Two quorums of a complete graph share more than a third of the cohort.
  @Test func completeThresholdsMakeQuorumsMeet() {
    for count in 3...GraphParameters.mostComplete {
      let parameters = GraphParameters(cohortSize: count, faults: .c500d500, rule: .agreement)
      #expect(parameters.mode == .complete && parameters.degree == count - 1)
      #expect(parameters.threshold <= count)
      #expect(3 * (2 * parameters.threshold - count) > count)
    }
  }

  /// The inequalities of section 6.1 that need no tail bounds hold in every cell.
  @Test func ringThresholdsSatisfyTheirRules() {
    var size = GraphParameters.mostComplete + 1
    for row in GraphParameters.table {
      for faults in FaultAssumption.allCases {
        for rule in ThresholdRule.allCases {
          let parameters = GraphParameters(cohortSize: size, faults: faults, rule: rule)
          let (degree, threshold) = (parameters.degree, parameters.threshold)
          #expect(parameters.mode == .ring && degree.isMultiple(of: 2) && degree < size)
          #expect(threshold > degree / 2 && threshold <= degree)
          if rule == .agreement { #expect(3 * threshold > 2 * degree) }
        }
      }
      size = row.mostClients + 1
    }
    #expect(size == RoundConfig.mostCohort + 1)
  }

  @Test func cohortSetsKeepTheirBitsInside() {
    #expect(CohortSet(bitmap: [0b0010_0000], cohortSize: 5) == nil)
    #expect(CohortSet(bitmap: [0b0001_0000], cohortSize: 5)?.indices == [4])
    #expect(CohortSet(bitmap: [1, 0], cohortSize: 8) == nil)
    var set = CohortSet([1, 3, 3], cohortSize: 9)
    #expect(set.count == 2 && set.contains(3) && !set.contains(9) && !set.contains(-1))
    let other = CohortSet([0, 8], cohortSize: 9)
    #expect(set.isDisjoint(with: other) && !set.isSubset(of: other))
    set.formUnion(other)
    #expect(set.indices == [0, 1, 3, 8] && set.count == 4)
    #expect(other.isSubset(of: set) && set.subtracting(other).indices == [1, 3])
    #expect(!CohortSet([1], cohortSize: 8).isSubset(of: CohortSet([1], cohortSize: 9)))
  }
}
