package import CryptoPrimitives
package import PrivacyAccounting
package import PrivacyMechanisms

/// How the ranker's gradients are clipped, noised and opened, round after round.
///
/// What may differ between plans of one budget: a clip norm that is fixed or follows the updates, and
/// noise of every round's own or, where the coordinator makes it, correlated over the rounds.
package struct RankerRounds: Sendable {
  /// Where C comes from.
  package enum Clipping: Sendable, Equatable {
    case fixed
    /// The plan's clip norm is that of the first round; later ones follow the median.
    case adaptive
  }

  private enum Opening: Sendable {
    case independent
    case adaptive(AdaptiveClippingState, base: ContributionMechanism.Request)
    case tree(CumulativeRelease<TreeNoise>)
    case banded(CumulativeRelease<BandedFactorizationNoise>)
  }

  /// Clip, encoding and noise of the coming round.
  package private(set) var mechanism: ContributionMechanism
  private var opening: Opening
  private let schedule: CohortSchedule

  /// Rounds with noise of their own; or without any, and then C is fixed, for counts of clipped updates
  /// would show what nobody hides.
  init(
    _ request: ContributionMechanism.Request, clipping: Clipping, schedule: CohortSchedule
  ) throws(RankerRoundsError) {
    self.schedule = schedule
    guard clipping == .adaptive, let multiplier = request.noiseMultiplier else {
      opening = .independent
      mechanism = try Self.mechanism(request)
      return
    }
    let state: AdaptiveClippingState
    do throws(AdaptiveClippingError) {
      // A twentieth of the cohort; where that is too little to hide a bit, what costs 15 % more noise.
      state = try AdaptiveClippingState(
        .init(
          firstClipNorm: request.clipNorm,
          bitDeviation: max(Double(request.maximumCohort) / 20, multiplier),
          noiseMultiplier: multiplier))
    } catch {
      throw .clipping(error)
    }
    opening = .adaptive(state, base: request)
    mechanism = try Self.mechanism(state.request(request))
  }

  /// Rounds whose noise the coordinator correlates, such that prefix sums of gradients have little.
  ///
  /// A request that leaves the scale open gets the finest on which all noise can be drawn.
  init(
    _ request: ContributionMechanism.Request, correlated: TrainingPlan.Correlation,
    noiseMultiplier: Double, schedule: CohortSchedule
  ) throws(RankerRoundsError) {
    self.schedule = schedule
    var bare = request
    bare.noiseMultiplier = nil
    while true {
      mechanism = try Self.mechanism(bare)
      do throws(CumulativeReleaseError) {
        opening = try Self.opening(
          mechanism, correlated, noiseMultiplier: noiseMultiplier, schedule: schedule)
        return
      } catch {
        let isTooFine =
          switch error {
          case .noiseTooWide, .ringTooNarrow: true
          default: false
          }
        guard isTooFine, request.scaleBits == nil, mechanism.scaleBits > 1 else {
          throw .cumulative(error)
        }
        bare.scaleBits = mechanism.scaleBits - 1
      }
    }
  }

  private static func opening(
    _ mechanism: ContributionMechanism, _ correlated: TrainingPlan.Correlation,
    noiseMultiplier: Double, schedule: CohortSchedule
  ) throws(CumulativeReleaseError) -> Opening {
    let (steps, pattern) = (schedule.rounds, try schedule.pattern)
    switch correlated {
    case .tree:
      return .tree(
        try CumulativeRelease(
          mechanism, noiseMultiplier: noiseMultiplier,
          strategy: TreeNoise(steps: steps, pattern: pattern)))
    case .banded:
      return .banded(
        try CumulativeRelease(
          mechanism, noiseMultiplier: noiseMultiplier,
          strategy: BandedFactorizationNoise.best(steps: steps, pattern: pattern)))
    }
  }

  private static func mechanism(
    _ request: ContributionMechanism.Request
  ) throws(RankerRoundsError) -> ContributionMechanism {
    do throws(MechanismError) {
      return try ContributionMechanism(request)
    } catch {
      throw .mechanism(error)
    }
  }

  /// What the releases up to a round cost one user, as accountants see them; nil without noise.
  ///
  /// Correlated noise is charged for the whole run at its first release.
  package func charge(through round: Int) -> Accountant.Participation? {
    switch opening {
    case .independent, .adaptive:
      mechanism.observed.map {
        Accountant.Participation($0, count: schedule.participations(through: round))
      }
    case .tree(let run): Accountant.Participation(run.observed, count: 1)
    case .banded(let run): Accountant.Participation(run.observed, count: 1)
    }
  }

  /// The rounds of one device that takes part as often, and as early, as it may; the first is round 0.
  ///
  /// Shape: [rounds].
  package var mostParticipations: [Bool] {
    let separation = max(1, schedule.population / max(1, schedule.cohort))
    return (0..<schedule.rounds).map {
      $0.isMultiple(of: separation) && $0 / separation < schedule.participations
    }
  }

  /// With which weights the rounds of a whole run show best who took part as often as may be; nil where rounds
  /// have noise of their own, and each shows as much as any other.
  package var weightsOfParticipations: [Double]? {
    switch opening {
    case .independent, .adaptive: nil
    case .tree(let run): run.weights(participating: mostParticipations)
    case .banded(let run): run.weights(participating: mostParticipations)
    }
  }

  /// The noise on one release over C, or on a whole run whose noise is correlated; nil without noise.
  package var noiseMultiplier: Double? {
    switch opening {
    case .independent, .adaptive: mechanism.request.noiseMultiplier
    case .tree(let run): run.noiseMultiplier
    case .banded(let run): run.noiseMultiplier
    }
  }

  /// C: the greatest norm of an update in the coming round.
  package var clipNorm: Double {
    if case .adaptive(let state, _) = opening { state.clipNorm } else { mechanism.request.clipNorm }
  }

  /// Coordinates of an update, without what is sent beside it.
  package var dimension: Int {
    if case .adaptive(_, let base) = opening { base.dimension } else { mechanism.request.dimension }
  }

  /// What a device sends for its update.
  package func vector(for update: [Float]) -> [Float] {
    if case .adaptive(let state, _) = opening { state.vector(for: update) } else { update }
  }

  /// Opens a round's sum: what the round has learned, with its noise.
  ///
  /// - Throws: `ReleaseError`, `CumulativeReleaseError` or `RankerRoundsError`.
  package mutating func open(
    _ sum: consuming ContributionSum, noise stream: inout RandomStream
  ) throws -> Release {
    switch opening {
    case .independent: return try mechanism.release(sum, noise: &stream)
    case .adaptive(var state, let base):
      let release = try mechanism.release(sum, noise: &stream)
      let outcome = state.absorb(release)
      opening = .adaptive(state, base: base)
      let next = try Self.mechanism(state.request(base))
      precondition(next.observed == mechanism.observed, "C changes what a round costs")
      mechanism = next
      return Release(
        values: outcome.values, contributors: release.contributors,
        noiseStandardDeviation: release.noiseStandardDeviation)
    case .tree(var run):
      let release = try run.absorbStep(sum, noise: &stream)
      opening = .tree(run)
      return release
    case .banded(var run):
      let release = try run.absorbStep(sum, noise: &stream)
      opening = .banded(run)
      return release
    }
  }
}

/// Why the rounds of a plan are not possible.
package enum RankerRoundsError: Error, Equatable, CustomStringConvertible {
  case mechanism(MechanismError)
  case clipping(AdaptiveClippingError)
  case cumulative(CumulativeReleaseError)

  package var description: String {
    switch self {
    case .mechanism(let error): error.description
    case .clipping(let error): error.description
    case .cumulative(let error): error.description
    }
  }
}

extension CohortSchedule {
  /// How often one device takes part at most, and how many rounds are between two times at least.
  var pattern: ParticipationPattern {
    get throws(CumulativeReleaseError) {
      do throws(AccountingError) {
        return try ParticipationPattern(
          minimumSeparation: max(1, population / max(1, cohort)),
          maximumParticipations: max(1, participations))
      } catch {
        throw .accounting(error)
      }
    }
  }
}
