internal import CryptoPrimitives

/// A scenario with everything filled in: what is run, and what a report quotes.
package struct EffectiveScenario: Sendable, Equatable {
  package let scenario: Scenario
  /// The plan as YAML: all keys, in a fixed order, after all overrides.
  ///
  /// Two files that mean the same have the same text here, and decoding it gives the same scenario.
  package let yaml: String
  /// BLAKE2b-256 of the UTF-8 bytes of `yaml`, hexadecimal.
  package let hash: String

  package init(_ scenario: Scenario) {
    self.scenario = scenario
    self.yaml = CanonicalPlan.yaml(of: scenario)
    self.hash = hexadecimal(Blake2b.hash(Array(yaml.utf8)))
  }
}

/// Writes a scenario in the one form that is hashed.
enum CanonicalPlan {
  static func yaml(of scenario: Scenario) -> String {
    // Plans without an encoder have the text, and so the hash, that they had before there was one.
    let left = scenario.encoder == nil ? Set(ScenarioKey.ofEncoder) : []
    return CanonicalText.yaml(ScenarioKey.self, without: left) { value(of: $0, in: scenario) }
  }

  private static func value(of key: ScenarioKey, in scenario: Scenario) -> String {
    switch key {
    case .name, .seed, .threads, .source, .events, .catalogue, .maxBadRows, .syntheticUsers,
      .syntheticItems, .syntheticEvents, .syntheticInterests, .syntheticSeed:
      behaviorValue(of: key, in: scenario)
    case .mechanism: scenario.privacy.mechanism.rawValue
    case .epsilon: number(scenario.privacy.epsilon)
    case .delta: number(scenario.privacy.delta)
    case .noise: scenario.privacy.noise.rawValue
    case .dropoutShare: number(scenario.privacy.dropoutShare)
    case .colludingShare: number(scenario.privacy.colludingShare)
    case .sweep: list(scenario.privacy.sweep.map(number))
    case .splitStatistics: number(scenario.privacy.split.statistics)
    case .splitGram: number(scenario.privacy.split.gram)
    case .splitRanker: number(scenario.privacy.split.ranker)
    case .splitEvaluation: number(scenario.privacy.split.evaluation)
    case .splitEncoder: number(scenario.privacy.split.encoder)
    case .ringBits: "\(scenario.encoding.ringBits)"
    case .scaleBits: scenario.encoding.scaleBits.map(String.init) ?? "auto"
    case .rotation: "\(scenario.encoding.rotation)"
    default: taskValue(of: key, in: scenario)
    }
  }

  private static func behaviorValue(of key: ScenarioKey, in scenario: Scenario) -> String {
    let behavior = scenario.behavior
    return switch key {
    case .name: quoted(scenario.name)
    case .seed: "\(scenario.seed)"
    case .threads: scenario.threads.map(String.init) ?? "auto"
    case .source: behavior.source.rawValue
    case .events: behavior.events.map(quoted) ?? "null"
    case .catalogue: behavior.catalogue.map(quoted) ?? "null"
    case .maxBadRows: "\(behavior.maxBadRows)"
    case .syntheticUsers: "\(behavior.synthetic.users)"
    case .syntheticItems: "\(behavior.synthetic.items)"
    case .syntheticEvents: "\(behavior.synthetic.events)"
    case .syntheticInterests: "\(behavior.synthetic.interests)"
    case .syntheticSeed: "\(behavior.synthetic.seed)"
    default: preconditionFailure("\(key.rawValue) is written elsewhere")
    }
  }

