internal import Behavior
internal import Foundation
internal import Scenarios

/// A folder with a data set, and the way it was found.
struct LocatedFolder: Sendable {
  let path: String
  let place: String
  /// The place as a shell of any machine reads it; `nil` where there is no such word.
  let shellWord: String?
}

/// Finds, fetches, reads or generates the behavior that a scenario asks for.
struct BehaviorSource {
  /// A user's own files.
  struct Files {
    enum Format { case csv, jsonLines }

    let format: Format
    let events: String
    let catalogue: String?
  }

  /// A population and, where it is not the one that was asked for, what it stands in for.
  struct Outcome {
    let population: Population
    var standsInFor: String?
    /// Where a data set was found that no option named, as a shell reads it.
    var dataPlace: String?
    /// The people whose public behavior the scenario pretrains on.
    var publicPopulation: Population?
  }

  let behavior: Scenario.Behavior
  /// Paths in the scenario are relative to the folder of its file.
  let scenarioFile: String
  /// The folder named with `--data`.
  let explicitFolder: String?
  let mayDownload: Bool
  let display: ProgressDisplay

  /// The behavior, or for a MovieLens set that cannot be had a synthetic one of the same size.
  func population() async throws -> Outcome {
    let outcome = try await found()
    if let notice = BadRowNotice.text(outcome.population.cleaning) {
      display.finish()
      ConsoleError.write(notice)
    }
    return outcome
  }

  /// The people whose behavior a scenario pretrains on; nil where it does not.
  ///
  /// Nothing stands in for them: an encoder that was pretrained on generated people would be another one.
  func publicPopulation(
    _ pretraining: Scenario.Encoder.Pretraining?
  ) async throws -> Population? {
    guard let pretraining, pretraining.isPublic else { return nil }
    let name = pretraining.rawValue
    guard let folder = try await folder(of: name) else {
      throw CommandFailure.dataSetMissing(
        name: name, searched: Adapters.searchedPaths(for: name, explicit: explicitFolder),
        remedy: "write tasks.encoder.pretraining none")
    }
    display.show(phase: "reading \(name)", fraction: nil)
    return try Adapters.readDataSet(name, folder: folder.path, maxBadRows: behavior.maxBadRows)
  }

  /// How many users and items there are, as far as possible without making or fetching anything.
  func size() throws -> (users: Int, items: Int) {
    let population: Population
    switch behavior.source {
    case .synthetic: return (behavior.synthetic.users, behavior.synthetic.items)
    case .csv: population = try read(.csv)
    case .jsonLines: population = try read(.jsonLines)
    case .movielens100k, .movielens1m:
      let name = behavior.source.rawValue
      guard let folder = try located(name) else {
        ConsoleError.write(
          "notice: \(name) is not at hand; this is the plan for the synthetic population that would "
            + "stand in for it. To get it: \(Adapters.fetchCommand(for: name))")
        return (behavior.synthetic.users, behavior.synthetic.items)
      }
      population = try Adapters.readDataSet(
        name, folder: folder.path, maxBadRows: behavior.maxBadRows)
    }
    return (population.log.userCount, population.catalogue.count)
  }

  private func found() async throws -> Outcome {
    switch behavior.source {
    case .synthetic:
      display.show(phase: "generating behavior", fraction: nil)
      return Outcome(population: try Adapters.generate(behavior.synthetic))
    case .csv: return Outcome(population: try read(.csv))
    case .jsonLines: return Outcome(population: try read(.jsonLines))
    case .movielens100k, .movielens1m:
      let name = behavior.source.rawValue
      if let folder = try await folder(of: name) {
        display.show(phase: "reading \(name)", fraction: nil)
        let population = try Adapters.readDataSet(
          name, folder: folder.path, maxBadRows: behavior.maxBadRows)
        return Outcome(population: population, dataPlace: folder.shellWord)
      }
      display.finish()
      ConsoleError.write(
        "notice: \(name) is not at hand; a synthetic population of its size is used instead. "
          + "To use it: silhouette data fetch \(name)")
      return Outcome(population: try Adapters.generate(behavior.synthetic), standsInFor: name)
    }
  }

  /// The folder of a data set on this machine; `nil` where no folder was named and none is found.
  private func located(_ name: String) throws -> LocatedFolder? {
    if let located = Adapters.locate(name, explicit: explicitFolder) { return located }
    // Who names a folder must not get other behavior without noticing.
    let searched = Adapters.searchedPaths(for: name, explicit: explicitFolder)
    if explicitFolder != nil {
      throw CommandFailure.dataSetMissing(
        name: name, searched: searched, remedy: "name its folder with --data")
    }
    if Adapters.isFolderNamedByEnvironment {
      throw CommandFailure.dataSetMissing(
        name: name, searched: searched,
        remedy: "mend $SILHOUETTE_DATA, which names that folder, or unset it")
    }
    return nil
  }

  /// The folder of a data set, fetched if need be and allowed; `nil` when it cannot be had.
  private func folder(of name: String) async throws -> LocatedFolder? {
    if let located = try located(name) { return located }
    guard Consent.toDownload(try Adapters.offer(for: name), isGiven: mayDownload) else {
      return nil
    }
    do {
      let display = display
      let folder = try await Adapters.download(name, to: Adapters.cacheFolder) {
        display.show(phase: "fetching \(name)", fraction: $0)
      }
      display.finish()
      return LocatedFolder(path: folder, place: "fetched", shellWord: nil)
    } catch  where Adapters.isNetworkFailure(error) {
      display.finish()
      ConsoleError.write("notice: \(error)")
      return nil
    }
  }

  private func read(_ format: Files.Format) throws -> Population {
    let events = resolved(behavior.events ?? "")
    let catalogue = behavior.catalogue.map(resolved)
    for file in [events, catalogue].compactMap({ $0 })
    where !FileManager.default.fileExists(atPath: file) {
      throw CommandFailure.inputMissing(
        file: file, reason: "no such file",
        remedy: "mend behavior.events or behavior.catalogue in \(scenarioFile)")
    }
    display.show(phase: "reading \(events)", fraction: nil)
    return try Adapters.readFiles(
      Files(format: format, events: events, catalogue: catalogue),
      maxBadRows: behavior.maxBadRows)
  }

  private func resolved(_ path: String) -> String {
    guard !path.hasPrefix("/") else { return path }
    return URL(filePath: scenarioFile).deletingLastPathComponent().appending(path: path)
      .path(percentEncoded: false)
  }
}
