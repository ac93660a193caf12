package import Foundation

/// The figures as a file.
package enum ReportJSON {
  /// Pretty-printed JSON with sorted keys, the same bytes for the same figures.
  ///
  /// - Parameter includingTimings: without them, two runs of one seed give the same bytes.
  package static func encode(_ figures: RunFigures, includingTimings: Bool = true) throws -> Data {
    var figures = figures
    if !includingTimings { figures.timings = .none }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(figures)
  }
}

extension RunFigures.TimingFigures {
  /// Timings before anything was measured.
  package static var none: Self {
    Self(
      startedAt: "", wallSeconds: 0, cpuSeconds: 0, peakMemoryBytes: 0, threads: 0, phases: [],
      deviceCPUMilliseconds: [])
  }
}
