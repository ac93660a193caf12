/// Why a synthetic population cannot be generated as configured.
package enum SyntheticPopulationError: Error, Equatable, CustomStringConvertible {
  case outOfRange(field: String, value: Int, range: ClosedRange<Int>)

  package var description: String {
    switch self {
    case .outOfRange(let field, let value, let range):
      "The field \(field) of the synthetic population is \(value); choose a number from "
        + "\(range.lowerBound) to \(range.upperBound)."
    }
  }
}

/// Users with known interests who browse, buy and rate items of a made-up shop.
///
/// Every user has a few interests out of many, and half of the users change one of them over time.
/// They come in sessions, look mostly at items of one interest, popular ones first, and go some
/// way down the funnel view, click, cart, buy. The same configuration gives the same population on
/// every run; `truth(of:)` says what a profile of each user ought to contain.
///
/// Generating holds one user's events at a time. Complexity: O(log items) per event.
package struct SyntheticPopulation: Sendable {
  package struct Configuration: Sendable, Equatable {
    package var users: Int
    package var items: Int
    /// Events of all users together.
    package var events: Int
    package var interests: Int
    package var seed: UInt64
    /// When the first event may happen, seconds since 1970.
    package var startTime: Int64
    package var days: Int

    package init(
      users: Int = 1_000, items: Int = 500, events: Int = 50_000, interests: Int = 12,
      seed: UInt64 = 1, startTime: Int64 = 1_704_067_200, days: Int = 180
    ) {
      self.users = users
      self.items = items
      self.events = events
      self.interests = interests
      self.seed = seed
      self.startTime = startTime
      self.days = days
    }

    private func check() throws(SyntheticPopulationError) {
      let limits: [(String, Int, ClosedRange<Int>)] = [
        ("users", users, 1...50_000_000), ("interests", interests, 1...1_000),
        ("items", items, max(1, interests)...50_000_000),
        ("events", events, users...Int(Int32.max)),
        ("days", days, 1...10_000),
      ]
      for (field, value, range) in limits where !range.contains(value) {
        throw .outOfRange(field: field, value: value, range: range)
      }
    }

    fileprivate func checked() throws(SyntheticPopulationError) -> Self {
      // The lower bound of events is the number of users, which must be sound first.
      guard users <= Int(Int32.max) else {
        throw .outOfRange(field: "users", value: users, range: 1...50_000_000)
      }
      try check()
      return self
    }
  }

  package let configuration: Configuration
  package let catalogue: Catalogue
  /// The names of the interests, in the order of `truth(of:)`; each is also a category.
  package let interestNames: [String]
  let shelves: [SyntheticShelf]
  let interestOfItem: [Int32]
  private let totalAppetite: Double

  /// Makes the catalogue; the users are made when they are asked for.
  package init(configuration: Configuration) throws(SyntheticPopulationError) {
    self.configuration = try configuration.checked()
    let made = SyntheticCatalogue(configuration: configuration)
    catalogue = made.catalogue
    interestNames = made.interestNames
    shelves = made.shelves
    interestOfItem = made.interestOfItem
    var total = 0.0
    for user in 0..<configuration.users {
      total += SyntheticUser(user: user, configuration: configuration).appetite
    }
    totalAppetite = total
  }

  package func userID(_ user: Int) -> String { "user-\(user + 1)" }

  /// The interests that drive the user's choices, summing to 1.
  /// - Parameter moment: 0 at the start of the time span, 1 at its end; interests drift between.
  package func truth(of user: Int, at moment: Double = 1) -> [Double] {
    SyntheticUser(user: user, configuration: configuration).interests(at: moment)
  }

  /// Hands over the users in order, each with all events in order of time.
  ///
  /// Every user has at least one event, and all have `configuration.events` together.
  package func forEachUser<Failure: Error>(
    _ body: (Int, [BehaviorEvent]) throws(Failure) -> Void
  ) throws(Failure) {
    var session = SyntheticSessions(population: self)
    let spare = configuration.events - configuration.users
    var appetite = 0.0
    var dealtOut = 0
    for user in 0..<configuration.users {
      let profile = SyntheticUser(user: user, configuration: configuration)
      appetite += profile.appetite
      // Rounding the running total, not each share, makes the counts add up exactly.
      let share = user + 1 == configuration.users ? 1 : min(1, appetite / totalAppetite)
      let due = Int(Double(spare) * share)
      try body(user, session.events(of: profile, count: 1 + due - dealtOut))
      dealtOut = due
    }
  }

  /// Everything at once, as a reader would deliver it.
  package func population() -> Population {
    var users: [Int32] = []
    var events: [BehaviorEvent] = []
    users.reserveCapacity(configuration.events)
    events.reserveCapacity(configuration.events)
    forEachUser { user, history in
      users.append(contentsOf: repeatElement(Int32(user), count: history.count))
      events.append(contentsOf: history)
    }
    return Population(
      source: Population.Source(
        name: "synthetic, seed \(configuration.seed)", licence: nil, isSynthetic: true),
      catalogue: catalogue,
      log: EventLog(
        userIDs: (0..<configuration.users).map(userID), clock: .unixSeconds, users: users,
        events: events),
      cleaning: CleaningReport(rowsRead: events.count, eventsKept: events.count))
  }
}
