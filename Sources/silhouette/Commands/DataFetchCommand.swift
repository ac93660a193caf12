internal import ArgumentParser
internal import Scenarios

struct DataFetchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Fetch a data set from its publisher.",
    discussion: """
      Shows the license first and asks, unless --yes is given. An interrupted download goes on \
      where it stopped. The path of the data set is printed.

      Examples:
        silhouette data fetch movielens-100k
        silhouette data fetch movielens-1m --yes --to data
      """)

  @Argument(help: "movielens-100k or movielens-1m.")
  var name: String

  @Flag(help: "Agree to the license without being asked.")
  var yes = false

  @Option(help: "Folder to fetch into (default: the user's cache).")
  var to: String?

  @Flag(help: "Print JSON instead of the path alone.")
  var json = false

  /// What is printed as JSON.
  private struct Fetched: Encodable {
    let name: String
    let path: String
  }

  func validate() throws {
    try checkNotEmpty(to, "--to")
    guard !Adapters.dataSetNames.contains(name) else { return }
    let known = Adapters.dataSetNames
    let suggestion = Spelling.nearest(to: name, among: known)
    throw ValidationError(
      "\(name) is not a known data set; "
        + (suggestion.map { "did you mean \($0)?" } ?? "known are \(known.joined(separator: ", "))")
    )
  }

  func run() async throws {
    let folder = to ?? Adapters.cacheFolder
    guard Consent.toDownload(try Adapters.offer(for: name), isGiven: yes) else {
      throw CommandFailure.downloadDeclined(name: name)
    }
    try OutputFolder.check(folder)
    let display = ProgressDisplay(isQuiet: false)
    let name = name
    let path = try await Adapters.download(name, to: folder) {
      display.show(phase: "fetching \(name)", fraction: $0)
    }
    display.finish()
    if json {
      try ConsoleOutput.writeJSON(Fetched(name: name, path: path))
    } else {
      try ConsoleOutput.write(path)
    }
  }
}
