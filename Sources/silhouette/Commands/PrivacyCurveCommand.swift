internal import ArgumentParser
internal import PrivacyAccounting
internal import RoundVocabulary

struct PrivacyCurveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "curve",
    abstract: "Draw epsilon over delta or over rounds as an SVG.",
    discussion: """
      Over delta the mechanisms are as given. Over rounds each of them is run 1, 2, ... up to \
      --rounds times, at one --delta.

      Examples:
        silhouette privacy curve --gaussian 1 --rounds 1000 --sampling-rate 0.01 --out curve.svg
        silhouette privacy curve --over rounds --gaussian 1 --sampling-rate 0.01 --rounds 100000 \
      --delta 1e-6 --out rounds.svg --json
      """)

  @OptionGroup(title: "Mechanism")
  var mechanism: MechanismOptions

  @Option(help: "What runs along the horizontal axis: delta or rounds.")
  var over = OverArgument.delta

  @Option(parsing: .unconditional, help: "The delta of a curve over rounds.")
  var delta: Double?

  @Option(help: "Whose presence is hidden (default: the file's, else zero-out).")
  var neighbors: NeighborsArgument?

  @Option(help: "The SVG file to write.")
  var out: String?

  @Flag(help: "Print the points as JSON.")
  var json = false

  /// `CurveFigures.Axis` on the command line.
  enum OverArgument: String, ExpressibleByArgument, CaseIterable {
    case delta
    case rounds
  }

  func validate() throws {
    if out == nil, !json {
      throw ValidationError("write --out FILE for the picture, --json for the points, or both")
    }
    if (over == .rounds) != (delta != nil) {
      throw ValidationError("--delta goes with --over rounds, which needs it")
    }
  }

  func run() async throws {
    let plan = try mechanism.plan()
    let neighbors = neighbors?.relation ?? plan.neighbors ?? .zeroOut
    let figures =
      if let delta {
        try await CurveFigures.overRounds(
          plan, delta: delta, neighbors, most: plan.items.map(\.rounds).max() ?? 1)
      } else {
        try await CurveFigures.overDelta(plan, neighbors)
      }
    if let out { try AtomicFile.write(figures.svg, to: out) }
    print(json ? try FigureJSON.text(of: figures) : "Curve: \(out ?? "")")
  }
}
