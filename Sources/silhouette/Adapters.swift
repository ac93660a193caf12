internal import Behavior
internal import CryptoPrimitives
internal import DatasetFetching
internal import NumericalMethods
internal import Report
internal import Scenarios
internal import Simulator

/// The one place where the commands touch the modules that do the work.
///
/// This file stands in until readers, fetching, simulator and report are merged; then
/// `Adapters.swift.pending`, which has the same surface, takes its place.
enum Adapters {
  /// Data sets that can be found and fetched by name.
  static let dataSetNames = ["movielens-100k", "movielens-1m"]

  static func offer(for name: String) throws -> DownloadOffer {
    throw CommandFailure.notBuiltIn(feature: "fetching \(name)")
  }

  static func locate(_ name: String, explicit: String?) -> LocatedFolder? { nil }

  static func searchedPaths(for name: String, explicit: String?) -> [String] { [] }

  static var cacheFolder: String { "." }

  static func download(
    _ name: String, to folder: String, progress: @escaping @Sendable (Double) -> Void
  ) async throws -> String {
    throw CommandFailure.notBuiltIn(feature: "fetching \(name)")
  }

  static func isNetworkFailure(_ error: any Error) -> Bool { false }

  static func readDataSet(
    _ name: String, folder: String, maxBadRows: Int
  ) throws -> Population {
    throw CommandFailure.notBuiltIn(feature: "reading \(name)")
  }

  static func readFiles(_ files: BehaviorSource.Files, maxBadRows: Int) throws -> Population {
    throw CommandFailure.notBuiltIn(feature: "reading \(files.events)")
  }

  static func generate(_ configuration: Scenario.Synthetic) throws -> Population {
    throw CommandFailure.notBuiltIn(feature: "generating behavior")
  }

  static func generateFiles(
    _ configuration: Scenario.Synthetic, folder: String
  ) throws -> [String] {
    throw CommandFailure.notBuiltIn(feature: "writing behavior")
  }

  static func describe(_ population: Population) throws -> PopulationDescription {
    throw CommandFailure.notBuiltIn(feature: "describing \(population.source.name)")
  }

  static func simulate(
    _ effective: EffectiveScenario, population: Population, command: String,
    progress: @escaping @Sendable (SimulationProgress) -> Void
  ) async throws -> RunFigures {
    throw CommandFailure.notBuiltIn(feature: "simulating \(population.source.name)")
  }

  static func html(_ figures: RunFigures) throws -> String {
    throw CommandFailure.notBuiltIn(feature: "drawing a report")
  }

  static func status(of error: any Error) -> ExitStatus? { nil }

  /// The libraries that are linked, with the versions that they state.
  static var libraries: [DoctorFigures.Library] {
    [
      DoctorFigures.Library(name: "libsodium", version: SodiumVersion.current),
      DoctorFigures.Library(name: "linear algebra", version: LinearAlgebraVersion.current),
      DoctorFigures.Library(name: "libarchive", version: ArchiveVersion.current),
    ]
  }
}
