import Foundation
import Testing

/// What `plan forecast` says beyond epsilon: days and cohorts.
@Suite struct PlanForecastTests {
  private struct Forecast: Decodable {
    struct Calendar: Decodable {
      struct Day: Decodable {
        let date: String
        let rounds: [String]
        let coordinatorEpsilon: Double?
      }
      let days: [Day]
    }
    struct Cohorts: Decodable {
      let days: Int
      let verdict: String
      let neededDevices: Int
    }
    let calendar: Calendar
    let cohorts: Cohorts?
  }

  private static let plan = """
    name: small
    catalogue: {items: 40}
    cohort: {most: 40}
    privacy: {epsilon: 8, dropoutShare: 0.1}
    tasks:
      gram: {headItems: 6, tailGroups: 2}
      ranker: {rounds: 6, participations: 5}
    """

  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(plan, to: "plan.yaml")
    return folder
  }

  /// A device with standard settings is in three rounds a day, and spends more every day, never more than is promised.
  @Test func theCalendarHasEveryRoundOfADeviceAndEndsWithinThePromise() async throws {
    let run = try await BuiltProduct.run(
      "coordinator", "plan", "forecast", "plan.yaml", "--json", in: Self.folder())
    #expect(run.status == 0, "\(run.errors)")
    let forecast = try JSONDecoder().decode(Forecast.self, from: Data(run.output.utf8))
    let days = forecast.calendar.days
    #expect(
      days.map(\.rounds) == [
        ["statistics/1", "gram/1", "ranker/1"], ["ranker/2", "ranker/3", "ranker/4"], ["ranker/5"],
      ])
    #expect(Set(days.map(\.date)).count == days.count)
    let spent = try days.map { try #require($0.coordinatorEpsilon) }
    #expect(spent == spent.sorted())
    #expect((spent.last ?? 9) <= 8 && (spent.first ?? 0) > 0)
    #expect(forecast.cohorts == nil)
  }

  @Test func aCoordinatorThatHasSeenNoWholeDaySaysSo() async throws {
    let folder = try Self.folder()
    let made = try await BuiltProduct.run(
      "coordinator", "init", "--dir", "state", "--url", "https://127.0.0.1:18443", in: folder)
    #expect(made.status == 0, "\(made.errors)")
    let run = try await BuiltProduct.run(
      "coordinator", "plan", "forecast", "plan.yaml", "--dir", "state", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("is not known yet: no whole day was counted"))
    let other = try await BuiltProduct.run(
      "coordinator", "plan", "forecast", "plan.yaml", "--dir", "nowhere", in: folder)
    #expect(other.status == 66)
  }
}
