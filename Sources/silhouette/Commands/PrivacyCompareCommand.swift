internal import ArgumentParser
internal import RoundVocabulary

struct PrivacyCompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Put ways of accounting side by side: what each states for the same mechanisms.",
    discussion: """
      All of them are true bounds; the smaller, the more of the budget is left. "Larger by" is \
      measured from the smallest.

      Examples:
        silhouette privacy compare --gaussian 1 --rounds 1000 --sampling-rate 0.01 --delta 1e-6
        silhouette privacy compare --events plan.yaml --delta 1e-6 --json
      """)

  @OptionGroup(title: "Mechanism")
  var mechanism: MechanismOptions

  @Option(parsing: .unconditional, help: "The delta at which epsilons are compared.")
  var delta: Double

  @Option(help: "Whose presence is hidden (default: the file's, else zero-out).")
  var neighbors: NeighborsArgument?

  @Flag(help: "Print JSON instead of text.")
  var json = false

  func run() throws {
    let plan = try mechanism.plan()
    let figures = try ComparisonFigures(
      plan, delta: delta, neighbors: neighbors?.relation ?? plan.neighbors ?? .zeroOut)
    print(json ? try FigureJSON.text(of: figures) : figures.text)
  }
}
