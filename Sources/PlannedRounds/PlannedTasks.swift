package import CryptoPrimitives
internal import FederatedTasks
package import PrivacyAccounting
package import PrivacyMechanisms
internal import ReleasedParts
package import RoundVocabulary
package import Scenarios

/// The tasks of a plan with everything that costs privacy, the same for coordinator and devices.
///
/// Both build it from the plan's document alone. A device refuses every round whose terms are not these.
package struct PlannedTasks: Sendable {
  package let plan: FederationPlan
  /// Of the plan's document.
  package let hash: Bytes32
  private let mechanisms: [TaskKind: ContributionMechanism]

  /// The tasks of a plan, in the order in which they run.
  package static let order: [TaskKind] = [.statistics, .gram, .ranker]

  /// - Throws: `PlanningFault` if no mechanism can be built, or all releases together cost more than
  ///   the plan's epsilon.
  package init(_ plan: FederationPlan, hash: Bytes32) throws(PlanningFault) {
    self.plan = plan
    self.hash = hash
    let training = Self.training(of: plan)
    var mechanisms: [TaskKind: ContributionMechanism] = [:]
    for task in Self.order {
      do throws(MechanismError) {
        mechanisms[task] = try training.mechanism(for: Self.shape(of: task, in: plan))
      } catch {
        throw .mechanism(task, error)
      }
    }
    self.mechanisms = mechanisms
    guard plan.privacy.mechanism == .distributed else { return }
    let epsilon = try epsilon(against: .anyClientOrPublic, delta: plan.privacy.delta)
    guard epsilon <= plan.privacy.epsilon else {
      throw .promiseNotKept(epsilon: epsilon, promised: plan.privacy.epsilon)
    }
  }

  private static func training(of plan: FederationPlan) -> TrainingPlan {
    let privacy = plan.privacy
    let law: ObservedMechanism.DeviceNoise.Law =
      privacy.noise == .skellam ? .skellam : .discreteGaussian
    return TrainingPlan(
      target: privacy.mechanism == .none
        ? nil : TrainingPlan.Target(epsilon: privacy.epsilon, delta: privacy.delta),
      // Without a target nobody makes noise; the floor of survivors holds all the same.
      noise: .devices(
        law, dropoutShare: privacy.dropoutShare, colludingShare: privacy.colludingShare),
      ringBits: plan.encoding.ringBits, scaleBits: plan.encoding.scaleBits,
      rotation: plan.encoding.rotation
        ? RotationSeed(hashing: Array("\(plan.seed)".utf8)) : nil)
  }

  private static func shape(
    of task: TaskKind, in plan: FederationPlan
  ) -> TrainingPlan.TaskShape {
    let split = plan.privacy.split
    let most = mostParticipations(in: task, of: plan)
    switch task {
    case .statistics:
      return .init(
        task: task, dimension: plan.catalogue.items, clipNorm: StatisticsTask.clipNorm,
        cohort: plan.cohort.most, participations: most, budgetShare: split.statistics)
    case .gram:
      return .init(
        task: task, dimension: GramTask.dimension(coordinates: coordinates(of: plan)),
        clipNorm: GramTask.clipNorm, cohort: plan.cohort.most, participations: most,
        budgetShare: split.gram)
    case .ranker:
      return .init(
        task: task, dimension: RankerFeature.allCases.count, clipNorm: plan.ranker.clipNorm,
        cohort: plan.cohort.most, participations: most, budgetShare: split.ranker)
    case .encoder, .evaluation:
      preconditionFailure("plans have no task \(task.rawValue)")
    }
  }

  /// M, the order of a plan's gram matrix.
  package static func coordinates(of plan: FederationPlan) -> Int {
    ItemPartition.coordinateCount(
      items: plan.catalogue.items, headItems: plan.gram.headItems,
      tailGroups: plan.gram.tailGroups)
  }

  /// How often one device contributes to a task of a plan, at most.
  package static func mostParticipations(in task: TaskKind, of plan: FederationPlan) -> Int {
    (task == .ranker ? plan.ranker.participations : 1) + plan.privacy.retries
  }

  /// How many sums of a task become part of a version, at most.
  package static func mostReleases(of task: TaskKind, of plan: FederationPlan) -> Int {
    task == .ranker ? plan.ranker.rounds : 1
  }

  /// How often one device contributes to a task, at most: what its noise is calibrated to, and what
  /// the device keeps to.
  package func mostParticipations(in task: TaskKind) -> Int {
    Self.mostParticipations(in: task, of: plan)
  }

  /// Clip, encoding, noise and accounting event of a task.
  package func mechanism(for task: TaskKind) -> ContributionMechanism {
    guard let mechanism = mechanisms[task] else {
      preconditionFailure("plans have no task \(task.rawValue)")
    }
    return mechanism
  }

  /// The survivors that a round has to have.
  package var assurance: CohortAssurance {
    CohortAssurance(
      cohort: plan.cohort.most, dropoutShare: plan.privacy.dropoutShare,
      colludingShare: plan.privacy.colludingShare)
  }

  /// Devices that have to join, so that a round goes on.
  package var leastCohort: Int { max(3, assurance.leastSurvivors) }

  /// The share of a cohort that may work with the coordinator, in 1/10,000.
  package var collusion: Int { Self.tenThousandths(plan.privacy.colludingShare) }

  /// The share of a cohort that may drop out, in 1/10,000.
  package var dropout: Int { Self.tenThousandths(plan.privacy.dropoutShare) }

  private static func tenThousandths(_ share: Double) -> Int { Int((share * 10_000).rounded()) }

  /// The name of a task of the plan with this hash: where its rounds, and a device's part in them, are
  /// counted.
  package static func identifier(of task: TaskKind, plan hash: Bytes32) -> Bytes32 {
    var message = LabeledMessage(.plannedTask)
    message.append(hash)
    message.append(Array(task.rawValue.utf8))
    return message.digest
  }

  /// The task of a plan with this identifier.
  package static func task(named identifier: Bytes32, plan hash: Bytes32) -> TaskKind? {
    order.first { Self.identifier(of: $0, plan: hash) == identifier }
  }

  // MARK: What it costs

  /// What `counts` contributions to each task cost their device, infinity without noise.
  ///
  /// - Parameter counts: contributions; those that are missing are none.
  package func participations(
    _ counts: [TaskKind: Int]
  ) -> [Accountant.Participation] {
    Self.order.compactMap { task in
      guard let observed = mechanism(for: task).observed, let count = counts[task], count > 0
      else { return nil }
      return Accountant.Participation(observed, count: count)
    }
  }

  /// Epsilon of everything that one device may contribute, against an adversary.
  package func epsilon(
    against adversary: Adversary, delta: Double
  ) throws(PlanningFault) -> Double {
    let counts = Dictionary(
      uniqueKeysWithValues: Self.order.map { ($0, mostParticipations(in: $0)) })
    return try epsilon(of: counts, against: adversary, delta: delta)
  }

  /// Epsilon of some contributions of one device, infinity without noise.
  ///
  /// - Parameter counts: contributions; those that are missing are none, and one at least there has to be.
  package func epsilon(
    of counts: [TaskKind: Int], against adversary: Adversary, delta: Double
  ) throws(PlanningFault) -> Double {
    let participations = participations(counts)
    guard !participations.isEmpty else { return .infinity }
    do throws(AccountingError) {
      return try Accountant.epsilon(
        of: participations, against: adversary, delta: delta, neighbors: .zeroOut
      ).upper
    } catch {
      throw .accounting(error)
    }
  }
}

/// Why the settings of a plan do not go together.
package enum PlanningFault: Error, Equatable, CustomStringConvertible {
  case mechanism(TaskKind, MechanismError)
  case accounting(AccountingError)
  case promiseNotKept(epsilon: Double, promised: Double)

  package var description: String {
    switch self {
    case .mechanism(let task, .modulusCanWrap(let bits, let cohort, let scaleBits, let needed)):
      "encoding.ringBits \(bits) is too small for the task \(task.rawValue): sums over \(cohort) devices "
        + "with noise take \(needed) bits at encoding.scaleBits \(scaleBits); widen the ring, raise "
        + "privacy.epsilon, or write encoding.scaleBits auto"
    case .mechanism(let task, let error): "the task \(task.rawValue) is not possible: \(error)"
    case .accounting(let error): "no bound is known for this plan: \(error)"
    case .promiseNotKept(let epsilon, let promised):
      "all releases together cost epsilon \(epsilon), more than the privacy.epsilon \(promised): "
        + "write encoding.scaleBits auto, a wider encoding.ringBits or a lower privacy.epsilon"
    }
  }
}
