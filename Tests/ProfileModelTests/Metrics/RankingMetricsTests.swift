import ProfileModel
import Testing

@Suite struct RankingMetricsTests {
  private let scores: [Float] = [0.1, 0.9, 0.5, 0.5, 0.7, 0.2]

  @Test func tiesCountHalfAndTheHistoryIsLeftOut() {
    // Better than item 2: 1 and 4; tied: 3.
    #expect(rank(of: 2, scores: scores, excluding: []) == RankOutcome(rank: 2.5, candidates: 5))
    #expect(rank(of: 2, scores: scores, excluding: [1, 3]) == RankOutcome(rank: 1, candidates: 3))
    #expect(
      rank(of: 2, scores: scores, excluding: [2, 4]) == RankOutcome(rank: 1.5, candidates: 4))
  }

  @Test func sampledRanksLookAtTheNegativesOnly() {
    #expect(
      rank(of: 2, among: [0, 3, 4], scores: scores) == RankOutcome(rank: 1.5, candidates: 3))
  }

  @Test func notANumberNeverWins() {
    let broken: [Float] = [.nan, 1, 2]
    #expect(rank(of: 1, scores: broken, excluding: []).rank == 1)
    #expect(rank(of: 0, scores: broken, excluding: []).rank == 2)
    #expect(rank(of: 1, among: [0, 2], scores: broken).rank == 1)
    #expect(topItems(count: 3, scores: broken, excluding: []) == [2, 1, 0])
    // All scores undefined: everything is tied.
    #expect(rank(of: 0, scores: [.nan, .nan, .nan], excluding: []).rank == 1)
  }

  @Test func metricsOfHandComputedRanks() {
    let second = RankOutcome(rank: 1, candidates: 4)
    #expect(RankingMetrics.hitRate(second, at: 1) == 0)
    #expect(RankingMetrics.hitRate(second, at: 2) == 1)
    #expect(abs(RankingMetrics.ndcg(second, at: 10) - 0.63093) < 1e-5)
    #expect(RankingMetrics.ndcg(second, at: 1) == 0)
    #expect(RankingMetrics.reciprocalRank(second) == 0.5)
    #expect(RankingMetrics.auc(second) == 0.75)
    #expect(RankingMetrics.auc(RankOutcome(rank: 0, candidates: 0)) == 0.5)
  }

  @Test func topItemsAreOrderedAndSkipTheHistory() {
    #expect(topItems(count: 3, scores: scores, excluding: [1]) == [4, 2, 3])
    #expect(topItems(count: 9, scores: scores, excluding: [0, 1, 2, 3, 4]) == [5])
  }

  @Test func coverageIsTheShareOfItemsThatAnybodyGets() {
    #expect(Coverage.share([0, 2, 0, 1]) == 0.5)
  }
}