  private static func taskValue(of key: ScenarioKey, in scenario: Scenario) -> String {
    let evaluation = scenario.evaluation
    if let encoder = scenario.encoder, let value = encoderValue(of: key, in: encoder) {
      return value
    }
    return switch key {
    case .headItems: "\(scenario.gram.headItems)"
    case .tailGroups: "\(scenario.gram.tailGroups)"
    case .maxRank: "\(scenario.gram.maxRank)"
    case .rounds: "\(scenario.ranker.rounds)"
    case .cohort: scenario.ranker.cohort.map(String.init) ?? "all"
    case .learningRate: number(scenario.ranker.learningRate)
    case .momentum: number(scenario.ranker.momentum)
    case .clipNorm: number(scenario.ranker.clipNorm)
    case .clipping: scenario.ranker.clipping.rawValue
    case .negatives: "\(scenario.ranker.negatives)"
    case .halfLife: number(scenario.profile.halfLifeDays) + " d"
    case .recommendations: "\(scenario.profile.recommendations)"
    case .examples: "\(scenario.profile.examples)"
    case .sampledNegatives: "\(evaluation.sampledNegatives)"
    case .bootstrapResamples: "\(evaluation.bootstrapResamples)"
    case .coldStart: list(evaluation.coldStart.map(String.init))
    case .headShare: number(evaluation.headShare)
    case .easeRegularization: number(evaluation.easeRegularization)
    case .heldOut: evaluation.heldOut.rawValue
    case .decisionThreshold: number(evaluation.decisionThreshold)
    case .evaluatedUsers: evaluation.users.map(String.init) ?? "all"
    default: imitationValue(of: key, in: scenario.imitation)
    }
  }

  private static func imitationValue(
    of key: ScenarioKey, in imitation: Scenario.Imitation
  ) -> String {
    switch key {
    case .secureAggregation: "\(imitation.secureAggregation)"
    case .deviceNoise: imitation.deviceNoise.rawValue
    case .leaveBeforeAdvertise: number(imitation.dropouts.beforeAdvertise)
    case .leaveBeforeShare: number(imitation.dropouts.beforeShare)
    case .leaveBeforeInput: number(imitation.dropouts.beforeInput)
    case .leaveBeforeUnmask: number(imitation.dropouts.beforeUnmask)
    default: preconditionFailure("\(key.rawValue) is written elsewhere")
    }
  }

  private static func encoderValue(
    of key: ScenarioKey, in encoder: Scenario.Encoder
  ) -> String? {
    switch key {
    case .encoderShape: encoder.shape.rawValue
    case .encoderReadout: encoder.readout.rawValue
    case .encoderInterests: "\(encoder.interests)"
    case .encoderFusion: encoder.fusion.rawValue
    case .encoderContext: "\(encoder.context)"
    case .encoderItems: encoder.items.rawValue
    case .encoderWidth: "\(encoder.width)"
    case .encoderBlocks: "\(encoder.blocks)"
    case .encoderHeads: "\(encoder.heads)"
    case .encoderInner: "\(encoder.inner)"
    case .encoderLength: "\(encoder.length)"
    case .encoderAlgorithm: encoder.algorithm.rawValue
    case .encoderRounds: "\(encoder.rounds)"
    case .encoderCohort: encoder.cohort.map(String.init) ?? "all"
    case .encoderLocalEpochs: "\(encoder.localEpochs)"
    case .encoderBatch: "\(encoder.batch)"
    case .encoderLoss: encoder.loss.rawValue
    case .encoderLearningRate: number(encoder.learningRate)
    case .encoderServerRate: number(encoder.serverRate)
    case .encoderMomentum: number(encoder.momentum)
    case .encoderProximal: number(encoder.proximal)
    case .encoderClipNorm: number(encoder.clipNorm)
    case .encoderNegatives: encoder.negatives.map(String.init) ?? "all"
    case .encoderDropout: number(encoder.dropout)
    case .encoderPersonal: encoder.personal.rawValue
    case .encoderPersonalEpochs: "\(encoder.personalEpochs)"
    case .encoderPretraining: encoder.pretraining.rawValue
    case .encoderPretrainingEpochs: "\(encoder.pretrainingEpochs)"
    case .encoderContrast: number(encoder.contrast)
    case .encoderTrained: encoder.trained.rawValue
    case .encoderAdapterRank: "\(encoder.adapterRank)"
    case .encoderAblations: "\(encoder.ablations)"
    case .encoderBothMechanisms: "\(encoder.bothMechanisms)"
    default: nil
    }
  }

  private static func number(_ value: Double) -> String { CanonicalNumber.text(value) }

  private static func list(_ entries: [String]) -> String {
    "[" + entries.joined(separator: ", ") + "]"
  }

  /// Text in double quotes, with everything escaped that would end them or the line.
  private static func quoted(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": escaped += "\\" + String(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0x7f:
        let digits = String(scalar.value, radix: 16)
        escaped += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return "\"" + escaped + "\""
  }
}
