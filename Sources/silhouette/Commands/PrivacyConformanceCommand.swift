internal import AccountingConformance
internal import ArgumentParser

struct PrivacyConformanceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conformance",
    abstract: "Check the accountant against a folder of golden values.",
    discussion: """
      Runs every case of every .json file with the schema dp-accounting-vectors/1. A number below \
      the truth is unsound, one that a good accountant would undercut is loose; exit code 1 says \
      that there is either. What the accountant does not compute counts as unsupported.

      Examples:
        silhouette privacy conformance protocols/vectors/accounting
        silhouette privacy conformance vectors --json --quiet > conformance.json
      """)

  @Argument(help: "The folder of vectors.", completion: .directory)
  var folder: String

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  @Flag(help: "Show no progress.")
  var quiet = false

  func run() async throws {
    let files = try VectorReader.read(folder: folder)
    let display = ProgressDisplay(isQuiet: quiet)
    let report = try await Conformance().run(files) {
      display.show(phase: "accounting", fraction: $0)
    }
    display.finish()
    let figures = ConformanceFigures(report)
    print(json ? try FigureJSON.text(of: figures) : figures.text)
    guard report.isConforming else {
      throw CommandFailure.notConforming(
        unsound: report.tally.unsound, loose: report.tally.loose)
    }
  }
}
