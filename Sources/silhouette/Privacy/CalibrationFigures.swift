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
  let rounds: Int
  var noiseMultiplier: Double?
  var samplingRate: Double?
  var cohort: Int?
  /// Of the cohort those whose noise is certain to be there.
  var honestDevices: Int?
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

  /// The least cohort in which the devices' noise keeps the target.
  init(
    cohortFor devices: DeviceNoiseOptions, rounds: Int, epsilon: Double, delta: Double,
    neighbors: NeighboringRelation
  ) throws {
    let honest = try Calibration.honestDevices(
      epsilon: epsilon, delta: delta, neighbors: neighbors
    ) { [devices.event(honest: $0).times(rounds)] }
    guard let cohort = devices.leastCohort(honest: honest) else {
      throw AccountingError.unreachable(
        quantity: "cohort", target: "epsilon \(epsilon) at delta \(delta)",
        reason: "nearly all of it may drop out or collude")
    }
    let event = devices.event(honest: honest)
    let plan = EventPlan(items: [EventPlan.Item(event: event, rounds: rounds)], neighbors: nil)
    found = .cohort
    self.rounds = rounds
    self.cohort = cohort
    honestDevices = honest
    guarantee = GuaranteeFigures(
      epsilon: try Accountant.epsilon(of: plan.events, delta: delta, neighbors: neighbors),
      delta: delta, of: plan, neighbors, noiseOfDevices: devices.assumption)
  }

  var text: String {
    // Rounded so that what is printed keeps the target, too.
    let first =
      switch found {
      case .noise: "noise multiplier \(CertifiedText.upward(noiseMultiplier ?? 0, digits: 7))"
      case .rounds: "\(rounds) rounds"
      case .samplingRate: "sampling rate \(CertifiedText.downward(samplingRate ?? 1, digits: 7))"
      case .cohort:
        "cohort of \(cohort ?? 0) devices, \(honestDevices ?? 0) of them honest and there"
      }
    return first + "\n\n" + guarantee.text
  }
}
