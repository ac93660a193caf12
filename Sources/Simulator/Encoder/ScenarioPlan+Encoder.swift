internal import DeviceTasks
internal import FederatedTasks
internal import NumericalMethods
internal import ProfileModel
internal import ReleasedParts
internal import RoundVocabulary
internal import Scenarios

/// What is known of items when an encoder is made: released before it, or public.
struct ItemKnowledge: Sendable {
  let popularity: Popularity
  let coordinates: GramCoordinates
  let basis: ItemBasis
  let content: ContentFeatures
}

extension NextItemObjective {
  /// What a scenario's training asks of the scores.
  init(_ settings: Scenario.Encoder) {
    guard let negatives = settings.negatives else {
      self = .fullSoftmax
      return
    }
    self =
      switch settings.loss {
      case .softmax: .sampledSoftmax(negatives: negatives)
      case .pairwise: .pairwise(negatives: negatives)
      case .logistic: .logistic(negatives: negatives)
      }
  }
}

extension SequenceEncoder.Readout {
  init(_ settings: Scenario.Encoder) {
    self =
      switch settings.readout {
      case .state: .state
      case .interests: .interests(settings.interests)
      case .attention: .attention(hidden: settings.inner)
      case .evolution: .evolution(hidden: settings.inner)
      }
  }
}

extension ViewFusion.Rule {
  init?(_ fusion: Scenario.Encoder.Fusion) {
    switch fusion {
    case .none: return nil
    case .gated: self = .gated
    case .weighted: self = .weighted
    case .stacked: self = .stacked
    }
  }
}

extension EncoderWork.Configuration {
  /// How a device trains in a round.
  init(_ settings: Scenario.Encoder) {
    self.init(
      objective: NextItemObjective(settings),
      epochs: settings.localEpochs, batch: settings.batch,
      learningRate: Float(settings.learningRate),
      proximal: settings.algorithm == .fedProx ? Float(settings.proximal) : 0,
      dropout: Float(settings.dropout))
  }
}

/// What a device trains on its own history for its user alone, before it ranks.
struct PersonalTraining: Sendable {
  let slots: TrainedSlots
  let configuration: EncoderWork.Configuration

  func work(_ encoder: SequenceEncoder, given parameters: [Float]) -> EncoderWork {
    EncoderWork(encoder, slots: slots, given: parameters, configuration)
  }

  /// The draws of one device.
  static func generator(of device: Int, seed: UInt64) -> DeterministicGenerator {
    DeterministicGenerator(seed: seed, stream: 0x7065_7273_0000_0000 | UInt64(device))
  }
}

extension ScenarioPlan {
  /// Width of the public projection of content.
  static let contentWidth = 32

  /// Who takes part in which round of the encoder.
  func schedule(of encoder: Scenario.Encoder) -> CohortSchedule {
    CohortSchedule(
      population: users, cohort: encoder.cohort ?? users, rounds: encoder.rounds,
      seed: scenario.seed)
  }

  /// The encoder of a scenario, with the views through which it knows items.
  ///
  /// The width of a view is the plan's and never what a release came to: how many numbers devices send
  /// has to be known before anything is released.
  /// - Parameters:
  ///   - basis: of every item, or nil where only the sizes of the encoder are asked for. Shape: [items,
  ///     maxRank].
  ///   - content: likewise. Shape: [items, contentWidth].
  /// - Throws: `SimulationError.impossibleEncoder`.
  func encoder(
    _ settings: Scenario.Encoder, basis: [Float]? = nil, content: [Float]? = nil
  ) throws(SimulationError) -> SequenceEncoder {
    var found = SequenceEncoder.Configuration(itemCount: items)
    found.width = settings.width
    found.length = settings.length
    found.contextWidth = settings.context
    found.readout = SequenceEncoder.Readout(settings)
    found.fusion = ViewFusion.Rule(settings.fusion)
    found.adapterRank = settings.trained == .adapters ? settings.adapterRank : 0
    found.shape =
      switch settings.shape {
      case .events: .events
      case .mean: .mean
      case .preference: preconditionFailure("a preference model has no sequence")
      case .recurrent: .recurrent
      case .transformer:
        .transformer(blocks: settings.blocks, heads: settings.heads, inner: settings.inner)
      }
    found.hasItemIdentity = settings.items != .projected
    if settings.items != .own {
      found.fixed = [
        view("basis", width: scenario.gram.maxRank, basis),
        view("content", width: Self.contentWidth, content),
      ]
    }
    do throws(EncoderError) {
      return try SequenceEncoder(found)
    } catch {
      throw .impossibleEncoder(error)
    }
  }

