internal import CryptoPrimitives
internal import FederatedTasks
internal import NumericalMethods
internal import PrivacyAccounting
internal import PrivacyAuditing
internal import PrivacyMechanisms
package import Report
package import RoundVocabulary
internal import Scenarios
internal import SeededRandomness

/// Looks for canaries in what a scenario's mechanisms release, in one run of each task.
///
/// Canary devices go through the contribution path of the scenario: clip, rotation, rounding, noise and
/// ring. Each is in or out by a fair coin; one that is out contributes nothing, as zero-out neighbors have
/// it. All other devices contribute nothing, so that what is found is the mechanism's doing.
package struct EmpiricalAudit: Sendable {
  package let plan: ScenarioPlan
  /// Canaries, as far as the cohort has room for them.
  package let canaries: Int
  /// The probability at which an honest mechanism may fail.
  package let significance: Double
  /// Of inclusion, directions and noise.
  package let seed: UInt64

  /// The part of the canaries that is guessed to be in, and the part that is guessed to be out.
  ///
  /// Fixed before anything is drawn; the others are too close to call.
  private static let guessedShare = 0.15

  package init(_ plan: ScenarioPlan, canaries: Int, significance: Double, seed: UInt64) {
    self.plan = plan
    self.canaries = canaries
    self.significance = significance
    self.seed = seed
  }

  /// Why a task is not measured.
  package enum Obstacle: Error, Equatable, CustomStringConvertible {
    case cumulative
    case tooLarge(devices: Int, coordinates: Int)
    case tooFewDevices(Int)

    package var description: String {
      switch self {
      case .cumulative:
        "its clip norm or noise follows from earlier rounds; measure a scenario with fixed clipping and "
          + "privacy.noise skellam or discrete-gaussian"
      case .tooLarge(let devices, let coordinates):
        "\(devices) devices with \(coordinates) numbers each are too many; measure a scenario with fewer users"
      case .tooFewDevices(let devices):
        "a cohort of \(devices) has no room for two canaries"
      }
    }
  }

  /// Measures one task.
  ///
  /// - Throws: `Obstacle`, `SimulationError`, `AuditError` or `AccountingError`.
  package func measure(_ task: TaskKind) throws -> EmpiricalFigures.Task {
    let mechanism = try mechanism(of: task)
    let releases = plan.shape(of: task).participations
    let set = try canarySet(for: mechanism, task)
    var coins = DeterministicGenerator(seed: seed, stream: stream(task, 0))
    let included = set.drawInclusion(using: &coins)
    let opened = try (0..<releases).map {
      try release($0, of: set, included: included, mechanism, task)
    }
    let guessed = max(1, Int(Double(set.count) * Self.guessedShare))
    let outcome = try CanaryGuesses(
      scores: set.scores(of: opened), highest: guessed, lowest: guessed
    ).outcome(included: included)
    return try figures(outcome, mechanism, task, releases)
  }

  private func mechanism(of task: TaskKind) throws -> ContributionMechanism {
    let scenario = plan.scenario
    let isFixed =
      scenario.ranker.clipping == .fixed
      && (scenario.privacy.noise == .skellam || scenario.privacy.noise == .discreteGaussian)
    guard task != .ranker || isFixed else { throw Obstacle.cumulative }
    return try plan.mechanism(for: task)
  }

  /// Devices of a round: as few as the plan lets a round have, for more would only add noise.
  private func devices(_ mechanism: ContributionMechanism) -> Int {
    guard case .devices(_, let assurance) = mechanism.request.placement else {
      return min(mechanism.request.maximumCohort, canaries)
    }
    return assurance.leastSurvivors
  }

  private func canarySet(
    for mechanism: ContributionMechanism, _ task: TaskKind
  ) throws -> CanarySet {
    let (request, devices) = (mechanism.request, devices(mechanism))
    let count = min(canaries, devices)
    guard count >= 2 else { throw Obstacle.tooFewDevices(devices) }
    guard
      devices.multipliedReportingOverflow(by: request.encodedDimension).partialValue
        <= Self.mostNumbers, devices <= Self.mostNumbers
    else {
      throw Obstacle.tooLarge(devices: devices, coordinates: request.encodedDimension)
    }
    return try CanarySet(
      count: count, dimension: request.dimension, clipNorm: request.clipNorm,
      directions: count <= request.dimension ? .disjointBlocks : .uniform,
      schedule: .alternating, seed: stream(task, 1) ^ seed)
  }

  /// Numbers that are rounded and noised in one round: some minutes of one core.
  private static let mostNumbers = 4_000_000_000

  private func release(
    _ number: Int, of set: CanarySet, included: [Bool], _ mechanism: ContributionMechanism,
    _ task: TaskKind
  ) throws -> [Float] {
    var sum = mechanism.makeSum()
    let nothing = [Float](repeating: 0, count: mechanism.request.dimension)
    for device in 0..<devices(mechanism) {
      let isIn = device < set.count && included[device]
      var randomness = RandomStream.seeded(
        seed, label: "empirical audit \(task.rawValue) \(number) \(device)")
      try mechanism.contribute(
        isIn ? set.contribution(of: device, inRelease: number) : nothing, to: &sum,
        randomness: &randomness)
    }
    var noise = RandomStream.seeded(seed, label: "empirical audit \(task.rawValue) \(number)")
    return try mechanism.release(sum, noise: &noise).values
  }

  private func figures(
    _ outcome: OneRunOutcome, _ mechanism: ContributionMechanism, _ task: TaskKind,
    _ releases: Int
  ) throws -> EmpiricalFigures.Task {
    let delta = plan.scenario.privacy.delta
    let event = mechanism.observed?.event(seenBy: .anyClientOrPublic)
    let claimed = try event.map {
      try Accountant.epsilon(of: [$0.times(releases)], delta: delta).upper
    }
    let claim = PrivacyGuarantee(
      epsilon: claimed ?? .infinity, delta: delta, neighboringRelation: .zeroOut,
      privacyUnit: .user, adversary: .anyClientOrPublic, assumptions: [])
    // Both bounds hold at half the level, so the better one does at the whole.
    var results = [try outcome.audit(of: claim, significance: significance / 2)]
    let family = event.map { PrivacyFamily(for: $0) } ?? .approximate
    results.append(try outcome.audit(of: claim, in: family, significance: significance / 2))
    let best = results.max {
      ($0.epsilonLowerBound, $0.ceiling) < ($1.epsilonLowerBound, $1.ceiling)
    }
    // Cannot fail: there are two.
    guard let best else { preconditionFailure("no result") }
    return EmpiricalFigures.Task(
      task: task.rawValue, method: best.method.summary, canaries: outcome.canaries,
      guesses: outcome.guesses, correct: outcome.correct, releases: releases,
      claimedEpsilon: claim.epsilon.isFinite ? claim.epsilon : nil, delta: delta,
      lowerBound: best.epsilonLowerBound,
      ceiling: results.map(\.ceiling).max() ?? best.ceiling, alpha: significance,
      verdict: best.verdict.rawValue, estimate: nil)
  }

  private func stream(_ task: TaskKind, _ purpose: UInt64) -> UInt64 {
    let place = UInt64(TaskKind.allCases.firstIndex(of: task) ?? 0)
    return 0x6175_6469_7400_0000 | place << 8 | purpose
  }
}
