package import PrivacyAccounting
internal import RoundVocabulary

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Chooses scale, ring, rotation and noise of a task from what is to be learned and promised.
///
/// Of all encodings whose rounding adds less than `greatestRoundingShare` to the noise it takes the one
/// with the smallest upload; of two alike the one without rotation. Everything follows from public
/// numbers: no data is looked at.
package enum ParameterPlanner {
  /// How much rounding may add to the variance of the noise, in all.
  ///
  /// Both the variance of rounding itself and the noise for the norm that rounding adds count.
  package static let greatestRoundingShare = 0.01

  /// What all releases of a task together may cost one user.
  package enum Budget: Sendable, Equatable {
    /// The task has a guarantee of its own, which the accountant confirms.
    case guarantee(epsilon: Double, delta: Double)
    /// The task's share of the squared Gaussian parameter mu^2 of several tasks.
    case squaredMu(Double)
  }

  /// What a task is to do.
  package struct Demand: Sendable, Equatable {
    package var budget: Budget
    package var dimension: Int
    /// Greatest L2 norm of a contribution, in update units.
    package var clipNorm: Double
    /// Devices per round.
    package var cohort: Int
    /// Releases to which one user contributes.
    package var rounds: Int
    /// The law of the devices' noise; nil leaves the noise to the coordinator.
    package var law: ObservedMechanism.DeviceNoise.Law?
    package var dropoutShare: Double
    package var colludingShare: Double

    package init(
      budget: Budget, dimension: Int, clipNorm: Double, cohort: Int, rounds: Int,
      law: ObservedMechanism.DeviceNoise.Law?, dropoutShare: Double = 0,
      colludingShare: Double = 0
    ) {
      self.budget = budget
      self.dimension = dimension
      self.clipNorm = clipNorm
      self.cohort = cohort
      self.rounds = rounds
      self.law = law
      self.dropoutShare = dropoutShare
      self.colludingShare = colludingShare
    }
  }

  /// What was chosen, and what to expect of it.
  package struct Plan: Sendable {
    package let mechanism: ContributionMechanism
    /// Standard deviation of the noise of one device, in ring units; 0 where it makes none.
    package let deviceNoiseDeviation: Double
    /// What a coordinate of a sum of full-norm contributions in one direction is, on average, over the
    /// standard deviation of its noise, when the whole cohort arrives.
    package let signalToNoise: Double
    /// A bound on the probability that some coordinate of a release wraps.
    ///
    /// Without rotation contributions alone never do, and this is the noise's tail.
    package let wrapProbability: Double
    package let uploadBytes: Int
    /// n / hMin: the variance of everybody's noise over what is certain to be there.
    package let overNoise: Double
    /// What rounding adds to the variance of the noise.
    package let roundingShare: Double

    package var isRotated: Bool { mechanism.request.rotation != nil }
  }

  /// The plan with the smallest upload.
  ///
  /// - Parameter seed: the rotation's, if there is one; it does not change the plan.
  /// - Throws: `PlanningError`.
  package static func plan(
    _ demand: Demand, seed: RotationSeed = RotationSeed(hashing: [])
  ) throws(PlanningError) -> Plan {
    let multiplier = try noiseMultiplier(for: demand)
    var best: Plan?
    var refusal: PlanningError?
    for rotation in [nil, seed] {
      do throws(PlanningError) {
        let plan = try plan(demand, noiseMultiplier: multiplier, rotation: rotation)
        if best.map({ plan.uploadBytes < $0.uploadBytes }) ?? true { best = plan }
      } catch {
        refusal = refusal ?? error
      }
    }
    guard let best else {
      throw refusal ?? .noEncoding(dimension: demand.dimension, cohort: demand.cohort)
    }
    return best
  }

  /// The least number of scale bits that rounds finely enough and keeps the promise.
  ///
  /// Fewer scale bits never need a wider ring, so the first that does is the smallest upload.
  private static func plan(
    _ demand: Demand, noiseMultiplier: Double, rotation: RotationSeed?
  ) throws(PlanningError) -> Plan {
    var request = ContributionMechanism.Request(
      dimension: demand.dimension, clipNorm: demand.clipNorm, maximumCohort: demand.cohort,
      ringBits: 32, noiseMultiplier: noiseMultiplier, placement: placement(for: demand),
      releases: demand.rounds, rotation: rotation)
    var refusal: PlanningError?
    for scaleBits in ContributionMechanism.supportedScaleBits {
      request.scaleBits = scaleBits
      let plan: Plan?
      do throws(MechanismError) {
        plan = try self.plan(for: request, scaleBits: scaleBits)
      } catch {
        // The first fault is the one to name: finer scales only need wider rings.
        refusal = refusal ?? .mechanism(error)
        if case .modulusCanWrap = error { break }
        continue
      }
      if let plan, try keeps(demand, plan.mechanism) { return plan }
    }
    throw refusal ?? .noEncoding(dimension: demand.dimension, cohort: demand.cohort)
  }

  /// The plan at one scale; nil where it rounds too coarsely.
  private static func plan(
    for request: ContributionMechanism.Request, scaleBits: Int
  ) throws(MechanismError) -> Plan? {
    try ContributionMechanism.validate(request)
    let narrow = try ContributionMechanism.narrowed(request, scaleBits: scaleBits)
    guard roundingShare(narrow.request, narrow.parameters) < greatestRoundingShare else {
      return nil
    }
    return figures(try ContributionMechanism(narrow.request), narrow.parameters)
  }

  private static func placement(for demand: Demand) -> NoisePlacement {
    guard let law = demand.law else { return .coordinator }
    return .devices(
      law,
      CohortAssurance(
        cohort: demand.cohort, dropoutShare: demand.dropoutShare,
        colludingShare: demand.colludingShare))
  }

  /// The accountant's word that all rounds together cost at most what was promised.
  ///
  /// Nothing is asked about a share of mu^2: whoever shares it out asks about all tasks.
  private static func keeps(
    _ demand: Demand, _ mechanism: ContributionMechanism
  ) throws(PlanningError) -> Bool {
    guard case .guarantee(let epsilon, let delta) = demand.budget,
      let observed = mechanism.observed
    else { return true }
    do {
      let bound = try Accountant.epsilon(
        of: [Accountant.Participation(observed, count: demand.rounds)],
        against: .anyClientOrPublic, delta: delta)
      return bound.upper <= epsilon
    } catch {
      throw .accounting(error)
    }
  }
}
