package import FederatedTasks
package import PrivacyAccounting
package import PrivacyMechanisms
package import ProfileModel
internal import Report
package import Scenarios

/// Why a scenario cannot be simulated.
package enum SimulationError: Error, Equatable, CustomStringConvertible {
  /// No device has the two items that holding one out takes.
  case nobodyToEvaluate
  /// The settings are possible one by one, but no mechanism can be built from them for this
  /// population.
  case impossibleMechanism(MechanismError)
  /// All releases together cost more than the target, for integer noise costs more than Gaussian noise.
  case promiseNotKept(epsilon: Double, promised: Double, remedy: Remedy?)
  /// No proven bound is known for what is planned.
  case unaccountable(AccountingError)
  /// No encoding of some task keeps its share of the budget.
  case noEncoding(PlanningError)
  /// Without noise there is nothing to choose.
  case nothingToPlan
  /// The noise of the ranker's rounds cannot be correlated as planned.
  case impossibleCorrelation(CumulativeReleaseError)
  /// The ranker's clip norm cannot follow its updates.
  case impossibleClipping(AdaptiveClippingError)
  /// There is no encoder of these sizes.
  case impossibleEncoder(EncoderError)
  /// The scenario pretrains on public behavior, and there is none that has items of this catalogue.
  case nothingToPretrainOn
  /// Training left the numbers that can be computed with.
  case diverged
  /// A device's encoder did; its round was abandoned and nothing of it released. No round: it trained for
  /// itself.
  case encoderDiverged(round: Int?, learningRate: Double)
  /// The coordinator's step did.
  case encoderStepDiverged(EncoderTask.Divergence)
  /// Vectors that stay on devices are in no checkpoint.
  case noCheckpointOfPreference

  /// A setting with which a plan keeps its promise.
  package struct Remedy: Sendable, Equatable {
    package let key: ScenarioKey
    package let found: String
    package let value: String
  }

  /// Names the scenario's own keys: those of a mechanism are not the reader's.
  package var description: String {
    switch self {
    case .nobodyToEvaluate:
      "no user who is evaluated has two items of interest, so none can be held out: "
        + "raise evaluation.users where it is set, and check the behavior file and the cleaning counts of `silhouette data describe`"
    case .impossibleMechanism(.modulusCanWrap(let ringBits, let cohort, let scaleBits, let needed)):
      "encoding.ringBits \(ringBits) is too small: sums over \(cohort) devices with noise take "
        + "\(needed) bits at encoding.scaleBits \(scaleBits); "
        + (needed <= 32 ? "write encoding.ringBits \(needed) or more" : "raise privacy.epsilon")
        + (scaleBits > 1 ? ", or encoding.scaleBits auto" : "")
    case .impossibleMechanism(.noiseTooWide):
      "the noise is wider than can be drawn exactly: raise privacy.epsilon, privacy.delta or the "
        + "smallest of privacy.split, or lower encoding.scaleBits"
    case .impossibleMechanism(.dimensionOutOfRange(let dimension, let allowed)):
      "one contribution would hold \(dimension) numbers, and \(allowed.upperBound) are possible: "
        + "lower tasks.gram.headItems or tasks.gram.tailGroups"
    case .impossibleMechanism(let error):
      "privacy, encoding and tasks do not go together: \(error)"
    case .promiseNotKept(let epsilon, let promised, let remedy):
      Self.broken(epsilon: epsilon, promised: promised, remedy)
    case .unaccountable(let error):
      "privacy and tasks do not go together: \(error)"
    case .noEncoding(let error):
      "\(error)"
    case .nothingToPlan:
      "there is no noise that is every round's own to plan for; write privacy.mechanism central or "
        + "distributed, and privacy.noise skellam or discrete-gaussian"
    case .impossibleCorrelation(.ringTooNarrow(let ringBits, let neededBits)):
      "encoding.ringBits \(ringBits) is too small for correlated noise; "
        + (neededBits <= 32
          ? "write encoding.ringBits \(neededBits) or more" : "lower encoding.scaleBits")
    case .impossibleCorrelation(.noiseTooWide):
      "correlated noise is wider than can be drawn exactly: raise privacy.epsilon, privacy.delta or "
        + "privacy.split.ranker, or lower encoding.scaleBits"
    case .impossibleCorrelation(let error):
      "privacy.noise cannot be correlated over tasks.ranker.rounds: \(error); write privacy.noise "
        + "skellam, or fewer rounds"
    case .impossibleClipping(let error):
      "tasks.ranker.clipping adaptive is not possible: \(error); write fixed"
    case .nothingToPretrainOn:
      "no public behavior has items of this catalogue by their titles: write "
        + "tasks.encoder.pretraining none"
    case .impossibleEncoder(let error): "tasks.encoder is not possible: \(error)"
    case .diverged:
      "training left the range of numbers: lower tasks.ranker.learningRate"
    case .encoderStepDiverged(let divergence): "\(divergence)"
    case .noCheckpointOfPreference:
      "tasks.encoder.shape preference keeps each user's vector on the device, and checkpoints hold nothing "
        + "of devices: leave --checkpoints out, or choose another shape"
    case .encoderDiverged(let round, let learningRate):
      "the encoder left the range of numbers on a device, "
        + (round.map { "and round \($0) was abandoned without a release" }
          ?? "which trained it further for itself")
        + ": lower tasks.encoder.learningRate, now \(Float(learningRate)), or "
        + "tasks.encoder.serverRate"
    }
  }

  private static func broken(epsilon: Double, promised: Double, _ remedy: Remedy?) -> String {
    let cost =
      epsilon.isFinite
      ? "integer noise makes the run cost epsilon \(FigureText.upperBound(epsilon)) and not the "
        + "\(FigureText.upperBound(promised)) of privacy.epsilon"
      : "privacy.epsilon \(FigureText.upperBound(promised)) cannot be certified: noise is 2^-80 from "
        + "its law, which costs e^epsilon times as much delta"
    guard let remedy else {
      return cost + "; write privacy.mechanism central, or a lower privacy.epsilon"
    }
    let place =
      remedy.key == .epsilon ? "" : "\(remedy.key.rawValue) \(remedy.found) is too small: "
    let automatic = remedy.key == .ringBits ? " and encoding.scaleBits auto" : ""
    return place + cost + "; write \(remedy.key.rawValue) \(remedy.value)\(automatic)"
  }
}

extension SimulationError {
  init(_ error: RankerRoundsError) {
    switch error {
    case .mechanism(let error): self = .impossibleMechanism(error)
    case .cumulative(let error): self = .impossibleCorrelation(error)
    case .clipping(let error): self = .impossibleClipping(error)
    }
  }
}
