internal import AccountingConformance
internal import ArgumentParser
internal import Behavior
internal import BehaviorReaders
internal import CryptoPrimitives
internal import DatasetFetching
internal import Foundation
internal import NumericalMethods
internal import PrivacyAccounting
internal import ProtocolVectors
internal import Report
internal import Scenarios
internal import Simulator

/// The one place where the commands touch the modules that do the work.
enum Adapters {
  /// Data sets that can be found and fetched by name.
  static let dataSetNames = KnownDataset.allCases.map(\.rawValue)

  /// What the publisher of a data set offers, and under which terms.
  static func offer(for name: String) throws -> DownloadOffer {
    let download = try known(name).download
    return DownloadOffer(
      name: name, address: download.source.absoluteString,
      byteCount: download.archiveByteCount, license: download.license)
  }

  /// Where a data set is on this machine, if anywhere.
  static func locate(_ name: String, explicit: String?) -> LocatedFolder? {
    guard let dataset = KnownDataset(rawValue: name),
      let located = DatasetLocator().locate(dataset, explicit: explicit)
    else { return nil }
    return LocatedFolder(
      path: located.path, place: located.place.rawValue, shellWord: shellWord(for: located.place))
  }

  /// How a shell names a place on any machine, where it can.
  private static func shellWord(for place: LocatedDataset.Place) -> String? {
    switch place {
    case .environment: "\"\(place.rawValue)\""
    case .shared: place.rawValue
    case .explicit, .cache: nil
    }
  }

  /// Whether `$SILHOUETTE_DATA` names the one folder to look in.
  static var isFolderNamedByEnvironment: Bool { DatasetLocator().isNamedByEnvironment }

  /// The command that fetches a data set to where it is looked for.
  static func fetchCommand(for name: String) -> String {
    "silhouette data fetch \(name)"
      + (isFolderNamedByEnvironment ? " --to \"$SILHOUETTE_DATA\"" : "")
  }

  /// The folders in which `locate` looks.
  static func searchedPaths(for name: String, explicit: String?) -> [String] {
    guard let dataset = KnownDataset(rawValue: name) else { return [] }
    return DatasetLocator().searchedPaths(for: dataset, explicit: explicit)
  }

  /// Where downloads go.
  static var cacheFolder: String { DatasetLocator().cacheDirectory }

  /// Fetches a data set and returns the folder that it is in.
  static func download(
    _ name: String, to folder: String, progress: @escaping @Sendable (Double) -> Void
  ) async throws -> String {
    let dataset = try known(name)
    let cache = URL(filePath: folder, directoryHint: .isDirectory)
    let downloader = DatasetDownloader()
    let unpacked = downloader.unpackingPath(of: dataset, in: cache)
    return try await AtomicFile.removingWhenInterrupted(unpacked) {
      try await downloader.download(dataset, to: cache) { received, total in
        progress(Double(received) / Double(max(total, 1)))
      }.path(percentEncoded: false)
    }
  }

  /// Whether only the network stood in the way.
  static func isNetworkFailure(_ error: any Error) -> Bool {
    guard let error = error as? DownloadError else { return false }
    return switch error {
    case .noNetwork, .httpStatus, .timedOut, .connectionLost: true
    default: false
    }
  }

  /// Reads a data set that is known by name.
  static func readDataSet(
    _ name: String, folder: String, maxBadRows: Int
  ) throws -> Population {
    switch try known(name) {
    case .movieLens100K:
      try BehaviorFiles.readMovieLens100K(directory: folder, maxBadRows: maxBadRows)
    case .movieLens1M:
      try BehaviorFiles.readMovieLens1M(directory: folder, maxBadRows: maxBadRows)
    }
  }

  /// Reads a user's own files.
  static func readFiles(_ files: BehaviorSource.Files, maxBadRows: Int) throws -> Population {
    switch files.format {
    case .csv:
      try BehaviorFiles.readCSV(
        events: files.events, catalogue: files.catalogue, maxBadRows: maxBadRows)
    case .jsonLines:
      try BehaviorFiles.readJSONLines(
        events: files.events, catalogue: files.catalogue, maxBadRows: maxBadRows)
    }
  }

  /// Makes up a population.
  static func generate(_ configuration: Scenario.Synthetic) throws -> Population {
    try synthetic(configuration).population()
  }

  /// Writes one file for each user, and the catalogue.
  static func exportUsers(
    _ population: Population, to folder: String, holdsOut: Bool
  ) throws -> (users: Int, items: Int) {
    try PopulationWriter.writeUsers(of: population, to: folder, holdsOut: holdsOut)
    return (population.log.userCount, population.catalogue.count)
  }

