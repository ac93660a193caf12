import DeviceTasks
import FederatedTasks
import NumericalMethods
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

  private func preferenceWork(negatives: Int) -> PreferenceWork {
    let model = PreferenceModel(itemCount: 9, width: 3, hidden: 4)
    return PreferenceWork(
      model, given: model.layout.initialValues(seed: 1),
      PreferenceWork.Configuration(
        epochs: 1, batch: 4, learningRate: 0.5, length: 2, negatives: negatives))
  }

  /// Only the newest own items, what was drawn beside them and the layers change; the rest of the
  /// catalogue does not show.
  @Test func preferenceWorkTouchesItsItemsOnly() throws {
    let model = PreferenceModel(itemCount: 9, width: 3, hidden: 4)
    var work = preferenceWork(negatives: 0)
    var user: [Float] = [0.1, -0.2, 0.3]
    var generator = DeterministicGenerator(seed: 1)
    let history = InteractionHistory(items: [8, 5, 2], times: [1, 2, 3])
    try work.train(history, user: &user, &generator)
    #expect(work.ranges == [model.items.row(2), model.items.row(5), model.layers])
    #expect(work.values.count == 6 + model.layers.count && user != [0.1, -0.2, 0.3])
    var other = preferenceWork(negatives: 20)
    try other.train(history, user: &user, &generator)
    #expect(other.ranges.count <= 10)
    for (range, next) in zip(other.ranges, other.ranges.dropFirst()) {
      #expect(range.upperBound <= next.lowerBound)
    }
    #expect(other.values.count == other.ranges.reduce(0) { $0 + $1.count })
  }

  @Test func withoutHistoryNoPreferenceIsLearned() throws {
    var work = preferenceWork(negatives: 5)
    var (user, generator) = ([Float](repeating: 1, count: 3), DeterministicGenerator(seed: 1))
    try work.train(
      InteractionHistory(items: [1], times: [1]), user: &user, &generator)
    let trained = user
    try work.train(InteractionHistory(items: [], times: []), user: &user, &generator)
    #expect(work.ranges.isEmpty && work.values.isEmpty && user == trained)
  }

  @Test func evaluationVectorNeverClips() {
    let update = EvaluationWork.update(
      outcome: RankOutcome(rank: 0, candidates: 100), accepted: true, acceptedNegatives: 1)
    #expect(update.count == EvaluationTask.dimension)
    #expect(norm(update) <= EvaluationTask.clipNorm + 1e-6)
    #expect(update.allSatisfy { (0...1).contains($0) })
  }
}
