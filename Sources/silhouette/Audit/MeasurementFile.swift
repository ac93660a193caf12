internal import CryptoPrimitives
internal import Foundation
internal import PlannedRounds
internal import Report
internal import RoundVocabulary
internal import Scenarios
internal import Simulator

/// What `audit empirical --json` has written.
enum MeasurementFile {
  /// - Throws: `AuditFailure.faultyMeasurement`, with the field.
  static func read(_ path: String) throws -> EmpiricalFigures {
    let bytes = try BundleFile.read(path)
    do {
      let figures = try JSONDecoder().decode(EmpiricalFigures.self, from: Data(bytes))
      guard figures.schema == EmpiricalFigures.currentSchema else {
        throw AuditFailure.faultyMeasurement(file: path, reason: "its schema is \(figures.schema)")
      }
      return figures
    } catch let error as DecodingError {
      throw AuditFailure.faultyMeasurement(file: path, reason: error.fault)
    }
  }
}

/// What a plan with audit.gate asks for before one of its versions is put to use by hand.
enum ReleaseGate {
  /// Opens, or says why not.
  ///
  /// The verdicts of the file are not taken over: each bound is compared with what the plan's own mechanism claims.
  /// - Parameter file: of a measurement; nil if none was named.
  static func check(_ planned: PlannedTasks, measured file: String?) throws {
    guard planned.plan.audit.gate else { return }
    guard let file else { throw AuditFailure.gateNeedsMeasurement(plan: planned.plan.name) }
    let figures = try MeasurementFile.read(file)
    guard figures.plan == planned.hash.description else {
      throw AuditFailure.otherMeasurement(
        file: file, measured: figures.plan.map { "the plan \($0)" } ?? "a scenario",
        plan: "\(planned.hash)")
    }
    for task in PlannedTasks.order {
      guard let measured = figures.tasks.first(where: { $0.task == task.rawValue }) else {
        throw AuditFailure.faultyMeasurement(
          file: file, reason: "the task \(task.rawValue) was not measured")
      }
      // Without noise nothing is claimed, and nothing can be refuted.
      guard let claimed = try planned.audited(task).claimedEpsilon() else { continue }
      guard measured.lowerBound <= claimed, measured.verdict != "fail" else {
        throw AuditFailure.gateClosed(
          file: file, task: task.rawValue, found: measured.lowerBound, claimed: claimed)
      }
    }
  }
}
