internal import Behavior
internal import NumericalMethods
internal import ProfileModel
internal import Scenarios

/// One simulated device after leave-last-one-out: what it may use, and what it must find.
struct DeviceSplit: Sendable {
  /// Everything but the held-out item.
  let history: InteractionHistory
  /// Items of the history in ascending order.
  let known: [Int32]
  /// The item to find; `nil` when the device has too few items to hold one out.
  let target: Int32?
  /// The items of the sampled protocol to rank it among.
  let negatives: [Int32]
  /// Whether another item has the same time as the one to find, so that the order of the file
  /// decided which of them is held out.
  var isTargetTied = false
}

extension DeviceSplit {
  /// Splits a whole population.
  ///
  /// The publisher's own test items are used where the population has them; otherwise each device's
  /// last item is held out. Published tests name items that the log no longer contains.
  static func split(_ population: Population, scenario: Scenario) -> [DeviceSplit] {
    let isValidation = scenario.evaluation.heldOut == .validation
    return (0..<population.log.userCount).map { user in
      var whole = InteractionHistory(population.log.history(of: user))
      // Settings are chosen on the second last item; the last one then stays unseen. Published
      // tests are not in the log, so their users' last item is the second last already.
      if isValidation, population.publishedTests == nil { whole = whole.droppingLast() }
      if !isValidation, let published = population.publishedTests?[user] {
        return DeviceSplit(
          history: whole, known: whole.sortedItems, target: published.item,
          negatives: published.negatives)
      }
      guard whole.count >= 2, let target = whole.items.last else {
        return DeviceSplit(history: whole, known: whole.sortedItems, target: nil, negatives: [])
      }
      let history = whole.droppingLast()
      return DeviceSplit(
        history: history, known: history.sortedItems, target: target,
        negatives: negatives(
          for: user, excluding: Set(whole.items), itemCount: population.catalogue.count, scenario),
        isTargetTied: history.times.last == whole.times.last
          && whole.times.last != BehaviorEvent.unknownTime)
    }
  }

  /// Distinct uniform items that the user never met; fewer when the catalogue has no more.
  private static func negatives(
    for user: Int, excluding own: Set<Int32>, itemCount: Int, _ scenario: Scenario
  ) -> [Int32] {
    var generator = DeterministicGenerator(
      seed: scenario.seed, stream: 0x6E65_6761_0000_0000 | UInt64(user))
    var excluded = own
    var found: [Int32] = []
    let wanted = min(scenario.evaluation.sampledNegatives, itemCount - own.count)
    while found.count < wanted {
      let item = Int32(generator.nextIndex(below: itemCount))
      if excluded.insert(item).inserted { found.append(item) }
    }
    return found
  }
}
