import FederatedTasks
import Testing

@Suite struct CohortScheduleTests {
  @Test(arguments: [(10, 3, 7), (10, 10, 4), (7, 5, 3), (20, 1, 1), (3, 9, 2)])
  func nobodyTakesPartMoreOftenThanStated(population: Int, cohort: Int, rounds: Int) {
    let schedule = CohortSchedule(
      population: population, cohort: cohort, rounds: rounds, seed: 8)
    var counts = [Int](repeating: 0, count: population)
    for round in 1...rounds {
      let devices = schedule.devices(round: round)
      #expect(Set(devices).count == devices.count)
      #expect(devices.count == min(cohort, population))
      for device in devices { counts[Int(device)] += 1 }
      #expect((counts.max() ?? 0) <= schedule.participations(through: round))
    }
    #expect(counts.max() == schedule.participations)
  }
}
