import Testing

@testable import Scenarios

/// What a scenario has to say about itself and its source of behavior.
@Suite struct ScenarioSourceTests {
  private func fault(_ yaml: String) -> String {
    do throws(ScenarioError) {
      _ = try ScenarioDecoder.decode(yaml: yaml, file: "plan.yaml", overrides: [])
      return "none"
    } catch {
      return error.description
    }
  }

  @Test func emptyFileLacksItsNameAndSource() {
    let message = fault("# nothing\n")
    #expect(message.contains("plan.yaml: name: is missing; write a name"))
    #expect(message.contains("plan.yaml: behavior.source: is missing; write movielens-100k or"))
  }

  @Test func unknownSourceIsAnErrorWithItsLine() {
    #expect(
      fault("name: a\nbehavior:\n  source: movielens-100\n")
        == "plan.yaml:3:11: behavior.source: movielens-100 is not known; did you mean"
        + " movielens-100k?")
    #expect(
      fault("name: a\nbehavior:\n  source: clay tablets\n").contains("write movielens-100k or"))
  }

  @Test(arguments: ["a/b", "..", "\"\"", "\"a b\""])
  func nameHasToServeAsAFolder(name: String) {
    #expect(
      fault("name: \(name)\nbehavior: {source: synthetic}\n").contains("plan.yaml:1:7: name:"))
  }

  @Test(arguments: ["csv", "json-lines"])
  func filesNeedTheirEvents(source: String) {
    #expect(
      fault("name: a\nbehavior: {source: \(source)}\n")
        == "plan.yaml: behavior.events: is missing; write the file with the events, as source is"
        + " \(source)")
    #expect(fault("name: a\nbehavior: {source: \(source), events: e.csv}\n") == "none")
  }

  @Test func eventsBesideAnotherSourceAreAnError() {
    #expect(
      fault("name: a\nbehavior:\n  source: synthetic\n  events: e.csv\n")
        == "plan.yaml:4:11: behavior.events: \"e.csv\" does not go with behavior.source synthetic;"
        + " write it only where source is csv or json-lines")
  }

  @Test func cohortAboveAPublishedPopulationIsAnError() {
    let yaml = "name: a\nbehavior:\n  source: movielens-1m\ntasks:\n  ranker:\n    cohort: 6041\n"
    #expect(
      fault(yaml)
        == "plan.yaml:6:13: tasks.ranker.cohort: 6041 does not go with behavior.source movielens-1m"
        + " (6040 users); write all, or at most 6040")
  }

  @Test func fewerEventsThanUsersAreAnError() {
    let yaml = "name: a\nbehavior:\n  source: synthetic\n  synthetic:\n    events: 942\n"
    #expect(fault(yaml).hasPrefix("plan.yaml:5:13: behavior.synthetic.events: 942"))
  }

  @Test func brokenYAMLNamesItsLine() {
    #expect(fault("name: a\nbehavior: [\n").hasPrefix("plan.yaml:3:1: this is not YAML"))
    #expect(fault("name: a\n---\nname: b\n").hasPrefix("plan.yaml:2:1: this is not YAML"))
  }

  @Test func keyGivenTwiceIsAnError() {
    #expect(
      fault("name: a\nseed: 1\nseed: 2\n")
        .hasPrefix("plan.yaml:2:1: seed stands twice in the section that begins here; keep one"))
  }

  @Test func standInForADataSetIsOfItsSize() throws {
    let effective = try ScenarioDecoder.decode(
      yaml: "name: a\nbehavior: {source: movielens-1m}\n", file: "a", overrides: [])
    #expect(
      effective.scenario.behavior.synthetic
        == Scenario.Synthetic(
          users: 6040, items: 3883, events: 1_000_209, interests: 12, seed: 1))
  }

  @Test func spellingIsJudgedByEditDistance() {
    #expect(Spelling.editDistance("kitten", "sitting") == 3)
    #expect(Spelling.editDistance("", "abc") == 3)
    #expect(Spelling.editDistance("Epsilon", "epsilon") == 0)
    #expect(Spelling.nearest(to: "sed", among: ["name", "seed"]) == "seed")
    #expect(Spelling.nearest(to: "colour", among: ["name", "seed"]) == nil)
  }
}
