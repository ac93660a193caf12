import FederatedTasks
import PrivacyAccounting
import PrivacyMechanisms
import RoundVocabulary
import Testing

@Suite struct TrainingPlanTests {
  private func mechanism(
    _ task: TrainingPlan.TaskShape, rotation: RotationSeed?
  ) throws(MechanismError) -> ContributionMechanism {
    try TrainingPlan(
      target: .init(epsilon: 3, delta: 1e-5),
      noise: .devices(.skellam, dropoutShare: 0.05, colludingShare: 0.05), ringBits: 32,
      scaleBits: nil, rotation: rotation
    ).mechanism(for: task)
  }

  private func shape(_ task: TaskKind) -> TrainingPlan.TaskShape {
    TrainingPlan.TaskShape(
      task: task, dimension: 100, clipNorm: 1, cohort: 50, participations: 2, budgetShare: 0.5)
  }

  @Test func everyTaskHasARotationOfItsOwn() throws {
    let seed = RotationSeed(hashing: [1, 2, 3])
    let gram = try mechanism(shape(.gram), rotation: seed)
    let ranker = try mechanism(shape(.ranker), rotation: seed)
    #expect(gram.request.rotation == seed.derived(for: "gram"))
    #expect(ranker.request.rotation == seed.derived(for: "ranker"))
    #expect(gram.uploadBytes == 128 * 4)
    #expect(try mechanism(shape(.gram), rotation: nil).uploadBytes == 100 * 4)
  }
}
