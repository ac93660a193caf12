internal import PrivacyAccounting
internal import RoundVocabulary

/// Gaussian noise over rounds, with or without sampling.
struct GaussianPlan: Sendable {
  var noise: Double
  /// Nil where every user takes part.
  var rate: Double?
  var rounds: Int

  var event: MechanismEvent {
    let once = rate.map {
      MechanismEvent.sampledGaussian(
        noiseMultiplier: noise, sampling: .poisson(probability: $0))
    }
    return (once ?? .gaussian(noiseMultiplier: noise)).times(rounds)
  }

  func with(noise: Double? = nil, rate: Double? = nil, rounds: Int? = nil) -> GaussianPlan {
    GaussianPlan(
      noise: noise ?? self.noise, rate: rate ?? self.rate, rounds: rounds ?? self.rounds)
  }
}

/// What a calibration found, and what it costs.
struct CalibrationFigures: Encodable {
  let found: PrivacyCalibrateCommand.Unknown
  let noiseMultiplier: Double
  let rounds: Int
  let samplingRate: Double?
  let guarantee: GuaranteeFigures

  init(
    find: PrivacyCalibrateCommand.Unknown, plan: GaussianPlan, spent: Accountant.Bound,
    delta: Double, _ neighbors: NeighboringRelation
  ) {
    found = find
    noiseMultiplier = plan.noise
    rounds = plan.rounds
    samplingRate = plan.rate
    let single = plan.with(rounds: 1).event
    guarantee = GuaranteeFigures(
      epsilon: spent, delta: delta,
      of: EventPlan(items: [EventPlan.Item(event: single, rounds: plan.rounds)], neighbors: nil),
      neighbors)
  }

  var text: String {
    // Rounded so that what is printed keeps the target, too.
    let first =
      switch found {
      case .noise: "noise multiplier \(CertifiedText.upward(noiseMultiplier, digits: 7))"
      case .rounds: "\(rounds) rounds"
      case .samplingRate: "sampling rate \(CertifiedText.downward(samplingRate ?? 1, digits: 7))"
      }
    return first + "\n\n" + guarantee.text
  }
}
