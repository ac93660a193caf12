internal import Foundation
internal import Report

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
