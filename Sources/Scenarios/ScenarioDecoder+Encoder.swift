extension ScenarioDecoder {
  /// The sequence encoder, or `nil` where the scenario has no such section.
  static func encoder(_ reader: inout SettingReader) -> Scenario.Encoder? {
    guard reader.isGiven(.encoderShape) else {
      if let stray = ScenarioKey.ofEncoder.first(where: {
        $0 != .splitEncoder && reader.isGiven($0)
      }) {
        let choices = Scenario.Encoder.Shape.allCases.map(\.rawValue).joined(separator: " or ")
        reader.report(
          .encoderShape, .missing(expected: "\(choices), as \(stray.rawValue) is given"))
      }
      return nil
    }
    func isRate(_ value: Double) -> Bool { value > 0 && value <= 1000 }
    func isPart(_ value: Double) -> Bool { value >= 0 && value < 1 }
    let rate = "a number above 0 and up to 1000, such as 0.5"
    let part = "a number from 0 to below 1, such as 0.3"
    let users = Scenario.Synthetic.possibleUsers.upperBound
    return Scenario.Encoder(
      shape: reader.choice(.encoderShape, default: .transformer),
      readout: reader.choice(.encoderReadout, default: .state),
      interests: reader.integer(.encoderInterests, default: 4, 1...64),
      fusion: reader.choice(.encoderFusion, default: .none),
      context: reader.integer(.encoderContext, default: 0, 0...256),
      items: reader.choice(.encoderItems, default: .own),
      width: reader.integer(.encoderWidth, default: 64, 1...1024),
      blocks: reader.integer(.encoderBlocks, default: 2, 1...64),
      heads: reader.integer(.encoderHeads, default: 2, 1...64),
      inner: reader.integer(.encoderInner, default: 128, 1...65_536),
      length: reader.integer(.encoderLength, default: 50, 1...4096),
      algorithm: reader.choice(.encoderAlgorithm, default: .fedAdam),
      rounds: reader.integer(.encoderRounds, default: 400, 1...100_000),
      cohort: reader.integer(.encoderCohort, or: "all", 1...users),
      localEpochs: reader.integer(.encoderLocalEpochs, default: 1, 1...1000),
      batch: reader.integer(.encoderBatch, default: 4, 1...1000),
      loss: reader.choice(.encoderLoss, default: .softmax),
      learningRate: reader.number(.encoderLearningRate, default: 0.1, expected: rate, isRate),
      serverRate: reader.number(.encoderServerRate, default: 0.003, expected: rate, isRate),
      momentum: reader.number(.encoderMomentum, default: 0.9, expected: part, isPart),
      proximal: reader.number(
        .encoderProximal, default: 0.01, expected: "a number from 0 to 1000, such as 0.01"
      ) { (0...1000).contains($0) },
      clipNorm: reader.number(
        .encoderClipNorm, default: 1, expected: "a number from 1e-6 to 1e6, such as 1"
      ) { (1e-6...1e6).contains($0) },
      negatives: reader.integer(.encoderNegatives, or: "all", 1...1_000_000),
      dropout: reader.number(.encoderDropout, default: 0.3, expected: part, isPart),
      personal: reader.choice(.encoderPersonal, default: .trained),
      personalEpochs: reader.integer(.encoderPersonalEpochs, default: 0, 0...1000),
      pretraining: reader.choice(.encoderPretraining, default: .none),
      pretrainingEpochs: reader.integer(.encoderPretrainingEpochs, default: 10, 1...1000),
      contrast: reader.number(
        .encoderContrast, default: 0, expected: "a number from 0 to 100, such as 0.1"
      ) { (0...100).contains($0) },
      trained: reader.choice(.encoderTrained, default: .all),
      adapterRank: reader.integer(.encoderAdapterRank, default: 4, 1...256),
      ablations: reader.flag(.encoderAblations, default: false),
      bothMechanisms: reader.flag(.encoderBothMechanisms, default: false))
  }

  /// Checks what no single setting of the encoder can show.
  static func checkEncoder(_ scenario: Scenario, _ reader: inout SettingReader) {
    guard let encoder = scenario.encoder else {
      let share = scenario.privacy.split.encoder
      if reader.isSound(.mechanism, .splitEncoder), scenario.privacy.mechanism != .none, share > 0 {
        reader.report(
          .splitEncoder,
          .conflict(
            found: CanonicalNumber.text(share), with: .encoderShape, other: "not given",
            expected: "write 0, or the section tasks.encoder: nothing else would spend this share"))
      }
      return
    }
    if reader.isSound(.encoderWidth, .encoderHeads), encoder.shape == .transformer,
      !encoder.width.isMultiple(of: encoder.heads)
    {
      reader.report(
        .encoderHeads,
        .conflict(
          found: "\(encoder.heads)", with: .encoderWidth, other: "\(encoder.width)",
          expected: "write a divisor of the width"))
    }
    if encoder.shape == .preference { checkPreference(encoder, &reader) }
    checkScores(encoder, &reader)
    checkPersonal(encoder, &reader)
    if reader.isSound(.encoderPretraining, .encoderItems), encoder.pretraining.isPublic,
      encoder.items != .own
    {
      reader.report(
        .encoderItems,
        .conflict(
          found: encoder.items.rawValue, with: .encoderPretraining,
          other: encoder.pretraining.rawValue,
          expected: "write own: the released item basis is not there yet when it is pretrained"))
    }
    if reader.isSound(.encoderTrained, .encoderShape), encoder.trained == .output,
      encoder.shape != .transformer
    {
      reader.report(
        .encoderTrained,
        .conflict(
          found: encoder.trained.rawValue, with: .encoderShape, other: encoder.shape.rawValue,
          expected: "write all, or shape transformer: only that ends in a normalization"))
    }
    if reader.isSound(.mechanism, .encoderBothMechanisms), scenario.privacy.mechanism == .none,
      encoder.bothMechanisms
    {
      reader.report(
        .encoderBothMechanisms,
        .conflict(
          found: "true", with: .mechanism, other: scenario.privacy.mechanism.rawValue,
          expected: "write false, or a mechanism that makes noise"))
    }
    if reader.isSound(.mechanism, .splitEncoder), scenario.privacy.mechanism != .none,
      scenario.privacy.split.encoder == 0
    {
      reader.report(
        .splitEncoder,
        .missing(
          expected: "the encoder's share of the budget, as mechanism is "
            + scenario.privacy.mechanism.rawValue))
    }
  }

  /// What scores and losses ask of each other, and of what is trained.
  private static func checkScores(_ encoder: Scenario.Encoder, _ reader: inout SettingReader) {
    guard encoder.shape != .preference else { return }
    let asksEachItem = encoder.readout == .attention || encoder.readout == .evolution
    let needing: (ScenarioKey, String)? =
      encoder.loss != .softmax
      ? (.encoderLoss, encoder.loss.rawValue)
      : asksEachItem ? (.encoderReadout, encoder.readout.rawValue) : nil
    if let (key, found) = needing, encoder.negatives == nil,
      reader.isSound(key, .encoderNegatives)
    {
      reader.report(
        .encoderNegatives,
        .conflict(
          found: "all", with: key, other: found,
          expected: "write how many items are compared with each own one, such as 50"))
    }
    if encoder.fusion != .none, encoder.items == .own,
      reader.isSound(.encoderFusion, .encoderItems)
    {
      reader.report(
        .encoderFusion,
        .conflict(
          found: encoder.fusion.rawValue, with: .encoderItems, other: encoder.items.rawValue,
          expected: "write none, or items projected or both: own vectors are the only view there"))
    }
    if encoder.context > 0, encoder.pretraining != .none,
      reader.isSound(.encoderContext, .encoderPretraining)
    {
      reader.report(
        .encoderContext,
        .conflict(
          found: "\(encoder.context)", with: .encoderPretraining,
          other: encoder.pretraining.rawValue,
          expected: "write 0: kinds and gaps of other events are not those of the devices'"))
    }
    if encoder.contrast > 0, encoder.pretraining == .none,
      reader.isSound(.encoderContrast, .encoderPretraining)
    {
      reader.report(
        .encoderContrast,
        .conflict(
          found: CanonicalNumber.text(encoder.contrast), with: .encoderPretraining,
          other: encoder.pretraining.rawValue,
          expected: "write 0, or a pretraining: a device has nobody to tell its user from"))
    }
    if encoder.trained == .adapters, ![.recurrent, .transformer].contains(encoder.shape),
      reader.isSound(.encoderTrained, .encoderShape)
    {
      reader.report(
        .encoderTrained,
        .conflict(
          found: encoder.trained.rawValue, with: .encoderShape, other: encoder.shape.rawValue,
          expected:
            "write all, or shape recurrent or transformer: others have no matrices to correct"))
    }
  }

  /// What is the device's own has to be there, to be trained, and not to be all that is trained together.
  private static func checkPersonal(_ encoder: Scenario.Encoder, _ reader: inout SettingReader) {
    guard encoder.personal != .trained, encoder.shape != .preference else { return }
    func report(_ key: ScenarioKey, _ other: String, _ expected: String) {
      guard reader.isSound(.encoderPersonal, key) else { return }
      reader.report(
        .encoderPersonal,
        .conflict(
          found: encoder.personal.rawValue, with: key, other: other, expected: expected))
    }
    if encoder.shape != .transformer {
      report(
        .encoderShape, encoder.shape.rawValue,
        "write trained, or shape transformer: only that ends in a normalization")
    } else if encoder.personalEpochs == 0 {
      report(
        .encoderPersonalEpochs, "0",
        "write trained, or how many epochs a device trains for itself, such as 5")
    } else if encoder.personal == .reconstructed, encoder.trained == .output {
      report(
        .encoderTrained, encoder.trained.rawValue,
        "write output, or trained all: nothing would be left to train together")
    }
  }

  /// A preference model has vectors of items and users, and no sequence, nothing released before it
  /// and nothing public to start from.
  private static func checkPreference(
    _ encoder: Scenario.Encoder, _ reader: inout SettingReader
  ) {
    let wanted: [(ScenarioKey, found: String, expected: String)] = [
      (.encoderItems, encoder.items.rawValue, Scenario.Encoder.Items.own.rawValue),
      (
        .encoderPretraining, encoder.pretraining.rawValue,
        Scenario.Encoder.Pretraining.none.rawValue
      ),
      (.encoderTrained, encoder.trained.rawValue, Scenario.Encoder.Trained.all.rawValue),
      (.encoderReadout, encoder.readout.rawValue, Scenario.Encoder.Readout.state.rawValue),
      (.encoderFusion, encoder.fusion.rawValue, Scenario.Encoder.Fusion.none.rawValue),
      (.encoderContext, "\(encoder.context)", "0"),
      (.encoderContrast, CanonicalNumber.text(encoder.contrast), "0"),
      (.encoderLoss, encoder.loss.rawValue, Scenario.Encoder.Loss.softmax.rawValue),
      (.encoderAblations, "\(encoder.ablations)", "false"),
      (.encoderBothMechanisms, "\(encoder.bothMechanisms)", "false"),
      (.encoderPersonal, encoder.personal.rawValue, Scenario.Encoder.Personal.trained.rawValue),
      (.encoderPersonalEpochs, "\(encoder.personalEpochs)", "0"),
    ]
    for (key, found, expected) in wanted where found != expected && reader.isSound(key) {
      reader.report(
        key,
        .conflict(
          found: found, with: .encoderShape, other: encoder.shape.rawValue,
          expected: "write \(expected), or another shape"))
    }
    if reader.isSound(.encoderAlgorithm), encoder.algorithm == .fedProx {
      reader.report(
        .encoderAlgorithm,
        .conflict(
          found: encoder.algorithm.rawValue, with: .encoderShape, other: encoder.shape.rawValue,
          expected:
            "write fed-avg, or another shape: its devices are not held to what they were given"))
    }
  }
}
