package import RoundVocabulary
internal import Scenarios

/// When the rounds of a plan take place, and how often a device has contributed by then that is in as many of them as
/// it may be, from the first on.
///
/// Rounds follow one another, each as late as it can be: it lasts as long as its steps may last, unless it is known
/// how long rounds of the plan do last.
package struct PlanCalendar: Sendable, Equatable {
  /// A day on which the device contributes.
  package struct Day: Sendable, Equatable {
    /// Since 1970-01-01, UTC.
    package let number: Int
    package let rounds: [RoundID]
    /// Of the device, up to the end of this day.
    package let contributions: [TaskKind: Int]
  }

  /// Where the rounds that are to come begin.
  package struct Start: Sendable, Equatable {
    /// Nil if the plan is done.
    package var next: RoundID?
    /// When that round opens, Unix seconds.
    package var time: UInt64
    /// How many rounds the device has been in on that day.
    package var roundsToday: Int
    /// How long a round lasts, in seconds; nil if no round has shown that.
    package var roundSeconds: Int?

    package init(
      next: RoundID? = RoundID(task: .statistics, number: 1), time: UInt64, roundsToday: Int = 0,
      roundSeconds: Int? = nil
    ) {
      self.next = next
      self.time = time
      self.roundsToday = roundsToday
      self.roundSeconds = roundSeconds
    }
  }

  /// Of the device, in the rounds before the next.
  package let before: [TaskKind: Int]
  package let days: [Day]
  /// When the last round of the plan is over, Unix seconds.
  package let end: UInt64
  /// In how many rounds the device has been on the day of `end`.
  package let roundsOnEndDay: Int

  /// - Parameter mostPerDay: rounds of one day (UTC) that a device is in.
  package init(of planned: PlannedTasks, mostPerDay: Int, from start: Start) {
    let most = Self.contributions(of: planned.plan)
    let rounds = Self.rounds(of: planned.plan)
    let next = start.next.flatMap { rounds.firstIndex(of: $0) } ?? rounds.count
    var counts: [TaskKind: Int] = [:]
    for round in rounds[..<next] where counts[round.task, default: 0] < most[round.task, default: 0]
    {
      counts[round.task, default: 0] += 1
    }
    before = counts
    let lasts = start.roundSeconds ?? planned.plan.times.longestRound
    var time = start.time
    var days: [Day] = []
    var (day, today) = (Int(time / Self.daySeconds), start.roundsToday)
    for round in rounds[next...] {
      if Int(time / Self.daySeconds) > day {
        (day, today) = (Int(time / Self.daySeconds), 0)
      }
      if counts[round.task, default: 0] < most[round.task, default: 0] {
        // Devices that are in no more rounds today are what the round waits for.
        if today >= max(1, mostPerDay) {
          (day, today) = (day + 1, 0)
          time = UInt64(day) * Self.daySeconds
        }
        today += 1
        counts[round.task, default: 0] += 1
        let earlier = days.last?.number == day ? days.removeLast().rounds : []
        days.append(Day(number: day, rounds: earlier + [round], contributions: counts))
      }
      time += UInt64(lasts)
      if round != rounds.last { time += UInt64(planned.plan.times.pause) }
    }
    self.days = days
    end = time
    roundsOnEndDay = Int(time / Self.daySeconds) > day ? 0 : today
  }

  package static let daySeconds: UInt64 = 86_400

  private static func rounds(of plan: FederationPlan) -> [RoundID] {
    PlannedTasks.order.flatMap { task in
      (0..<PlannedTasks.mostReleases(of: task, of: plan)).map {
        RoundID(task: task, number: $0 + 1)
      }
    }
  }

  /// In how many rounds of a task one device is, if none is aborted.
  private static func contributions(of plan: FederationPlan) -> [TaskKind: Int] {
    Dictionary(
      uniqueKeysWithValues: PlannedTasks.order.map { task in
        let most = PlannedTasks.mostParticipations(in: task, of: plan) - plan.privacy.retries
        return (task, min(most, PlannedTasks.mostReleases(of: task, of: plan)))
      })
  }
}

extension FederationPlan.Times {
  /// From the opening of a round to the end of its last step, in seconds.
  package var longestRound: Int { advertise + shares + input + consistency + unmask }
}
