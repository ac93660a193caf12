internal import ReleasedParts
internal import PrivacyAccounting
internal import PrivacyMechanisms
package import Report
package import RoundVocabulary
internal import Scenarios

/// What a run promised, to whom, and what it cost: computed from the releases that were opened.
struct PrivacyFigures {
  let guarantees: [RunFigures.GuaranteeFigures]
  let rounds: [RunFigures.RoundFigures]
  private let releases: [ReleaseRecord]
  private let rank: Int
  private let coordinateCount: Int
  /// Numbers that a device needs of the encoder, whoever trained them.
  private let encoderCount: Int

  private static let neighboringRelation = NeighboringRelation.zeroOut

  init(scenario: Scenario, model: TrainedModel?) throws(AccountingError) {
    let releases = model?.releases ?? []
    let delta = scenario.privacy.delta
    var rounds: [RunFigures.RoundFigures] = []
    var participations: [TaskKind: Accountant.Participation] = [:]
    for release in releases {
      if let charge = release.charge { participations[release.round.task] = charge }
      let epsilon =
        participations.isEmpty
        ? nil
        : try Self.epsilon(participations, against: .anyClientOrPublic, delta: delta)
      rounds.append(Self.figures(release, epsilonSoFar: epsilon))
    }
    self.releases = releases
    self.rounds = rounds
    rank = model?.parts.basis.rank ?? 0
    coordinateCount = model?.parts.basis.coordinateCount ?? 0
    encoderCount =
      model?.encoders?.whole.parameters.count ?? model?.preference?.parameters.count ?? 0
    guarantees = try Self.guarantees(of: participations, scenario).map {
      RunFigures.GuaranteeFigures($0)
    }
  }

  /// What these participations cost one user, against every adversary.
  static func guarantees(
    of participations: [TaskKind: Accountant.Participation], _ scenario: Scenario
  ) throws(AccountingError) -> [PrivacyGuarantee] {
    var guarantees: [PrivacyGuarantee] = []
    for adversary in Adversary.allCases {
      let epsilon =
        participations.isEmpty
        ? .infinity
        : try epsilon(
          participations, against: adversary, delta: scenario.privacy.delta)
      guarantees.append(
        PrivacyGuarantee(
          epsilon: epsilon, delta: scenario.privacy.delta, neighboringRelation: neighboringRelation,
          privacyUnit: .user, adversary: adversary,
          assumptions: assumptions(adversary, scenario)))
    }
    return guarantees
  }

  static func epsilon(
    _ participations: [TaskKind: Accountant.Participation], against adversary: Adversary,
    delta: Double
  ) throws(AccountingError) -> Double {
    try Accountant.epsilon(
      of: TaskKind.allCases.compactMap { participations[$0] }, against: adversary, delta: delta,
      neighbors: neighboringRelation
    ).upper
  }

  private static func figures(
    _ release: ReleaseRecord, epsilonSoFar: Double?
  ) -> RunFigures.RoundFigures {
    let mechanism = release.mechanism
    let noiseNorm =
      release.noiseStandardDeviation * Double(mechanism.request.dimension).squareRoot()
    return RunFigures.RoundFigures(
      task: release.round.task.rawValue, round: release.round.number,
      dimension: mechanism.request.dimension, cohort: release.contributors,
      clipNorm: release.clipNorm,
      noiseStandardDeviation: release.noiseStandardDeviation,
      signalToNoise: noiseNorm > 0 ? release.signalNorm / noiseNorm : nil,
      epsilonSoFar: epsilonSoFar, uploadBytes: mechanism.uploadBytes)
  }

  /// Bytes up and down for one device that takes part as often as it may.
  func deviceCost(itemCount: Int) -> [RunFigures.DeviceCostFigures] {
    TaskKind.allCases.compactMap { task in
      guard let last = releases.last(where: { $0.round.task == task }) else { return nil }
      let float = MemoryLayout<Float>.size
      let download =
        switch task {
        case .statistics: 0
        case .gram: itemCount * float
        case .ranker:
          coordinateCount * rank * float
            + last.participations * last.mechanism.request.dimension * float
        case .encoder:
          // What is not trained together is had once.
          (encoderCount + (last.participations - 1) * last.mechanism.request.dimension) * float
        case .evaluation: last.mechanism.request.dimension * float
        }
      return RunFigures.DeviceCostFigures(
        task: task.rawValue, uploads: last.participations,
        uploadBytes: last.participations * last.mechanism.uploadBytes, downloadBytes: download)
    }
  }
}

extension RunFigures.GuaranteeFigures {
  /// A guarantee as reports and commands show it.
  package init(_ guarantee: PrivacyGuarantee) {
    self.init(
      adversary: guarantee.adversary.rawValue, summary: guarantee.adversary.summary,
      epsilon: guarantee.epsilon.isFinite ? guarantee.epsilon : nil, delta: guarantee.delta,
      neighboringRelation: guarantee.neighboringRelation.rawValue,
      privacyUnit: guarantee.privacyUnit.rawValue, assumptions: guarantee.assumptions)
  }
}
