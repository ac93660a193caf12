internal import CryptoPrimitives
internal import FederatedTasks
internal import NumericalMethods
internal import PrivacyAccounting
package import PrivacyAuditing
internal import PrivacyMechanisms
package import Report
internal import RoundVocabulary

/// Looks for canaries in what the mechanisms of a scenario or of a plan release, in one run of each task or in a few.
///
/// Canary devices go through the contribution path of the scenario: clip, rotation, rounding, noise and
/// ring. Each is in or out by a fair coin; one that is out contributes nothing, as zero-out neighbors have
/// it. All other devices contribute nothing, so that what is found is the mechanism's doing.
///
/// Where a cohort has no room for all canaries there are as many runs as it takes, each with canaries of its own and
/// all noise drawn afresh. One coin changes one of them, and the others do not depend on it: all runs together are
/// as private towards a canary as one is, and count as one run with all canaries.
package struct EmpiricalAudit: Sendable {
  /// Canaries, over all runs.
  package let canaries: Int
  /// The probability at which an honest mechanism may fail.
  package let significance: Double
  /// Of inclusion, directions and noise.
  package let seed: UInt64

  package init(canaries: Int, significance: Double, seed: UInt64) {
    self.canaries = canaries
    self.significance = significance
    self.seed = seed
  }

  /// Why a task is not measured.
  package enum Obstacle: Error, Equatable, CustomStringConvertible {
    case notInScenario
    case tooLarge(devices: Int, coordinates: Int)
    case tooFewDevices(Int)
    /// Devices of a running task that are canaries.
    case tooFewCanaries(Int)
    /// Two devices are the same canary, or canaries of different audits.
    case unlikeCanaries(index: Int)
    case nothingReleased
    /// Rounds of a program that kept no sums.
    case sumsNotKept

    package var description: String {
      switch self {
      case .notInScenario: "the scenario has no such task; name another, or leave --task out"
      case .tooLarge(let devices, let coordinates):
        "\(devices) devices with \(coordinates) numbers each are too many; measure a scenario with fewer users"
      case .tooFewDevices(let devices):
        "a cohort of \(devices) has no room for two canaries"
      case .tooFewCanaries(let devices):
        "\(devices) of the devices are canaries that took part; it takes two or more: silhouette client canary --help"
      case .unlikeCanaries(let index):
        "canary \(index) is there twice, or belongs to another audit; name the devices of one audit, each once"
      case .nothingReleased: "no round of it has been committed yet"
      case .sumsNotKept:
        "the sums of some of its rounds were not kept: an earlier version of this program has committed them"
      }
    }
  }

  /// Measures one task.
  ///
  /// - Throws: `Obstacle`, `SimulationError`, `AuditError` or `AccountingError`.
  package func measure(_ audited: AuditedTask) throws -> EmpiricalFigures.Task {
    let (request, devices) = (audited.mechanism.request, devices(audited.mechanism))
    guard devices >= 2, canaries >= 2 else { throw Obstacle.tooFewDevices(devices) }
    let (numbers, isTooMany) = devices.multipliedReportingOverflow(by: request.encodedDimension)
    guard !isTooMany, numbers <= Self.mostNumbers else {
      throw Obstacle.tooLarge(devices: devices, coordinates: request.encodedDimension)
    }
    let needed = (canaries + devices - 1) / devices
    let runs = max(1, min(needed, Self.mostNumbers / max(1, numbers)))
    let total = min(canaries, runs * devices)
    var evidence = CanaryEvidence()
    for number in 0..<runs {
      // Parts that differ by one at most.
      let count = total / runs + (number < total % runs ? 1 : 0)
      var path = AuditedPath(audited)
      try evidence.add(run(audited, canaries: count, number: number) { try path.release($0) })
    }
    return try judge(evidence, audited)
  }

  /// What canaries leave in a task's releases, by what `path` makes of the updates of each round.
  ///
  /// The product has the mechanism's own path only; tests put in one with a fault.
  /// - Parameters:
  ///   - count: canaries of this run; nil for as many as there is room for.
  ///   - number: of the run, counted from 0.
  func run(
    _ audited: AuditedTask, canaries count: Int? = nil, number runNumber: Int = 0,
    through path: (CanaryRound) throws -> [Float]
  ) throws -> CanaryRun {
    let set = try CanarySet(
      count: count ?? min(canaries, devices(audited.mechanism)), of: audited.task,
      dimension: audited.dimension, clipNorm: audited.clipNorm, seed: seed)
    var coins = DeterministicGenerator(
      seed: seed, stream: audited.task.auditStream(0, run: runNumber))
    let included = set.drawInclusion(using: &coins)
    let weights = audited.course?.weightsOfParticipations
    let nothing = [Float](repeating: 0, count: set.dimension)
    let releases = try audited.participating.enumerated().map { number, takesPart in
      try path(
        CanaryRound(
          number: number, devices: takesPart ? devices(audited.mechanism) : 0, seed: seed,
          label: "empirical audit \(audited.task.rawValue)"
            + (runNumber > 0 ? " run \(runNumber)" : "")
        ) { device in
          // Correlated noise is least on sums, so canaries keep their sign.
          device < set.count && included[device]
            ? set.contribution(of: device, inRelease: weights == nil ? number : 0) : nothing
        })
    }
    return CanaryRun(
      set: set, included: included, known: Array(included.indices),
      releases: weights.map { [Self.sum(of: releases, times: $0)] } ?? releases)
  }

  private static func sum(of releases: [[Float]], times weights: [Double]) -> [Float] {
    var sum = [Double](repeating: 0, count: releases.first?.count ?? 0)
    for (release, weight) in zip(releases, weights) {
      for index in sum.indices { sum[index] += weight * Double(release[index]) }
    }
    return sum.map { Float($0) }
  }

  /// Looks for canary devices in what a running task has released.
  ///
  /// A round in which a device had no part makes its canary harder to guess, and the bound no less true.
  /// - Parameters:
  ///   - canaries: the devices of one audit, as their folders keep them.
  ///   - releases: the sums of rounds 1, 2, ... in this order. Shape: [rounds, d].
  /// - Throws: `Obstacle`, `AuditError` or `AccountingError`.
  package static func measure(
    _ audited: AuditedTask, canaries: [CanaryRole], releases: [[Float]], significance: Double
  ) throws -> EmpiricalFigures.Task {
    let first = try check(canaries)
    guard !releases.isEmpty else { throw Obstacle.nothingReleased }
    var included = [Bool](repeating: false, count: first.count)
    for canary in canaries {
      included[canary.index] = canary.tasks.contains(audited.task)
    }
    let known = canaries.map(\.index).sorted()
    let request = audited.mechanism.request
    let set = try CanarySet(
      count: first.count, of: audited.task, dimension: request.dimension,
      clipNorm: request.clipNorm, seed: first.seed)
    return try EmpiricalAudit(canaries: known.count, significance: significance, seed: first.seed)
      .judge(
        CanaryEvidence(
          of: CanaryRun(set: set, included: included, known: known, releases: releases)), audited)
  }

  /// Whether devices are canaries of one audit, each once; the first of them.
  ///
  /// - Throws: `Obstacle`.
  @discardableResult
  package static func check(_ canaries: [CanaryRole]) throws(Obstacle) -> CanaryRole {
    guard let first = canaries.first, canaries.count > 1 else {
      throw .tooFewCanaries(canaries.count)
    }
    var known: Set<Int> = []
    for canary in canaries {
      guard canary.count == first.count, canary.seed == first.seed,
        known.insert(canary.index).inserted
      else { throw .unlikeCanaries(index: canary.index) }
    }
    return first
  }

  private func judge(
    _ evidence: CanaryEvidence, _ audited: AuditedTask
  ) throws -> EmpiricalFigures.Task {
    var figures = try figures(evidence.outcome, audited)
    figures.runs = evidence.runs
    figures.estimate = try estimate(evidence, audited)
    return figures
  }

  /// What the canaries that were in let one guess of epsilon: no bound, from neither side.
  private func estimate(_ evidence: CanaryEvidence, _ audited: AuditedTask) throws -> Double? {
    let cosines = evidence.cosines
    // Without noise all canaries are alike, and nothing can be estimated from how they differ.
    guard audited.charge != nil, cosines.count >= 2, Set(cosines).count > 1 else { return nil }
    let estimate = try CanaryEstimate(
      cosines: cosines, dimension: audited.dimension, delta: audited.delta
    ).epsilonEstimate
    return estimate.isFinite ? estimate : nil
  }

  /// Devices of a round: as few as the plan lets a round have, for more would only add noise.
  private func devices(_ mechanism: ContributionMechanism) -> Int {
    guard case .devices(_, let assurance) = mechanism.request.placement else {
      return min(mechanism.request.maximumCohort, canaries)
    }
    return assurance.leastSurvivors
  }

  /// Numbers that are rounded and noised in one round of all runs: some minutes of one core.
  private static let mostNumbers = 4_000_000_000

  /// What so many right guesses amount to.
  func figures(
    _ outcome: OneRunOutcome, _ audited: AuditedTask
  ) throws -> EmpiricalFigures.Task {
    let delta = audited.delta
    let claimed = try audited.claimedEpsilon()
    let claim = PrivacyGuarantee(
      epsilon: claimed ?? .infinity, delta: delta, neighboringRelation: .zeroOut,
      privacyUnit: .user, adversary: .anyClientOrPublic, assumptions: [])
    // Both bounds hold at half the level, so the better one does at the whole.
    var results = [try outcome.audit(of: claim, significance: significance / 2)]
    results.append(
      try outcome.audit(of: claim, in: audited.family, significance: significance / 2))
    let best = results.max {
      ($0.epsilonLowerBound, $0.ceiling) < ($1.epsilonLowerBound, $1.ceiling)
    }
    // Cannot fail: there are two.
    guard let best else { preconditionFailure("no result") }
    return EmpiricalFigures.Task(
      task: audited.task.rawValue, method: best.method.summary, canaries: outcome.canaries,
      guesses: outcome.guesses, correct: outcome.correct,
      releases: audited.releases,
      claimedEpsilon: claim.epsilon.isFinite ? claim.epsilon : nil, delta: delta,
      lowerBound: best.epsilonLowerBound,
      ceiling: results.map(\.ceiling).max() ?? best.ceiling, alpha: significance,
      verdict: best.verdict.rawValue, estimate: nil,
      clipNorm: audited.clipNorm, noiseMultiplier: audited.noiseMultiplier)
  }
}
