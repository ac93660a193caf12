import DeviceTasks
import FederatedTasks
import ProfileModel
import ReleasedParts
import Testing

@Suite struct LocalWorkTests {
  private func norm(_ vector: [Float]) -> Double {
    vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
  }

  @Test func statisticsHaveNormOne() {
    let history = InteractionHistory(items: [1, 4, 5], times: [1, 2, 3])
    let update = StatisticsWork.update(history, itemCount: 8)
    #expect(abs(norm(update) - 1) < 1e-6)
    #expect(update[4] > 0 && update[0] == 0)
    let empty = StatisticsWork.update(InteractionHistory(items: [], times: []), itemCount: 8)
    #expect(norm(empty) == 0)
  }

  @Test func gramHasNormOneAndIsZeroWithoutHistory() {
    let partition = ItemPartition(head: [0, 1, 2, 3], groupCount: 0, coordinates: [0, 1, 2, 3])
    let coordinates = GramCoordinates(
      popularity: Popularity(values: [4, 3, 2, 1]), partition: partition)
    var update = [Float](repeating: 9, count: GramTask.dimension(coordinates: 4))
    GramWork.update(
      InteractionHistory(items: [0, 3], times: [1, 2]), coordinates: coordinates, into: &update)
    #expect(abs(norm(update) - GramTask.clipNorm) < 1e-5)
    GramWork.update(
      InteractionHistory(items: [], times: []), coordinates: coordinates, into: &update)
    #expect(norm(update) == 0)
  }

  @Test func evaluationVectorNeverClips() {
    let update = EvaluationWork.update(
      outcome: RankOutcome(rank: 0, candidates: 100), accepted: true, acceptedNegatives: 1)
    #expect(update.count == EvaluationTask.dimension)
    #expect(norm(update) <= EvaluationTask.clipNorm + 1e-6)
    #expect(update.allSatisfy { (0...1).contains($0) })
  }
}
