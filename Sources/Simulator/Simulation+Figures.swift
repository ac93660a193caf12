internal import Behavior
internal import Report
internal import Scenarios

extension Simulation {
  /// The report's title: says at once when nothing is private or nothing is real.
  var title: String {
    let source =
      population.source.isSynthetic
      ? "a synthetic population" + (standsInFor.map { " in place of \($0)" } ?? "")
      : population.source.name
    let suffix = scenario.evaluation.heldOut == .validation ? ", on validation items" : ""
    return scenario.privacy.mechanism == .none
      ? "Nothing in this run is private: profiles from \(source)\(suffix)"
      : "Private profiles from \(source)\(suffix)"
  }

  var scenarioFigures: RunFigures.ScenarioFigures {
    let isPrivate = scenario.privacy.mechanism != .none
    return RunFigures.ScenarioFigures(
      name: scenario.name, plan: plan.yaml, planHash: plan.hash, seed: scenario.seed,
      isPrivate: isPrivate, epsilon: isPrivate ? scenario.privacy.epsilon : nil,
      delta: isPrivate ? scenario.privacy.delta : nil, command: command, version: version)
  }

  /// The guarantees, with what of this population they do not cover.
  func qualified(
    _ guarantees: [RunFigures.GuaranteeFigures]
  ) -> [RunFigures.GuaranteeFigures] {
    guarantees.map { guarantee in
      guard guarantee.epsilon != nil else { return guarantee }
      var qualified = guarantee
      if let publicPopulation {
        qualified.assumptions.append(
          "The encoder was trained on \(publicPopulation.source.name) before any device took part. Those "
            + "people's behavior is public: nothing of it is hidden, and they are assumed to be others."
        )
      }
      guard !population.catalogue.isPublic else { return qualified }
      qualified.assumptions.append(
        "The list of items is public. In this run it was read from the behavior itself, so that it "
          + "shows what only one person took: the guarantee does not cover that.")
      return qualified
    }
  }

  /// How many bad rows the report shows as examples.
  private static let shownBadRows = 10

  /// - Parameter evaluated: the devices on which quality is measured.
  func populationFigures(_ evaluated: [DeviceSplit]) -> RunFigures.PopulationFigures {
    let cleaning = population.cleaning
    return RunFigures.PopulationFigures(
      name: population.source.name, licence: population.source.licence,
      isSynthetic: population.source.isSynthetic, standsInFor: standsInFor,
      digest: BehaviorDigest.hexadecimal(of: population), users: population.log.userCount,
      evaluatedUsers: evaluated.count, tiedUsers: evaluated.count(where: \.isTargetTied),
      items: population.catalogue.count,
      events: population.log.eventCount,
      rowsRead: cleaning.rowsRead,
      cleaning: cleaning.findings.map {
        RunFigures.CleaningFigures(step: $0.step, count: $0.count, action: $0.action)
      },
      badRows: cleaning.badRows.prefix(Self.shownBadRows).map {
        // The name alone: a report that is passed on should not tell of its author's folders.
        RunFigures.BadRowFigures(
          file: String($0.file.split(separator: "/").last ?? ""), line: $0.line, reason: $0.reason)
      },
      badRowCount: cleaning.badRows.count)
  }
}
