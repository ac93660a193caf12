internal import Foundation

extension ReportRenderer {
  /// The figures as JSON: indented, keys in order, the same bytes for the same figures.
  ///
  /// Without timings, two runs of one seed give the same bytes.
  /// - Throws: `ReportError.figureNotFinite` when a figure is not a finite number, which JSON
  ///   cannot hold.
  package static func json(
    _ figures: RunFigures, includingTimings: Bool = true
  ) throws(ReportError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      let encoded =
        includingTimings
        ? try encoder.encode(figures) : try encoder.encode(UntimedFigures(figures: figures))
      return Array(encoded) + [UInt8(ascii: "\n")]
    } catch EncodingError.invalidValue(_, let context) {
      throw .figureNotFinite(path: context.codingPath.map(\.stringValue).joined(separator: "."))
    } catch {
      throw .encodingFailed(reason: String(describing: error))
    }
  }
}

/// All figures but the timings.
private struct UntimedFigures: Encodable {
  var figures: RunFigures

  private enum Key: String, CodingKey {
    case schema, title, warnings, scenario, population, guarantees, rounds, methods, coldStart,
      longTail
    case learningCurves, otherMechanism, decisions, tags, privateEvaluation, profiles, deviceCost
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(figures.schema, forKey: .schema)
    try container.encode(figures.title, forKey: .title)
    try container.encode(figures.warnings, forKey: .warnings)
    try container.encode(figures.scenario, forKey: .scenario)
    try container.encode(figures.population, forKey: .population)
    try container.encode(figures.guarantees, forKey: .guarantees)
    try container.encode(figures.rounds, forKey: .rounds)
    try container.encode(figures.methods, forKey: .methods)
    try container.encode(figures.learningCurves, forKey: .learningCurves)
    try container.encodeIfPresent(figures.otherMechanism, forKey: .otherMechanism)
    try container.encode(figures.coldStart, forKey: .coldStart)
    try container.encode(figures.longTail, forKey: .longTail)
    try container.encode(figures.decisions, forKey: .decisions)
    try container.encode(figures.tags, forKey: .tags)
    try container.encode(figures.privateEvaluation, forKey: .privateEvaluation)
    try container.encode(figures.profiles, forKey: .profiles)
    try container.encode(figures.deviceCost, forKey: .deviceCost)
  }
}
