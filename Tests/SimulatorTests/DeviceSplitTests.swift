import Behavior
import ProfileModel
import Scenarios
import Testing

@testable import Simulator

@Suite struct DeviceSplitTests {
  private func population(published: [Population.PublishedTest]? = nil) -> Population {
    let users: [Int32] = [0, 0, 0, 1]
    let events = [
      BehaviorEvent(item: 4, kind: .view, time: 30), BehaviorEvent(item: 2, kind: .view, time: 10),
      BehaviorEvent(item: 3, kind: .view, time: 20), BehaviorEvent(item: 1, kind: .view, time: 5),
    ]
    return Population(
      source: .init(name: "test", licence: nil, isSynthetic: true),
      catalogue: Catalogue(
        items: (0..<20).map { Catalogue.Item(id: "\($0)", title: "Item \($0)") },
        categoryNames: []),
      log: EventLog(
        userIDs: ["a", "b"], clock: .unixSeconds, users: users, events: events),
      publishedTests: published, cleaning: CleaningReport())
  }

  @Test func theLastItemIsHeldOutOfTheHistory() throws {
    let split = try DeviceSplit.split(population(), scenario: .small())
    #expect(split[0].target == 4)
    #expect(split[0].history.items == [2, 3])
  }

  @Test func timesThatAreTiedAreNoted() throws {
    func split(_ last: Int64) throws -> DeviceSplit? {
      let events = [(1, 10), (2, 20), (3, last)].map {
        BehaviorEvent(item: $0.0, kind: .view, time: $0.1)
      }
      return DeviceSplit.split(
        Population(
          source: .init(name: "test", licence: nil, isSynthetic: true),
          catalogue: population().catalogue,
          log: EventLog(
            userIDs: ["a"], clock: .unixSeconds, users: [0, 0, 0], events: events),
          cleaning: CleaningReport()), scenario: try .small()
      ).first
    }
    #expect(try split(20)?.isTargetTied == true)
    #expect(try split(21)?.isTargetTied == false)
    #expect(try split(BehaviorEvent.unknownTime)?.isTargetTied == false)
  }

  @Test func aSingleItemIsNotHeldOut() throws {
    let split = try DeviceSplit.split(population(), scenario: .small())
    #expect(split[1].target == nil)
    #expect(split[1].history.items == [1])
  }

  @Test func negativesAreDistinctAndUnknownToTheUser() throws {
    let split = try DeviceSplit.split(population(), scenario: .small())
    #expect(split[0].negatives.count == 17)
    #expect(Set(split[0].negatives).isDisjoint(with: [2, 3, 4]))
    #expect(Set(split[0].negatives).count == 17)
  }

  @Test func publishedTestsAreUsedAsTheyAre() throws {
    let published = [
      Population.PublishedTest(item: 9, negatives: [10, 11]),
      Population.PublishedTest(item: 8, negatives: [12]),
    ]
    let split = try DeviceSplit.split(population(published: published), scenario: .small())
    #expect(split.map(\.target) == [9, 8])
    #expect(split[0].history.items == [2, 3, 4])
    #expect(split[0].negatives == [10, 11])
  }

  @Test func validationFindsTheSecondLastAndNeverSeesTheLast() throws {
    var scenario = try Scenario.small()
    scenario.evaluation.heldOut = .validation
    let split = DeviceSplit.split(population(), scenario: scenario)
    #expect(split[0].target == 3)
    #expect(split[0].history.items == [2])
    let published = [
      Population.PublishedTest(item: 9, negatives: [10]),
      Population.PublishedTest(item: 8, negatives: [12]),
    ]
    let tested = DeviceSplit.split(population(published: published), scenario: scenario)
    #expect(tested[0].target == 4)
    #expect(tested[0].history.items == [2, 3])
  }
}
