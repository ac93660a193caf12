internal import NumericalMethods

/// Turns a user's hidden interests into events: sessions, choices and funnels.
///
/// Keeps one scratch array per item, shared by all users.
struct SyntheticSessions {
  /// How often a session leaves its topic for another of the user's interests.
  private static let digression = 0.2
  private static let secondsPerDay = 86_400.0

  private let population: SyntheticPopulation
  private let seconds: Double
  /// The last user, counted from 1, who looked at each item: people rarely come back to one.
  private var lastVisitor: [Int32]
  private var visitor: Int32 = 0

  init(population: SyntheticPopulation) {
    self.population = population
    seconds = Double(population.configuration.days) * Self.secondsPerDay
    lastVisitor = [Int32](repeating: 0, count: population.catalogue.count)
  }

  /// Exactly `count` events in order of time, no two at one moment.
  mutating func events(of profile: SyntheticUser, count: Int) -> [BehaviorEvent] {
    visitor += 1
    var user = profile
    var events: [BehaviorEvent] = []
    events.reserveCapacity(count)
    let starts = sessionStarts(&user, count: count)
    var clock = population.configuration.startTime
    for (number, start) in starts.enumerated() {
      // Every session gets its part of the events, so that the last one ends with the last event.
      let due = count * (number + 1) / starts.count
      clock = max(clock + 1, population.configuration.startTime + Int64(start * seconds))
      let topic = user.drawInterest(at: start)
      while events.count < due {
        let wanders = user.draw { $0.nextUnit() } < Self.digression
        let interest = wanders ? user.drawInterest(at: start) : topic
        let item = chooseItem(of: interest, at: clock, &user)
        visit(item, weight: user.weight(of: interest, at: start), &user, &clock, &events, due)
      }
    }
    return events
  }

  /// The moments, from 0 to 1 and ascending, at which the user's sessions start.
  private func sessionStarts(_ user: inout SyntheticUser, count: Int) -> [Double] {
    let sessions = max(1, count / 8)
    return (0..<sessions).map { _ in user.draw { $0.nextUnit() } }.sorted()
  }

  /// An item of the interest that is out by now and, if that can be had, new to the user.
  private mutating func chooseItem(
    of interest: Int, at time: Int64, _ user: inout SyntheticUser
  ) -> Int32 {
    let shelf = population.shelves[interest]
    // The front item is out from the start, so there is always something to see.
    var item = shelf.items[0]
    for _ in 0..<8 {
      let candidate = user.draw { shelf.draw(&$0) }
      if let published = population.catalogue.items[Int(candidate)].publishedAt, published > time {
        continue
      }
      item = candidate
      if lastVisitor[Int(item)] != visitor { break }
    }
    lastVisitor[Int(item)] = visitor
    return item
  }

  /// Appends a view and what follows from it, but nothing beyond `limit` events.
  private func visit(
    _ item: Int32, weight: Double, _ user: inout SyntheticUser, _ clock: inout Int64,
    _ events: inout [BehaviorEvent], _ limit: Int
  ) {
    func record(_ kind: BehaviorKind, _ value: Float = .nan) -> Bool {
      guard events.count < limit else { return false }
      clock += 5 + user.draw { Int64($0.nextIndex(below: 90)) }
      events.append(BehaviorEvent(item: item, kind: kind, value: value, time: clock))
      return true
    }
    func chance(_ probability: Double) -> Bool { user.draw { $0.nextUnit() } < probability }
    guard record(.view) else { return }
    // 0.5 for what the user does not care about, near 1 for the strongest interest.
    let pull = 0.5 + 0.5 * min(1, 2 * weight)
    guard chance(0.5 * pull) else {
      if chance(0.06 * (1.2 - pull)) { _ = record(.dislike) }
      return
    }
    guard record(.click) else { return }
    if chance(0.35 * pull), record(.cart), chance(0.6) {
      guard record(.buy, population.catalogue.items[Int(item)].price ?? .nan) else { return }
    }
    if chance(0.2) {
      let stars = 5.4 * pull - 0.6 + 1.5 * (user.draw { $0.nextUnit() } - 0.5)
      guard record(.rate, Float(min(5, max(1, stars.rounded())))) else { return }
    }
    if chance(0.1 * pull) { _ = record(.like) }
  }
}
