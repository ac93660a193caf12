internal import ArgumentParser
internal import Foundation
internal import Report
internal import Scenarios
internal import Simulator

struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Run a scenario and write its report.",
    discussion: """
      MovieLens is looked for in --data, else in $SILHOUETTE_DATA, else in ../shared/data and the \
      cache. Where no folder is named and it is in neither of these, the download is offered, with its license; without leave to download, a \
      synthetic population of the same size stands in and the report says so.

      Examples:
        silhouette simulate simulations/demo.yaml
        silhouette simulate simulations/movielens-100k.yaml --set privacy.epsilon=1 --seed 7
        silhouette simulate simulations/demo.yaml --yes --quiet --json > report.json
        silhouette simulate simulations/secure.yaml --secure
        silhouette simulate simulations/sequence-100k.yaml --checkpoints runs/kept
      """)

  @Argument(help: "The scenario file.", completion: .file(extensions: ["yaml", "yml"]))
  var scenario: String

  @Option(
    help:
      "Folder for report.html, report.json and the released model (default: runs/<name of the scenario>)."
  )
  var out: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Override a setting; may be repeated.", valueName: "key.path=value"))
  var overrides: [String] = []

  @Flag(
    help: "Mask every contribution and open sums only: simulation.secureAggregation=true.")
  var secure = false

  @Option(parsing: .unconditional, help: "Override the scenario's seed: a number from 0 up.")
  var seed: UInt64?

  @Option(help: "Folder with the MovieLens data set.")
  var data: String?

  @Option(
    help: ArgumentHelp(
      "Keep the encoder here every few rounds; a run that was interrupted goes on from it.",
      valueName: "folder"))
  var checkpoints: String?

  @Flag(help: "Agree to the download of a data set under its license.")
  var yes = false

  @Flag(help: "Print report.json to stdout instead of the table.")
  var json = false

  @Flag(help: "Show no progress.")
  var quiet = false

  func validate() throws {
    try checkNotEmpty(out, "--out")
    try checkNotEmpty(data, "--data")
    try checkNotEmpty(checkpoints, "--checkpoints")
  }

  func run() async throws {
    let effective = try ScenarioDecoder.decode(
      yaml: try ScenarioFile.text(of: scenario), file: scenario,
      overrides: overrides + (secure ? ["simulation.secureAggregation=true"] : [])
        + (seed.map { ["seed=\($0)"] } ?? []))
    let folder = out ?? "runs/\(effective.scenario.name)"
    try OutputFolder.check(folder)

    let display = ProgressDisplay(isQuiet: quiet)
    let source = BehaviorSource(
      behavior: effective.scenario.behavior, scenarioFile: scenario, explicitFolder: data,
      mayDownload: yes, display: display)
    var outcome = try await source.population()
    outcome.publicPopulation = try await source.publicPopulation(
      effective.scenario.encoder?.pretraining)
    let result = try await Adapters.simulate(
      effective, outcome, scenarioFile: scenario, command: command(dataPlace: outcome.dataPlace),
      checkpoints: checkpoints
    ) { display.show(phase: $0.phase, fraction: $0.fraction) }
    display.show(phase: "writing the report", fraction: nil)
    let figures = result.figures
    let report = try write(figures, result.model, to: folder)
    display.finish()
    for warning in figures.warnings { ConsoleError.write("warning: \(warning)") }
    try ConsoleOutput.write(
      json ? report.json : ResultTable.text(figures) + "\n\nReport: \(report.page)")
  }

  private func write(
    _ figures: RunFigures, _ model: ReleasedModel, to folder: String
  ) throws -> (json: String, page: String) {
    let json = String(decoding: try ReportRenderer.json(figures), as: UTF8.self)
    let paths = try AtomicFile.write(
      [
        ("report.json", Array((json + "\n").utf8)),
        ("report.html", Array(Adapters.html(figures).utf8)),
        (ReleasedModel.fileName, model.encoded),
      ], into: folder)
    return (json, paths[1])
  }

  /// The command that makes the same figures again.
  /// - Parameter dataPlace: where the data set was found without `--data`, as a shell reads it.
  ///   Naming it makes the command fail where the set is missing, instead of taking other behavior.
  private func command(dataPlace: String?) -> String {
    var words = ["silhouette", "simulate", scenario]
    for override in overrides { words += ["--set", override] }
    if let seed { words += ["--seed", "\(seed)"] }
    if let data { words += ["--data", data] }
    return (words.map(ShellWord.quoted) + (dataPlace.map { ["--data", $0] } ?? []))
      .joined(separator: " ")
  }
}
