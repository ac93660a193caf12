internal import ArgumentParser
internal import Foundation

/// What the program finds on the machine it runs on.
struct DoctorFigures: Codable, Equatable {
  struct Library: Codable, Equatable {
    let name: String
    let version: String
  }

  struct DataSet: Codable, Equatable {
    let name: String
    /// `nil`: it is nowhere that is searched.
    let path: String?
    /// Which of the searched places it is in.
    let place: String?
  }

  let version: String
  let libraries: [Library]
  let cores: Int
  let memoryBytes: UInt64
  let cacheFolder: String
  let isCacheWritable: Bool
  let dataSets: [DataSet]

  /// Looks around.
  static func measured() -> DoctorFigures {
    DoctorFigures(
      version: Silhouette.version, libraries: Adapters.libraries,
      cores: ProcessInfo.processInfo.activeProcessorCount,
      memoryBytes: ProcessInfo.processInfo.physicalMemory,
      cacheFolder: Adapters.cacheFolder,
      isCacheWritable: isWritable(Adapters.cacheFolder),
      dataSets: Adapters.dataSetNames.map {
        let located = Adapters.locate($0, explicit: nil)
        return DataSet(name: $0, path: located?.path, place: located?.place)
      })
  }

  /// Whether the folder, or the nearest one above it that exists, takes new files.
  private static func isWritable(_ path: String) -> Bool {
    FileManager.default.isWritableFile(atPath: OutputFolder.nearestExisting(path))
  }
}

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check libraries, machine, cache and data sets.",
    discussion: """
      Changes nothing and needs no network.

      Examples:
        silhouette doctor
        silhouette doctor --json
      """)

  @Flag(help: "Print JSON instead of text.")
  var json = false

  func run() throws {
    let figures = DoctorFigures.measured()
    if json {
      try ConsoleOutput.writeJSON(figures)
    } else {
      try ConsoleOutput.write(Self.text(figures))
    }
  }

  private static func text(_ figures: DoctorFigures) -> String {
    var lines = ["silhouette \(figures.version)"]
    for library in figures.libraries { lines.append("\(library.name): \(library.version)") }
    let gibibytes = Double(figures.memoryBytes) / Double(1 << 30)
    lines.append("machine: \(figures.cores) cores, \(Int(gibibytes.rounded())) GiB of memory")
    lines.append(
      "cache: \(figures.cacheFolder), "
        + (figures.isCacheWritable
          ? "writable" : "NOT WRITABLE; set XDG_CACHE_HOME to a folder that is"))
    for dataSet in figures.dataSets {
      if let path = dataSet.path {
        lines.append("\(dataSet.name): \(path) (\(dataSet.place ?? "found"))")
      } else {
        lines.append(
          "\(dataSet.name): not found"
            + (Adapters.isFolderNamedByEnvironment ? " in $SILHOUETTE_DATA" : "")
            + "; fetch it with: \(Adapters.fetchCommand(for: dataSet.name))")
      }
    }
    return lines.joined(separator: "\n")
  }
}
