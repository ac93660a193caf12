internal import ReleasedParts
internal import PrivacyAccounting
internal import PrivacyMechanisms
internal import Report
internal import RoundVocabulary
internal import Scenarios

/// What a run promised, to whom, and what it cost: computed from the releases that were opened.
struct PrivacyFigures {
  let guarantees: [RunFigures.GuaranteeFigures]
  let rounds: [RunFigures.RoundFigures]
  private let releases: [ReleaseRecord]
  private let rank: Int
  private let coordinateCount: Int

  private static let neighboringRelation = NeighboringRelation.zeroOut

  init(scenario: Scenario, model: TrainedModel?) throws(AccountingError) {
    let releases = model?.releases ?? []
    var rounds: [RunFigures.RoundFigures] = []
    var events: [TaskKind: MechanismEvent] = [:]
    var epsilon: Double?
    for release in releases {
      if let event = release.mechanism.event {
        events[release.round.task] = event.counted(release.participations)
        epsilon = try Accountant.epsilon(
          of: TaskKind.allCases.compactMap { events[$0] }, delta: scenario.privacy.delta)
      }
      rounds.append(Self.figures(release, epsilonSoFar: epsilon))
    }
    self.releases = releases
    self.rounds = rounds
    rank = model?.parts.basis.rank ?? 0
    coordinateCount = model?.parts.basis.coordinateCount ?? 0
    guarantees = Adversary.allCases.map { adversary in
      Self.figures(adversary, epsilon: epsilon, delta: scenario.privacy.delta)
    }
  }

  private static func figures(
    _ release: ReleaseRecord, epsilonSoFar: Double?
  ) -> RunFigures.RoundFigures {
    let mechanism = release.mechanism
    let noiseNorm =
      mechanism.noiseStandardDeviation * Double(mechanism.request.dimension).squareRoot()
    return RunFigures.RoundFigures(
      task: release.round.task.rawValue, round: release.round.number,
      dimension: mechanism.request.dimension, cohort: release.contributors,
      clipNorm: mechanism.request.clipNorm,
      noiseStandardDeviation: mechanism.noiseStandardDeviation,
      signalToNoise: noiseNorm > 0 ? release.signalNorm / noiseNorm : nil,
      epsilonSoFar: epsilonSoFar, uploadBytes: mechanism.uploadBytes)
  }

  /// Noise is added once, by the coordinator: that protects against whoever sees releases, and
  /// against nobody who sees contributions.
  private static func figures(
    _ adversary: Adversary, epsilon: Double?, delta: Double
  ) -> RunFigures.GuaranteeFigures {
    let seesOnlyReleases = adversary == .modelUser || adversary == .anyClientOrPublic
    let assumptions =
      epsilon == nil
      ? ["The plan's mechanism is none: no noise is added anywhere."]
      : seesOnlyReleases
        ? [
          "The coordinator adds the noise that the plan promises and shows nobody the sums.",
          "Who takes part, and how many, is public.",
          "Each device contributes to each task at most as often as the plan says.",
          "The seed of the simulated noise stays secret: with the one in this report, whoever has "
            + "the releases can subtract the noise.",
        ]
        : [
          "Noise is added by the coordinator, which sees contributions before it: "
            + "nothing is claimed against it."
        ]
    return RunFigures.GuaranteeFigures(
      adversary: adversary.rawValue, summary: adversary.summary,
      epsilon: seesOnlyReleases ? epsilon : nil, delta: delta,
      neighboringRelation: neighboringRelation.rawValue, privacyUnit: PrivacyUnit.user.rawValue,
      assumptions: assumptions)
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
        case .evaluation: last.mechanism.request.dimension * float
        }
      return RunFigures.DeviceCostFigures(
        task: task.rawValue, uploads: last.participations,
        uploadBytes: last.participations * last.mechanism.uploadBytes, downloadBytes: download)
    }
  }
}
