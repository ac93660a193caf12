internal import CryptoPrimitives
internal import PlannedRounds
internal import Report
internal import RoundVocabulary
internal import Scenarios
internal import Simulator
internal import Storage

/// What a plan with audit.gate asks for before one of its versions is offered to devices.
enum ReleaseGate {
  /// The largest alpha of a measurement: how often a mechanism that keeps its promise may fail.
  static let mostAlpha = 0.05

  /// The pass for versions of a plan; nil for a plan without a gate, whose versions need none.
  ///
  /// - Parameter file: of a measurement; nil if none was named.
  static func pass(of plan: PlanRecord, measured file: String?) throws -> GatePass? {
    guard plan.hasGate else { return nil }
    let decoded = try PlanDecoder.decode(
      yaml: String(decoding: plan.document, as: UTF8.self), file: "plan \(plan.hash)")
    return try pass(of: PlannedTasks(decoded, hash: plan.hash), measured: file)
  }

  /// Opens the gate of a plan, or says why not.
  ///
  /// The claims of the file are not taken over: each bound is compared with what the plan's own mechanism claims.
  static func pass(of planned: PlannedTasks, measured file: String?) throws -> GatePass {
    guard let file else { throw AuditFailure.gateNeedsMeasurement(plan: planned.plan.name) }
    let figures = try MeasurementFile.read(file)
    guard figures.plan == planned.hash.description else {
      throw AuditFailure.otherMeasurement(
        file: file, measured: figures.plan.map { "the plan \($0)" } ?? "a scenario",
        plan: "\(planned.hash)")
    }
    let claims = try PlannedTasks.order.map { task in
      // Without noise nothing is claimed, and nothing can be refuted.
      let claimed = try planned.audited(task).claimedEpsilon()
      return (task, claimed, figures.tasks.filter { $0.task == task.rawValue })
    }
    // Refutation of any task first: whatever else is wrong with a measurement, that is what an operator has to know.
    for (_, claimed, measured) in claims {
      for figure in measured
      where figure.verdict == "fail" || figure.lowerBound > claimed ?? .infinity {
        throw AuditFailure.gateClosed(
          file: file, task: figure.task, found: figure.lowerBound, claimed: claimed ?? .infinity)
      }
    }
    for (task, claimed, measured) in claims {
      guard !measured.isEmpty else {
        throw AuditFailure.faultyMeasurement(
          file: file, reason: "the task \(task.rawValue) was not measured")
      }
      guard let claimed else { continue }
      for figure in measured {
        try check(figure, claimed: claimed, delta: planned.plan.privacy.delta, file: file)
      }
    }
    return GatePass(plan: planned.hash)
  }

  /// Whether a measurement that refuted nothing says anything.
  private static func check(
    _ measured: EmpiricalFigures.Task, claimed: Double, delta: Double, file: String
  ) throws {
    guard measured.delta == delta else {
      throw AuditFailure.faultyMeasurement(
        file: file, reason: "\(measured.task) was measured at delta \(measured.delta), not \(delta)"
      )
    }
    guard measured.alpha > 0, measured.alpha <= mostAlpha else {
      throw AuditFailure.gateNeedsAlpha(
        file: file, task: measured.task, alpha: measured.alpha, most: mostAlpha)
    }
    guard measured.ceiling > claimed else {
      throw AuditFailure.gateNeedsCanaries(
        file: file, task: measured.task, canaries: measured.canaries, ceiling: measured.ceiling,
        claimed: claimed)
    }
  }
}
