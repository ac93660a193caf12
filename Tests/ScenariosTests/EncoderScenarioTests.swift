import Testing

@testable import Scenarios

/// The section of the sequence encoder.
@Suite struct EncoderScenarioTests {
  private let plain = "name: tiny\nbehavior: { source: synthetic }\n"

  private func decode(_ overrides: [String]) throws -> EffectiveScenario {
    try ScenarioDecoder.decode(yaml: plain, file: "plan.yaml", overrides: overrides)
  }

  private func faults(_ overrides: [String]) -> [String] {
    do throws(ScenarioError) {
      _ = try ScenarioDecoder.decode(yaml: plain, file: "plan.yaml", overrides: overrides)
      return []
    } catch .problems(let problems) {
      return problems.map(\.keyPath)
    } catch {
      return ["\(error)"]
    }
  }

  @Test func thereIsNoneUnlessAsked() throws {
    let scenario = try decode([])
    #expect(scenario.scenario.encoder == nil)
    #expect(!scenario.yaml.contains("encoder"))
  }

  @Test func theEffectivePlanDecodesToItself() throws {
    let scenario = try decode([
      "tasks.encoder.shape=recurrent", "privacy.mechanism=none", "tasks.encoder.negatives=64",
      "tasks.encoder.algorithm=fed-prox", "tasks.encoder.items=projected",
      "tasks.encoder.ablations=true",
    ])
    #expect(scenario.yaml.contains("    algorithm: fed-prox\n"))
    let again = try ScenarioDecoder.decode(yaml: scenario.yaml, file: "again", overrides: [])
    #expect(again == scenario)
  }

  @Test func aShareOfTheBudgetIsNeeded() throws {
    #expect(faults(["tasks.encoder.shape=mean"]) == ["privacy.split.encoder"])
    let split = ["privacy.split.gram=0.58", "privacy.split.encoder=0.2"]
    #expect(faults(["tasks.encoder.shape=mean"] + split) == [])
    #expect(faults(["tasks.encoder.shape=mean", "privacy.split.encoder=0.2"]).count == 1)
    #expect(faults(["tasks.encoder.shape=mean", "privacy.mechanism=none"]) == [])
  }

  @Test func aShareThatNothingSpendsIsRefused() {
    let split = ["privacy.split.gram=0.58", "privacy.split.encoder=0.2"]
    #expect(faults(split) == ["privacy.split.encoder"])
    #expect(faults(split + ["privacy.mechanism=none"]) == [])
  }

  @Test func settingsWithoutAShapeAreRefused() {
    #expect(faults(["tasks.encoder.width=8"]) == ["tasks.encoder.shape"])
  }

  @Test func headsShareTheWidth() {
    #expect(
      faults([
        "tasks.encoder.shape=transformer", "tasks.encoder.heads=3", "privacy.mechanism=none",
      ]) == ["tasks.encoder.heads"])
    #expect(
      faults([
        "tasks.encoder.shape=mean", "tasks.encoder.heads=3", "privacy.mechanism=none",
      ]) == [])
  }

  @Test func pretrainingKnowsItemsByThemselves() {
    let plain = ["privacy.mechanism=none", "tasks.encoder.pretraining=movielens-1m"]
    #expect(faults(plain + ["tasks.encoder.shape=transformer"]) == [])
    #expect(
      faults(plain + ["tasks.encoder.shape=mean", "tasks.encoder.items=projected"])
        == ["tasks.encoder.items"])
    // Histories that are synthesized from the basis come after it.
    #expect(
      faults([
        "privacy.mechanism=none", "tasks.encoder.pretraining=synthesized",
        "tasks.encoder.shape=mean", "tasks.encoder.items=projected",
      ]) == [])
    #expect(
      faults(plain + ["tasks.encoder.shape=mean", "tasks.encoder.trained=output"])
        == ["tasks.encoder.trained"])
  }

  @Test func aPreferenceModelHasNoSequence() throws {
    let plain = ["privacy.mechanism=none", "tasks.encoder.shape=preference"]
    #expect(faults(plain + ["tasks.encoder.algorithm=fed-avg"]) == [])
    for (key, value) in [
      ("items", "both"), ("trained", "output"), ("ablations", "true"), ("bothMechanisms", "true"),
      ("personalEpochs", "1"), ("personal", "output"),
      ("algorithm", "fed-prox"), ("pretraining", "movielens-1m"), ("readout", "interests"),
      ("fusion", "gated"), ("context", "4"), ("loss", "pairwise"), ("contrast", "0.5"),
    ] {
      #expect(
        faults(plain + ["tasks.encoder.\(key)=\(value)"]).contains("tasks.encoder.\(key)"), "\(key)"
      )
    }
    let scenario = try decode(plain)
    #expect(scenario.scenario.encoder != nil && scenario.scenario.sequenceEncoder == nil)
    #expect(
      try ScenarioDecoder.decode(yaml: scenario.yaml, file: "again", overrides: []) == scenario)
  }

  /// Each combination that means nothing is named by the key that has to change.
  @Test func choicesGoTogether() {
    let plain = ["privacy.mechanism=none", "tasks.encoder.shape=recurrent"]
    func of(_ settings: String...) -> [String] {
      faults(plain + settings.map { "tasks.encoder." + $0 })
    }
    #expect(of("readout=attention") == ["tasks.encoder.negatives"])
    #expect(of("readout=evolution") == ["tasks.encoder.negatives"])
    #expect(of("readout=attention", "negatives=50") == [])
    #expect(of("readout=interests") == [])
    #expect(of("loss=pairwise") == ["tasks.encoder.negatives"])
    #expect(of("loss=logistic", "negatives=50") == [])
    #expect(of("fusion=gated") == ["tasks.encoder.fusion"])
    #expect(of("fusion=gated", "items=projected") == [])
    #expect(of("context=4", "pretraining=movielens-1m") == ["tasks.encoder.context"])
    #expect(of("contrast=0.1") == ["tasks.encoder.contrast"])
    #expect(of("contrast=0.1", "pretraining=movielens-1m") == [])
    #expect(of("trained=adapters") == [])
    #expect(of("trained=adapters", "shape=mean") == ["tasks.encoder.trained"])
    #expect(of("personal=output", "personalEpochs=2") == ["tasks.encoder.personal"])
    #expect(of("personal=output", "shape=transformer") == ["tasks.encoder.personal"])
    #expect(of("personal=output", "personalEpochs=2", "shape=transformer") == [])
    #expect(of("personal=reconstructed", "personalEpochs=2", "shape=transformer") == [])
    #expect(
      of("personal=reconstructed", "personalEpochs=2", "shape=transformer", "trained=output")
        == ["tasks.encoder.personal"])
    #expect(of("interests=65") == ["tasks.encoder.interests"])
    #expect(of("adapterRank=0") == ["tasks.encoder.adapterRank"])
  }

  @Test func aCohortIsNoLargerThanThePopulation() {
    #expect(
      faults([
        "tasks.encoder.shape=mean", "privacy.mechanism=none", "tasks.encoder.cohort=944",
      ]) == ["tasks.encoder.cohort"])
  }
}
