internal import ArgumentParser
internal import CryptoPrimitives
internal import PlannedRounds
internal import Report
internal import RoundVocabulary
internal import Scenarios
internal import Simulator

extension TaskKind: ExpressibleByArgument {}

struct AuditEmpiricalCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "empirical",
    abstract: "Search for canaries in what the mechanisms of a scenario or a plan release.",
    discussion: """
      Made-up contributions of the greatest size are in or out by the toss of a coin; all of them go \
      through the real contribution path, clip, rounding, noise and ring. Then it is guessed who was in. \
      More right guesses than the claimed epsilon lets anybody have, but for a probability of --alpha, \
      refute the claim: exit code 1.

      What was not refuted is not proved. The ceiling is the most that so many canaries could have \
      shown; where it is below the claim, nothing could have failed, and the verdict says so. The estimate is \
      what average canaries let one guess (Andrew et al. 2024): it bounds nothing, and no verdict hangs on it.

      With --plan the mechanisms of a plan are measured, as its coordinator announces them and its devices \
      compare them. `audit report` shows such a measurement as one of that plan, and `coordinator model promote` \
      demands it where the plan has audit.gate.

      Examples:
        silhouette audit empirical simulations/demo.yaml
        silhouette audit empirical --plan plan.yaml --json > measured.json
        silhouette audit empirical simulations/demo.yaml --task ranker --canaries 1000 --json
      """)

  @Argument(help: "The scenario file.", completion: .file(extensions: ["yaml", "yml"]))
  var scenario: String?

  @Option(
    help: "A plan's document in place of a scenario, as it was signed.",
    completion: .file(extensions: ["yaml", "yml"]))
  var plan: String?

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
    guard (scenario == nil) != (plan == nil) else {
      throw ValidationError(
        "say what to measure: a scenario file, or --plan with a plan's document")
    }
    guard plan == nil || (overrides.isEmpty && data == nil) else {
      throw ValidationError(
        "--set and --data go with a scenario; a plan is measured as it was signed")
    }
    guard plan == nil || task != .evaluation else {
      throw ValidationError(
        "--task is evaluation, which no plan has; write statistics, gram or ranker")
    }
    guard (2...1_000_000).contains(canaries) else {
      throw ValidationError("--canaries is \(canaries); write 2 to 1000000")
    }
    guard alpha > 0, alpha < 1 else {
      throw ValidationError("--alpha is \(alpha); write a number between 0 and 1")
    }
  }

  /// What is measured: names, and each task as it can be audited.
  private struct Subject {
    let name: String
    var plan: String?
    let heading: String
    let tasks: [TaskKind]
    let audited: (TaskKind) throws -> AuditedTask
  }

  private func subject() throws -> Subject {
    if let plan {
      let planned = try PlanFile.read(plan)
      return Subject(
        name: planned.plan.name, plan: planned.hash.description,
        heading: "plan \(planned.plan.name), \(planned.hash)", tasks: PlannedTasks.order,
        audited: { planned.audited($0) })
    }
    let planned = try PlannedScenario(file: scenario ?? "", overrides: overrides, data: data)
    return Subject(
      name: planned.effective.scenario.name, heading: planned.heading, tasks: TaskKind.allCases,
      audited: { try planned.plan.audited($0) })
  }

  func run() async throws {
    let subject = try subject()
    let audit = EmpiricalAudit(canaries: canaries, significance: alpha, seed: seed)
    let display = ProgressDisplay(isQuiet: quiet)
    var tasks: [EmpiricalFigures.Task] = []
    var notices: [String] = []
    for kind in task.map({ [$0] }) ?? subject.tasks {
      display.show(phase: "canaries in \(kind.rawValue)", fraction: nil)
      do {
        tasks.append(try audit.measure(try subject.audited(kind)))
      } catch let obstacle as EmpiricalAudit.Obstacle {
        notices.append("\(kind.rawValue) is not measured: \(obstacle)")
      }
    }
    display.finish()
    if !quiet { for notice in notices { ConsoleError.write("notice: " + notice) } }
    let figures = EmpiricalFigures(
      scenario: subject.name, plan: subject.plan, seed: seed, tasks: tasks)
    try ConsoleOutput.write(
      json ? try FigureJSON.text(of: figures) : Self.text(figures, heading: subject.heading))
    let refuted = tasks.count { $0.verdict == "fail" }
    guard refuted == 0 else { throw AuditFailure.claimRefuted(count: refuted) }
  }

  private static func text(_ figures: EmpiricalFigures, heading: String) -> String {
    var rows = [
      [
        "task", "releases", "canaries", "right guesses", "epsilon at least", "ceiling", "claimed",
        "verdict", "estimate",
      ]
    ]
    for task in figures.tasks {
      let verdict =
        task.verdict == "fail"
        ? "FAIL"
        : task.claimedEpsilon.map { task.ceiling > $0 ? "pass" : "pass, could not have failed" }
          ?? "nothing to refute"
      rows.append([
        task.task, "\(task.releases)", "\(task.canaries)", "\(task.correct) of \(task.guesses)",
        FigureText.short(task.lowerBound, digits: 3), FigureText.short(task.ceiling, digits: 3),
        task.claimedEpsilon.map(FigureText.upperBound) ?? FigureText.noBound, verdict,
        task.estimate.map { FigureText.short($0, digits: 3) } ?? "-",
      ])
    }
    let alpha = figures.tasks.first.map { FigureText.short($0.alpha) } ?? "-"
    return heading + "\n\n" + ResultTable.aligned(rows)
      + "\n\nBounds hold with probability 1 - \(alpha) each. The gap to a claim is no reserve, "
      + "and the estimate bounds nothing."
  }
}
