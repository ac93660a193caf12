internal import ArgumentParser
internal import Report
internal import RoundVocabulary
internal import Scenarios
internal import Simulator

extension TaskKind: ExpressibleByArgument {}

struct AuditEmpiricalCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "empirical",
    abstract: "Search for canaries in what a scenario's mechanisms release.",
    discussion: """
      Made-up contributions of the greatest size are in or out by the toss of a coin; all of them go \
      through the real contribution path, clip, rounding, noise and ring. Then it is guessed who was in. \
      More right guesses than the claimed epsilon lets anybody have, but for a probability of --alpha, \
      refute the claim: exit code 1.

      What was not refuted is not proved. The ceiling is the most that so many canaries could have \
      shown; where it is below the claim, nothing could have failed, and the verdict says so.

      Examples:
        silhouette audit empirical simulations/demo.yaml
        silhouette audit empirical simulations/demo.yaml --task ranker --canaries 1000 --json
      """)

  @Argument(help: "The scenario file.", completion: .file(extensions: ["yaml", "yml"]))
  var scenario: String

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Override a setting; may be repeated.", valueName: "key.path=value"))
  var overrides: [String] = []

  @Option(help: "One task only: statistics, gram, ranker or evaluation.")
  var task: TaskKind?

  @Option(help: "Canaries, as far as the cohort has room for them: 2 to 1000000.")
  var canaries = 1000

  @Option(help: "The probability at which an honest mechanism may fail.")
  var alpha = 0.05

  @Option(parsing: .unconditional, help: "The seed of canaries, coins and noise.")
  var seed: UInt64 = 1

  @Option(help: "Folder with the MovieLens data set.")
  var data: String?

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  @Flag(help: "Show no progress.")
  var quiet = false

  func validate() throws {
    guard (2...1_000_000).contains(canaries) else {
      throw ValidationError("--canaries is \(canaries); write 2 to 1000000")
    }
    guard alpha > 0, alpha < 1 else {
      throw ValidationError("--alpha is \(alpha); write a number between 0 and 1")
    }
  }

  func run() async throws {
    let planned = try PlannedScenario(file: scenario, overrides: overrides, data: data)
    let audit = EmpiricalAudit(
      planned.plan, canaries: canaries, significance: alpha, seed: seed)
    let display = ProgressDisplay(isQuiet: quiet)
    var tasks: [EmpiricalFigures.Task] = []
    var notices: [String] = []
    for kind in task.map({ [$0] }) ?? TaskKind.allCases {
      display.show(phase: "canaries in \(kind.rawValue)", fraction: nil)
      do {
        tasks.append(try audit.measure(kind))
      } catch let obstacle as EmpiricalAudit.Obstacle {
        notices.append("notice: \(kind.rawValue) is not measured: \(obstacle)")
      }
    }
    display.finish()
    for notice in notices { ConsoleError.write(notice) }
    let figures = EmpiricalFigures(
      scenario: planned.effective.scenario.name, seed: seed, tasks: tasks)
    try ConsoleOutput.write(
      json ? try FigureJSON.text(of: figures) : Self.text(figures, heading: planned.heading))
    let refuted = tasks.count { $0.verdict == "fail" }
    guard refuted == 0 else { throw AuditFailure.claimRefuted(count: refuted) }
  }

  private static func text(_ figures: EmpiricalFigures, heading: String) -> String {
    var rows = [
      [
        "task", "releases", "canaries", "right guesses", "epsilon at least", "ceiling", "claimed",
        "verdict",
      ]
    ]
    for task in figures.tasks {
      let couldFail = task.ceiling > (task.claimedEpsilon ?? .infinity)
      rows.append([
        task.task, "\(task.releases)", "\(task.canaries)", "\(task.correct) of \(task.guesses)",
        FigureText.short(task.lowerBound, digits: 3), FigureText.short(task.ceiling, digits: 3),
        task.claimedEpsilon.map(FigureText.upperBound) ?? "nothing",
        task.verdict == "fail" ? "FAIL" : couldFail ? "pass" : "pass, could not have failed",
      ])
    }
    let alpha = figures.tasks.first.map { FigureText.short($0.alpha) } ?? "-"
    return heading + "\n\n" + ResultTable.aligned(rows)
      + "\n\nBounds hold with probability 1 - \(alpha) each. The gap to a claim is no reserve."
  }
}
