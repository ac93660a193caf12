internal import ArgumentParser
internal import Foundation
internal import PlannedRounds

/// The day (UTC) from which on rounds may take place: today or a later one.
struct StartDay {
  /// Midnight, or now of today.
  let date: Date
  /// As it was written; nil where none was.
  let text: String?

  static var today: StartDay { StartDay(date: .now, text: nil) }

  private init(date: Date, text: String?) {
    self.date = date
    self.text = text
  }

  /// Reads the argument of --start.
  init(argument: String) throws {
    // Whatever the parser says comes to this: the text is no day, which the error says with an example.
    guard let day = try? Date(argument, strategy: .iso8601.year().month().day()) else {
      throw ValidationError("--start is '\(argument)'; write a day such as 2027-03-01")
    }
    guard day.addingTimeInterval(TimeInterval(PlanCalendar.daySeconds)) > .now else {
      throw ValidationError("--start is \(argument), which is over; write today or a later day")
    }
    self.init(date: max(day, .now), text: argument)
  }
}
