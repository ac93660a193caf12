import RoundVocabulary
import Scenarios
import Testing

@testable import Simulator

@Suite struct AttendanceTests {
  private let cohort = (0..<200).map { Int32($0 * 3) }
  private let dropouts = Scenario.Dropouts(
    beforeAdvertise: 0.01, beforeShare: 0.02, beforeInput: 0.019, beforeUnmask: 0.1)

  private func attendance(
    _ dropouts: Scenario.Dropouts, seed: UInt64 = 1, round: Int = 1, task: TaskKind = .ranker
  ) -> Attendance {
    Attendance(
      cohort: cohort, dropouts: dropouts, seed: seed, round: RoundID(task: task, number: round))
  }

  /// Shares are rounded down, so that what a plan allows for is never exceeded.
  @Test func countsAreExact() {
    let attendance = attendance(dropouts)
    #expect(attendance.devices(reaching: .advertise).count == 198)
    #expect(attendance.devices(reaching: .share).count == 194)
    #expect(attendance.devices(reaching: .input).count == 191)
    #expect(attendance.devices(reaching: .unmask).count == 171)
  }

  @Test func whoReachesAStepReachedTheOnesBefore() {
    let attendance = attendance(dropouts)
    for (earlier, later) in zip(Attendance.Step.allCases, Attendance.Step.allCases.dropFirst()) {
      let before = attendance.devices(reaching: earlier)
      #expect(attendance.devices(reaching: later).allSatisfy { before.contains($0) })
      #expect(before == before.sorted(), "the order of the plan is kept")
    }
  }

  @Test func whoLeavesFollowsFromSeedTaskAndRound() {
    #expect(attendance(dropouts) == attendance(dropouts))
    #expect(attendance(dropouts) != attendance(dropouts, seed: 2))
    #expect(attendance(dropouts) != attendance(dropouts, round: 2))
    #expect(attendance(dropouts) != attendance(dropouts, task: .gram))
  }

  @Test func nobodyLeavesWhereNobodyIsToLeave() {
    let none = Scenario.Dropouts(
      beforeAdvertise: 0, beforeShare: 0, beforeInput: 0, beforeUnmask: 0)
    #expect(attendance(none).devices(reaching: .unmask) == cohort)
  }
}
