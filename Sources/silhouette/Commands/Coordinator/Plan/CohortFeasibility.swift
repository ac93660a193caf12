internal import FederatedRounds
internal import CoordinatorNode
internal import PlannedRounds
internal import Report
internal import RoundVocabulary
internal import Scenarios
internal import Storage

/// Whether as many devices are within reach at one time as a plan's rounds need, from counts of past days that tell
/// nothing about one device.
///
/// A count is of all devices that have checked in on a day. A round needs its devices while it takes them in, and there
/// are never more of them than check in on the whole day.
struct CohortFeasibility: Encodable {
  enum Verdict: String, Encodable {
    case enough, tooFew, uncertain, unknown
  }

  /// Whole days that were counted.
  let days: Int
  /// Of a day, with noise; nil without days.
  let fewestDevices: Int?
  let mostDevices: Int?
  /// At one time, for a round.
  let neededDevices: Int
  /// How many of the devices within reach check in while a round takes devices in, as a share.
  let reachedShare: Double
  /// How many of a day's devices have to be within reach at one time, as a share of the fewest of a day; nil without
  /// days, above 1 if all are not enough.
  let neededShare: Double?
  let verdict: Verdict
  /// What a day's count costs each of its devices.
  let epsilonPerDay: Double

  static let mostDays = 7
  /// Twice the standard deviation of a count: sqrt(2) times the noise's scale.
  static let margin = 28
  /// Of a day's devices, those that are within reach at its worst time, at least.
  ///
  /// - Source: Bonawitz et al. 2019, arXiv:1902.01046, section 9: a fourfold difference between the hours of a day.
  static let steadyShare = 0.25

  /// - Parameter pacing: how often devices come.
  init(_ counts: [AttendanceRecord], for planned: PlannedTasks, pacing: Pacing) {
    self.init(
      counts, needing: planned.leastCohort, times: planned.plan.times, pacing: pacing)
  }

  /// - Parameters:
  ///   - needed: devices of a round.
  ///   - times: how long rounds take devices in, and the pause between them.
  init(
    _ counts: [AttendanceRecord], needing needed: Int, times: FederationPlan.Times, pacing: Pacing
  ) {
    let whole = counts.filter(\.isWhole).map { max(0, Int($0.count)) }
    days = whole.count
    fewestDevices = whole.min()
    mostDevices = whole.max()
    neededDevices = needed
    epsilonPerDay = CheckInCount.epsilonPerDay
    let reached = min(
      1, Double(times.advertise) / Double(pacing.mostLateness(pause: UInt32(clamping: times.pause)))
    )
    reachedShare = reached
    neededShare = whole.min().map { Double(needed) / (Double(max(1, $0)) * reached) }
    verdict =
      if let fewest = whole.min(), let most = whole.max() {
        if Double(fewest - Self.margin) * reached * Self.steadyShare >= Double(needed) {
          .enough
        } else if Double(most + Self.margin) * reached < Double(needed) {
          .tooFew
        } else {
          .uncertain
        }
      } else { .unknown }
  }

  var text: String {
    guard let fewestDevices, let mostDevices, let neededShare else {
      return "how many devices check in on a day is not known yet: no whole day was counted"
    }
    let seen =
      "on \(days == 1 ? "the last whole day" : "the last \(days) whole days") "
      + "\(Self.range(fewestDevices, mostDevices)) devices checked in"
    let meaning =
      switch verdict {
      case .enough:
        "a round needs \(neededDevices) of them at one time, which a quarter of a day's devices is enough for"
      case .tooFew:
        "a round needs \(neededDevices) at one time, more than there are: rounds will be aborted"
      case .uncertain, .unknown:
        neededShare <= 1
          ? "a round needs \(neededDevices) at one time: \(FigureText.percent(neededShare)) of the fewest of a day, "
            + "and nobody counts how many are within reach at one time"
          : "a round needs \(neededDevices) at one time, which is too close to say"
      }
    let reach =
      reachedShare < 1
      ? "; a round takes devices in for times.advertise only, in which \(FigureText.percent(reachedShare)) of those "
        + "within reach check in (the coordinator's shortestWait and longestWait)"
      : ""
    return seen + "; " + meaning + reach
      + "; each day's count has noise, and costs its devices epsilon \(epsilonPerDay) against whoever sees it, "
      + "which they charge themselves for: silhouette client privacy"
  }

  private static func range(_ fewest: Int, _ most: Int) -> String {
    func count(_ number: Int) -> String {
      number < Attendance.threshold ? "fewer than \(Attendance.threshold)" : "\(number)"
    }
    return fewest == most || most < Attendance.threshold
      ? count(most) : "\(count(fewest)) to \(count(most))"
  }
}