  /// The encoder with what is known of items.
  ///
  /// A view that is missing is all zeros: the encoder keeps its size, and an update its noise.
  func encoder(
    _ settings: Scenario.Encoder, _ items: ItemKnowledge, without missing: EncoderAblation? = nil
  ) throws(SimulationError) -> SequenceEncoder {
    guard settings.items != .own else { return try encoder(settings) }
    return try encoder(
      settings,
      basis: missing == .basis
        ? nil : items.coordinates.itemVectors(items.basis, width: scenario.gram.maxRank),
      content: missing == .content
        ? nil : items.content.projected(width: Self.contentWidth, seed: scenario.seed))
  }

  private func view(_ name: String, width: Int, _ values: [Float]?) -> FixedItemVectors {
    FixedItemVectors(
      name: name, width: width,
      values: values ?? [Float](repeating: 0, count: items * width))
  }

  /// What is trained together of an encoder: all of it, but for the popularity of items where those
  /// have no vectors of their own, for that is known already.
  func trainedSlots(
    of encoder: SequenceEncoder, _ settings: Scenario.Encoder
  ) -> TrainedSlots {
    TrainedSlots(encoder.layout) {
      if settings.personal == .reconstructed, Self.isOutput($0) { return false }
      switch settings.trained {
      case .output: return Self.isOutput($0)
      case .adapters: return $0.name.hasPrefix(LowRankAdapter.prefix)
      case .all: break
      }
      return settings.items != .projected || $0.name != encoder.items.bias?.name
    }
  }

  /// Whether a slot belongs to the last normalization.
  private static func isOutput(_ slot: ParameterSlot) -> Bool { slot.name.hasPrefix("norm.") }

  /// What a device trains for itself before it ranks; nil where it does not.
  func personalTraining(
    of encoder: SequenceEncoder, _ settings: Scenario.Encoder
  ) -> PersonalTraining? {
    guard settings.personalEpochs > 0 else { return nil }
    var configuration = EncoderWork.Configuration(settings)
    configuration.epochs = settings.personalEpochs
    let slots =
      settings.personal == .trained
      ? trainedSlots(of: encoder, settings) : TrainedSlots(encoder.layout, where: Self.isOutput)
    return PersonalTraining(slots: slots, configuration: configuration)
  }

  /// The layers that a device makes for itself before it trains the shared ones.
  func reconstruction(
    of encoder: SequenceEncoder, _ settings: Scenario.Encoder
  ) -> EncoderWork.Reconstruction? {
    guard settings.personal == .reconstructed else { return nil }
    return EncoderWork.Reconstruction(
      slots: TrainedSlots(encoder.layout, where: Self.isOutput), epochs: settings.personalEpochs)
  }

  /// The model of likes of a scenario.
  func preferenceModel(_ settings: Scenario.Encoder) -> PreferenceModel {
    PreferenceModel(itemCount: items, width: settings.width, hidden: settings.inner)
  }

  func shape(of settings: Scenario.Encoder) throws(SimulationError) -> TrainingPlan.TaskShape {
    let schedule = schedule(of: settings)
    let dimension =
      settings.shape == .preference
      ? preferenceModel(settings).layout.count
      : trainedSlots(of: try encoder(settings), settings).count
    return TrainingPlan.TaskShape(
      task: .encoder, dimension: dimension,
      clipNorm: settings.clipNorm, cohort: schedule.cohort,
      participations: plannedParticipations[.encoder] ?? schedule.participations,
      budgetShare: scenario.privacy.split.encoder)
  }
}