  /// Makes up a population, writes it user by user as CSV, and returns the paths of the files.
  static func generateFiles(
    _ configuration: Scenario.Synthetic, folder: String
  ) throws -> [String] {
    let writer = PopulationWriter(try synthetic(configuration))
    return try AtomicFile.collect(
      PopulationWriter.syntheticNames, into: folder
    ) { try writer.writeCSV(to: $0) }
  }

  private static func synthetic(
    _ configuration: Scenario.Synthetic
  ) throws(SyntheticPopulationError) -> SyntheticPopulation {
    try SyntheticPopulation(
      configuration: SyntheticPopulation.Configuration(
        users: configuration.users, items: configuration.items, events: configuration.events,
        interests: configuration.interests, seed: configuration.seed))
  }

  /// Sums a population up.
  static func describe(_ population: Population) throws -> PopulationDescription {
    let summary = PopulationSummary(population)
    return PopulationDescription(
      text: SummaryText.text(of: summary), json: try ConsoleOutput.json(SummaryFigures(summary)),
      svg: SummaryPicture.svg(of: summary))
  }

  /// Runs a scenario over a population.
  static func simulate(
    _ effective: EffectiveScenario, _ behavior: BehaviorSource.Outcome, scenarioFile: String,
    command: String, checkpoints: String?,
    progress: @escaping @Sendable (SimulationProgress) -> Void
  ) async throws -> Simulation.Outcome {
    let simulation = Simulation(
      scenario: effective.scenario, population: behavior.population,
      standsInFor: behavior.standsInFor,
      plan: Simulation.PlanText(
        yaml: effective.yaml, hash: effective.hash, file: scenarioFile),
      command: command,
      version: Silhouette.version,
      checkpoints: checkpoints.map { CheckpointFolder($0) },
      publicPopulation: behavior.publicPopulation)
    return try await simulation.outcome(progress: progress)
  }

  /// The people of a run, with what it released.
  static func profiles(
    model path: String, data: String?, display: ProgressDisplay
  ) async throws -> KeptProfiles {
    let model = try ReleasedModel(path: path)
    let scenario = try ScenarioDecoder.decode(yaml: model.plan, file: path, overrides: []).scenario
    let source = BehaviorSource(
      behavior: scenario.behavior, scenarioFile: model.scenarioFile, explicitFolder: data,
      mayDownload: false, display: display)
    return try KeptProfiles(model, population: try await source.population().population)
  }

  /// Draws the report.
  static func html(_ figures: RunFigures) -> String {
    ReportRenderer.html(figures)
  }

  /// The exit status of errors that other modules throw.
  static func status(of error: any Error) -> ExitStatus? {
    if let error = error as? ReaderError {
      return switch error {
      case .missingFile, .cannotOpen: .inputMissing
      case .cannotWrite: .cannotWrite
      default: .badInput
      }
    }
    // The last two mean that settings led out of the numbers that can be computed with or written.
    if error is SyntheticPopulationError || error is SimulationError || error is EventPlanError
      || error is SecureRoundError || error is NumericalError || error is ReportError
    {
      return .badInput
    }
    if let error = error as? ModelFileError {
      if case .unreadable = error { return .inputMissing }
      return .badInput
    }
    if let error = error as? CheckpointError {
      return switch error {
      case .unreadable: .inputMissing
      case .unwritable: .cannotWrite
      case .damaged, .otherTraining: .badInput
      }
    }
    if let error = error as? AccountingError {
      return if case .unreachable = error { .refuted } else { .usage }
    }
    if let error = error as? VectorError {
      return switch error {
      case .missingFolder, .noFiles: .inputMissing
      default: .badInput
      }
    }
    if let error = error as? ProtocolVectorError {
      return switch error {
      case .missingFolder, .noFiles, .missingRound: .inputMissing
      default: .badInput
      }
    }
    if let error = error as? DownloadError {
      return switch error {
      case .diskFull, .fileOperation, .alreadyRunning: .cannotWrite
      case .cancelled: .interrupted
      default: .unavailable
      }
    }
    return nil
  }

  /// The libraries that are linked, with the versions that they state.
  static var libraries: [DoctorFigures.Library] {
    [
      DoctorFigures.Library(name: "libsodium", version: SodiumVersion.current),
      DoctorFigures.Library(name: "linear algebra", version: LinearAlgebraVersion.current),
      DoctorFigures.Library(name: "libarchive", version: ArchiveVersion.current),
    ]
  }

  private static func known(_ name: String) throws(CommandFailure) -> KnownDataset {
    guard let dataset = KnownDataset(rawValue: name) else {
      throw .unknownSource(
        name: name, suggestion: Spelling.nearest(to: name, among: dataSetNames),
        known: dataSetNames)
    }
    return dataset
  }
}
