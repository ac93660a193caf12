internal import ArgumentParser
internal import CoordinatorNode
internal import CryptoPrimitives
internal import PlannedRounds
internal import PrivacyAuditing
internal import Report
internal import RoundVocabulary
internal import Scenarios
internal import Simulator
internal import Storage

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
      compare them. `audit report` shows such a measurement as one of that plan, and `coordinator model promote`, \
      pin and rollback demand it where the plan has audit.gate.

      With --dir and --devices a task is measured while it runs, or after: what the coordinator in --dir has \
      released is searched for the canary devices whose folders are in --devices. See `silhouette client canary`. \
      Only devices are looked for that have contributed to the task, by their own ledgers. Every look is a test of its own, which fails an \
      honest mechanism with probability --alpha: decide beforehand when to look.

      Examples:
        silhouette audit empirical simulations/demo.yaml
        silhouette audit empirical --plan plan.yaml --json > measured.json
        silhouette audit empirical --dir state --plan PLAN --devices canaries
        silhouette audit empirical simulations/demo.yaml --task ranker --canaries 1000 --json
      """)

  @Argument(help: "The scenario file.", completion: .file(extensions: ["yaml", "yml"]))
  var scenario: String?

  @Option(
    help: """
      A plan's document in place of a scenario, as it was signed; with --dir the plan's name, or its hash, or the \
      first digits of it.
      """,
    completion: .file(extensions: ["yaml", "yml"]))
  var plan: String?

  @Option(help: "The folder of the coordinator whose releases are searched.")
  var dir: String?

  @Option(help: "The folder with the folders of canary devices; with --dir.")
  var devices: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Override a setting; may be repeated.", valueName: "key.path=value"))
  var overrides: [String] = []

  @Option(help: "One task only: statistics, gram, ranker, encoder or evaluation.")
  var task: TaskKind?

  @Option(
    help: """
      Canaries, 2 to 1000000; 1000 unless given. Where a cohort has no room for all, they are divided between \
      runs that are independent of each other.
      """)
  var canaries: Int?

  @Option(help: "The probability at which an honest mechanism may fail.")
  var alpha = 0.05

  @Option(parsing: .unconditional, help: "The seed of canaries, coins and noise; 1 unless given.")
  var seed: UInt64?

  @Option(help: "Folder with the MovieLens data set.")
  var data: String?

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  @Flag(help: "Show no progress.")
  var quiet = false

  func validate() throws {
    guard (dir == nil) == (devices == nil), dir == nil || plan != nil else {
      throw ValidationError(
        "--dir, --devices and --plan go together: a coordinator, its canary devices, and which plan"
      )
    }
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
    guard dir == nil || (canaries == nil && seed == nil) else {
      throw ValidationError(
        "--canaries and --seed go without --dir: canary devices have theirs from silhouette client canary"
      )
    }
    if let canaries, !(2...1_000_000).contains(canaries) {
      throw ValidationError("--canaries is \(canaries); write 2 to 1000000")
    }
    guard alpha > 0, alpha < 1 else {
      throw ValidationError("--alpha is \(alpha); write a number between 0 and 1")
    }
  }

  /// What is measured: names, and how each task is.
  private struct Subject {
    let name: String
    var plan: String?
    let heading: String
    let tasks: [TaskKind]
    /// Of the canaries.
    let seed: UInt64
    let measure: (TaskKind) throws -> EmpiricalFigures.Task
  }

  private func subject() async throws -> Subject {
    let seed = seed ?? 1
    let audit = EmpiricalAudit(canaries: canaries ?? 1_000, significance: alpha, seed: seed)
    if let plan, let dir, let devices {
      return try await running(plan, at: dir, devices: CanaryFolder.devices(in: devices))
    }
    if let plan {
      let planned = try PlanFile.read(plan)
      return Self.subject(planned, seed: seed) { try audit.measure(planned.audited($0)) }
    }
    let planned = try PlannedScenario(file: scenario ?? "", overrides: overrides, data: data)
    return Subject(
      name: planned.effective.scenario.name, heading: planned.heading, tasks: TaskKind.allCases,
      seed: seed,
      measure: { try audit.measure(try planned.plan.audited($0)) })
  }

  private static func subject(
    _ planned: PlannedTasks, seed: UInt64,
    measure: @escaping (TaskKind) throws -> EmpiricalFigures.Task
  ) -> Subject {
    Subject(
      name: planned.plan.name, plan: planned.hash.description,
      heading: "plan \(planned.plan.name), \(planned.hash)", tasks: PlannedTasks.order,
      seed: seed, measure: measure)
  }

  private func running(
    _ plan: String, at dir: String, devices: [CanaryDevice]
  ) async throws -> Subject {
    // Faults of the devices end the command, they are no notices.
    let seed = try EmpiricalAudit.check(devices.map(\.role)).seed
    // Cannot fail: any text may be one.
    guard let wanted = HashPrefix(argument: plan) else {
      throw ValidationError("--plan names no plan")
    }
    let lineage = try await CoordinatorFolder(path: dir).withStore { store in
      let plans = try await store.plans()
      let hash = try PlanName.hash(wanted, among: plans)
      // Cannot fail: the hash is one of theirs.
      guard let record = plans.first(where: { $0.hash == hash }) else {
        throw StorageError.unknownPlan(hash)
      }
      return try await PlanLineage(of: record, in: store)
    }
    return Self.subject(lineage.tasks, seed: seed) { task in
      guard let releases = lineage.releases(of: task) else {
        throw EmpiricalAudit.Obstacle.sumsNotKept
      }
      return try EmpiricalAudit.measure(
        lineage.tasks.audited(task, releases: lineage.releaseCount(of: task)),
        canaries: devices.filter { $0.tookPart(in: task, of: lineage.tasks) }.map(\.role),
        releases: releases, significance: alpha)
    }
  }

  func run() async throws {
    let subject = try await subject()
    let display = ProgressDisplay(isQuiet: quiet)
    var tasks: [EmpiricalFigures.Task] = []
    var notices: [String] = []
    for kind in task.map({ [$0] }) ?? subject.tasks {
      display.show(phase: "canaries in \(kind.rawValue)", fraction: nil)
      do {
        tasks.append(try subject.measure(kind))
      } catch let obstacle as EmpiricalAudit.Obstacle {
        notices.append("\(kind.rawValue) is not measured: \(obstacle)")
      }
    }
    display.finish()
    guard !tasks.isEmpty else { throw AuditFailure.nothingMeasured(reasons: notices) }
    if !quiet { for notice in notices { ConsoleError.write("notice: " + notice) } }
    let figures = EmpiricalFigures(
      scenario: subject.name, plan: subject.plan, seed: subject.seed, tasks: tasks)
    try ConsoleOutput.write(
      json ? try FigureJSON.text(of: figures) : Self.text(figures, heading: subject.heading))
    let refuted = tasks.count { $0.verdict == "fail" }
    guard refuted == 0 else { throw AuditFailure.claimRefuted(count: refuted) }
  }

  private static func text(_ figures: EmpiricalFigures, heading: String) -> String {
    var rows = [
      [
        "task", "releases", "runs", "canaries", "right guesses", "epsilon at least", "ceiling",
        "claimed",
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
        task.task, "\(task.releases)", "\(task.runs ?? 1)", "\(task.canaries)",
        "\(task.correct) of \(task.guesses)",
        FigureText.short(task.lowerBound, digits: 3), FigureText.short(task.ceiling, digits: 3),
        task.claimedEpsilon.map(FigureText.upperBound) ?? FigureText.noBound, verdict,
        // Where nothing could be told, an estimate says nothing.
        task.ceiling > 0 ? task.estimate.map { FigureText.short($0, digits: 3) } ?? "-" : "-",
      ])
    }
    let alpha = figures.tasks.first.map { FigureText.short($0.alpha) } ?? "-"
    return heading + "\n\n" + ResultTable.aligned(rows)
      + "\n\nBounds hold with probability 1 - \(alpha) each. The gap to a claim is no reserve, "
      + "and the estimate bounds nothing."
  }
}
