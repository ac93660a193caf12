internal import Report
internal import Scenarios
internal import Simulator

/// The encodings that a planner chooses for a scenario.
struct EncodingPlan: Encodable {
  let name: String
  let planHash: String
  /// What the run costs with these encodings, against those who see releases.
  let epsilon: Double
  let delta: Double
  let tasks: [PlannedEncoding]
  private let heading: String

  init(_ planned: PlannedScenario) throws {
    heading = planned.heading
    name = planned.effective.scenario.name
    planHash = planned.effective.hash
    let planned = try planned.plan.encodings()
    (epsilon, delta, tasks) = (planned.epsilon, planned.delta, planned.tasks)
  }

  private enum CodingKeys: String, CodingKey {
    case name, planHash, epsilon, delta, tasks
  }

  var text: String {
    let header = [
      "task", "values", "devices", "rounds", "clip", "scale bits", "ring bits", "rotated",
      "noise z", "device noise", "signal/noise", "wraps", "upload", "as written",
    ]
    return heading + "\n\n" + ResultTable.aligned([header] + tasks.map(Self.row))
      + "\n\nTogether (epsilon, delta) = (\(CertifiedText.upward(epsilon)), "
      + "\(CertifiedText.upward(delta))) against those who see releases."
  }

  private static func row(_ task: PlannedEncoding) -> [String] {
    [
      task.task, "\(task.dimension)", "\(task.cohort)", "\(task.participations)",
      FigureText.short(task.clipNorm), "\(task.scaleBits)", "\(task.ringBits)",
      task.isRotated ? "yes" : "no", FigureText.significant(task.noiseMultiplier),
      task.deviceNoiseDeviation == 0 ? "none" : FigureText.significant(task.deviceNoiseDeviation),
      FigureText.significant(task.signalToNoise),
      task.wrapProbability == 0 ? "never" : "< " + FigureText.scientific(task.wrapProbability),
      FigureText.bytes(task.uploadBytes), FigureText.bytes(task.writtenUploadBytes),
    ]
  }
}
