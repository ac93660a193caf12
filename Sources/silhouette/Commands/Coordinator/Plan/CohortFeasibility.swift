internal import CoordinatorNode
internal import PlannedRounds
internal import Storage

/// Whether as many devices check in as a plan's rounds need, from counts of past days that tell nothing about one device.
struct CohortFeasibility: Encodable {
  enum Verdict: String, Encodable {
    case enough, tooFew, uncertain, unknown
  }

  /// Whole days that were counted.
  let days: Int
  /// Of a day, with noise; nil without days.
  let fewestDevices: Int?
  let mostDevices: Int?
  let neededDevices: Int
  let verdict: Verdict
  /// What a day's count costs each of its devices.
  let epsilonPerDay: Double

  static let mostDays = 7
  /// Twice the standard deviation of a count: sqrt(2) times the noise's scale.
  private static let margin = 28

  init(_ counts: [AttendanceRecord], for planned: PlannedTasks) {
    let whole = counts.filter(\.isWhole).map { max(0, Int($0.count)) }
    days = whole.count
    fewestDevices = whole.min()
    mostDevices = whole.max()
    neededDevices = planned.leastCohort
    epsilonPerDay = Attendance.epsilon
    verdict =
      if let fewest = whole.min(), let most = whole.max() {
        if fewest - Self.margin >= planned.leastCohort {
          .enough
        } else if most + Self.margin < planned.leastCohort {
          .tooFew
        } else {
          .uncertain
        }
      } else { .unknown }
  }

  var text: String {
    guard let fewestDevices, let mostDevices else {
      return "how many devices check in on a day is not known yet: no whole day was counted"
    }
    let meaning =
      switch verdict {
      case .enough: "enough for the \(neededDevices) that a round needs"
      case .tooFew: "too few for the \(neededDevices) that a round needs: rounds will be aborted"
      case .uncertain, .unknown: "a round needs \(neededDevices), which is too close to say"
      }
    return
      "on \(days == 1 ? "the last whole day" : "the last \(days) whole days") \(Self.range(fewestDevices, mostDevices)) devices checked in, \(meaning); "
      + "each day's count has noise, and costs its devices epsilon \(epsilonPerDay) against whoever sees it"
  }

  private static func range(_ fewest: Int, _ most: Int) -> String {
    func count(_ number: Int) -> String {
      number < Attendance.threshold ? "fewer than \(Attendance.threshold)" : "\(number)"
    }
    return fewest == most || most < Attendance.threshold
      ? count(most) : "\(count(fewest)) to \(count(most))"
  }
}
