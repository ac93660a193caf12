package import Behavior
internal import Foundation
internal import NumericalMethods
internal import ProfileModel
internal import Scenarios

/// Central training of the encoder on a data set, timed and ranked by both protocols.
package struct EncoderBenchmark: Sendable {
  let population: Population
  let settings: [String: Double]

  /// - Parameter settings: seed, epochs, batch, rate, dropout, decay, length, context, recut,
  ///   averaging, validation, threads.
  package init(population: Population, settings: [String: Double]) {
    self.population = population
    self.settings = settings
  }

  /// What `settings` may name.
  private static let known: Set<String> = [
    "seed", "epochs", "batch", "rate", "dropout", "decay", "length", "context", "recut",
    "averaging", "validation", "threads",
  ]

  /// A setting that nothing reads: it would otherwise be ignored, and a run taken for another.
  package struct UnknownSetting: Error, CustomStringConvertible {
    package let name: String
    package var description: String { "unknown setting \(name)" }
  }

  /// Trains, ranks, and returns one line of JSON, which says on which items it was measured.
  package func run() async throws -> String {
    if let name = settings.keys.sorted().first(where: { !Self.known.contains($0) }) {
      throw UnknownSetting(name: name)
    }
    let seed = UInt64(settings["seed"] ?? 1)
    let scenario = try ScenarioDecoder.decode(
      yaml: "name: encoder\nbehavior: { source: movielens-100k }\n", file: "benchmark",
      overrides: [
        "seed=\(seed)",
        "evaluation.heldOut=\(settings["validation"] == 1 ? "validation" : "test")",
      ]
    ).scenario
    let devices = DeviceSplit.split(population, scenario: scenario)
    var configuration = SequenceEncoder.Configuration(itemCount: population.catalogue.count)
    configuration.length = Int(settings["length"] ?? 50)
    configuration.contextWidth = Int(settings["context"] ?? 0)
    let encoder = try SequenceEncoder(configuration)
    let sequences = try devices.map {
      try EventSequence(
        $0.history, clock: population.log.clock,
        itemCount: population.catalogue.count)
    }
    var training = CentralEncoderTraining.Configuration()
    training.seed = seed
    training.epochs = Int(settings["epochs"] ?? 40)
    training.batch = Int(settings["batch"] ?? 128)
    training.peakRate = Float(settings["rate"] ?? 3e-3)
    training.dropout = Float(settings["dropout"] ?? 0.3)
    training.recutsWindows = settings["recut"] == 1
    training.averaging = Float(settings["averaging"] ?? 0)
    training.weightDecay = Float(settings["decay"] ?? 0)
    let workers = Workers(count: settings["threads"].map { Int($0) })
    let clock = ContinuousClock()
    let start = clock.now
    let startCPU = PhaseClock.processCPUSeconds()
    let parameters = try await CentralEncoderTraining(
      encoder: encoder, configuration: training, threads: workers.count
    ).run(sequences) { epoch, loss in
      FileHandle.standardError.write(
        Data("epoch \(epoch) loss \(loss) after \(start.duration(to: clock.now))\n".utf8))
    }
    let seconds = start.duration(to: clock.now)
    let cpuSeconds = PhaseClock.processCPUSeconds() - startCPU
    let found = try await QualityEvaluation(
      scenario: scenario, devices: devices, itemCount: population.catalogue.count,
      workers: workers
    ).outcomes(
      TrainedEncoder(
        encoder: encoder, parameters: parameters,
        slots: TrainedSlots(encoder.layout) { _ in true }, personal: nil, sequences: sequences))
    func mean(_ metric: (RankOutcome) -> Float, _ path: KeyPath<UserOutcome, RankOutcome>) -> Double
    {
      found.reduce(0.0) { $0 + Double(metric($1[keyPath: path])) } / Double(max(found.count, 1))
    }
    let figures: [(String, Double)] = [
      ("F_HR10", mean({ RankingMetrics.hitRate($0, at: 10) }, \.full)),
      ("F_NDCG10", mean({ RankingMetrics.ndcg($0, at: 10) }, \.full)),
      ("F_R20", mean({ RankingMetrics.hitRate($0, at: 20) }, \.full)),
      ("F_R50", mean({ RankingMetrics.hitRate($0, at: 50) }, \.full)),
      ("AUC", mean(RankingMetrics.auc, \.full)),
      ("S_HR10", mean({ RankingMetrics.hitRate($0, at: 10) }, \.sampled)),
      ("S_NDCG10", mean({ RankingMetrics.ndcg($0, at: 10) }, \.sampled)),
      ("seconds", Double(seconds.components.seconds)), ("cpu_seconds", cpuSeconds),
      ("encoder_parameters", Double(encoder.sharedParameterCount)), ("seed", Double(seed)),
    ]
    return "{\"heldOut\": \"\(scenario.evaluation.heldOut.rawValue)\", "
      + figures.map { "\"\($0.0)\": \((1e4 * $0.1).rounded() / 1e4)" }.joined(separator: ", ") + "}"
  }
}
