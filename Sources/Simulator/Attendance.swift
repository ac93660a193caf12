internal import NumericalMethods
internal import RoundVocabulary
internal import Scenarios

/// Who of a round's cohort leaves, and before which step.
///
/// Counts are exact, so that a plan which allows for them never abandons a round; who it is follows
/// from the seed and the round.
struct Attendance: Sendable, Equatable {
  /// The steps of a round that a device can fail to reach, in their order.
  enum Step: Int, Sendable, CaseIterable, Comparable {
    case advertise, share, input, unmask

    static func < (left: Step, right: Step) -> Bool { left.rawValue < right.rawValue }
  }

  /// Devices in the order of the plan.
  let cohort: [Int32]
  /// For each of them the step before which it leaves; nil for those that stay to the end.
  let leavesBefore: [Step?]

  init(cohort: [Int32], dropouts: Scenario.Dropouts, seed: UInt64, round: RoundID) {
    self.cohort = cohort
    var leavesBefore = [Step?](repeating: nil, count: cohort.count)
    let shares: [(Step, Double)] = [
      (.advertise, dropouts.beforeAdvertise), (.share, dropouts.beforeShare),
      (.input, dropouts.beforeInput), (.unmask, dropouts.beforeUnmask),
    ]
    guard shares.contains(where: { $0.1 > 0 }) else {
      self.leavesBefore = leavesBefore
      return
    }
    let task = TaskKind.allCases.firstIndex(of: round.task) ?? 0
    var generator = DeterministicGenerator(
      seed: seed, stream: 0x6472_6F70_0000_0000 | UInt64(task) << 24 | UInt64(round.number))
    var order = Array(cohort.indices)
    order.shuffle(using: &generator)
    for (step, share) in shares {
      let count = min(Int((share * Double(cohort.count)).rounded(.down)), order.count)
      for position in order.suffix(count) { leavesBefore[position] = step }
      order.removeLast(count)
    }
    self.leavesBefore = leavesBefore
  }

  /// Devices that reach a step, in the order of the plan.
  func devices(reaching step: Step) -> [Int32] {
    zip(cohort, leavesBefore).filter { _, leaves in leaves.map { $0 > step } ?? true }.map(\.0)
  }
}
