internal import CryptoPrimitives
internal import PlannedRounds
internal import PrivacyAccounting
internal import RoundVocabulary
internal import SecureAggregation
internal import Scenarios
package import Storage
internal import TransparencyLog

/// A plan that a coordinator knows how to run.
package struct RunningPlan: Sendable {
  package let record: PlanRecord
  package let template: RoundTemplate
  package let course: any RoundCourse

  package init(record: PlanRecord, template: RoundTemplate, course: any RoundCourse) {
    self.record = record
    self.template = template
    self.course = course
  }

  /// Reads a signed plan.
  ///
  /// - Throws: `ScenarioError` for a document that is no plan, `PlanningFault` for one that cannot keep
  ///   its promise, `RunningPlanFault`.
  package init(_ record: PlanRecord) throws {
    let text = String(decoding: record.document, as: UTF8.self)
    let plan = try PlanDecoder.decode(yaml: text, file: "plan \(record.hash)")
    // The store goes by the text's end to tell whether there is a gate.
    guard plan.audit.gate == record.hasGate else { throw RunningPlanFault.gate }
    let tasks = try PlannedTasks(plan, hash: record.hash)
    guard let faults = FaultAssumption(collusion: tasks.collusion, dropout: tasks.dropout) else {
      throw RunningPlanFault.shares
    }
    let assurance = tasks.assurance
    let times = plan.times
    self.init(
      record: record,
      template: RoundTemplate(
        leastCohort: tasks.leastCohort, mostCohort: plan.cohort.most,
        leastSurvivors: assurance.leastSurvivors, leastHonest: assurance.leastHonest,
        faults: faults,
        stepSeconds: [
          times.advertise, times.shares, times.input, times.consistency, times.unmask,
        ].map(UInt64.init), pauseSeconds: UInt64(times.pause), attempts: plan.cohort.attempts),
      course: PlannedCourse(plannedTasks: tasks))
  }
}

/// Why a plan that can be read cannot be run.
package enum RunningPlanFault: Error, Equatable, CustomStringConvertible {
  case shares
  /// The document is not in the one form that plans are signed in, so that its gate is overlooked.
  case gate
  /// The cohort is too large for a graph that nobody can choose without a witness.
  case needsWitness(most: Int, limit: Int)

  /// Why cohorts of up to `most` devices cannot be formed with so many witnesses, nil if they can.
  package static func missingWitness(most: Int, witnesses: Int) -> RunningPlanFault? {
    let limit = GraphParameters.mostComplete
    return most > limit && witnesses == 0 ? .needsWitness(most: most, limit: limit) : nil
  }

  package var description: String {
    switch self {
    case .shares:
      "privacy.colludingShare and privacy.dropoutShare are no pair that secure aggregation has "
        + "parameters for; see protocols/secure-aggregation.md, section 6"
    case .gate:
      "audit.gate is not where a signed plan has it; sign the plan with: silhouette coordinator plan sign"
    case .needsWitness(let most, let limit):
      "cohort.most \(most) is above \(limit), and such cohorts need a witness; add one with: "
        + "silhouette coordinator witness add FILE --dir DIR, or write at most \(limit)"
    }
  }
}

/// The rounds of a plan's tasks, one after another.
struct PlannedCourse: RoundCourse {
  let plannedTasks: PlannedTasks

  var tasks: [Bytes32] {
    PlannedTasks.order.map { PlannedTasks.identifier(of: $0, plan: plannedTasks.hash) }
  }

  var firstModel: [UInt8] { ModelState.first(of: plannedTasks.hash).encoded }

  func demand(after model: [UInt8]) throws -> RoundDemand? {
    guard let round = plannedTasks.next(after: try ModelState(decoding: model)) else { return nil }
    let terms = plannedTasks.terms(of: round.task)
    return RoundDemand(
      task: round.task.rawValue,
      identifier: PlannedTasks.identifier(of: round.task, plan: plannedTasks.hash),
      mostReleases: PlannedTasks.mostReleases(of: round.task, of: plannedTasks.plan),
      dimension: terms.dimension, ringBits: terms.ringBits, clipNorm: terms.clipNorm,
      scale: terms.scale, squaredNormBound: terms.squaredNormBound, noise: NoiseTerms(terms.noise),
      totalVariation: plannedTasks.totalVariation(of: round.task),
      rotationSeed: terms.rotationSeed)
  }

  func account(_ debits: [Bytes32: UInt64]) throws -> PlanAccount {
    let counts = Dictionary(
      uniqueKeysWithValues: PlannedTasks.order.map { task in
        let name = PlannedTasks.identifier(of: task, plan: plannedTasks.hash)
        // One device may have been in every round, but in no more than it agrees to.
        return (task, min(Int(debits[name] ?? 0), plannedTasks.mostParticipations(in: task)))
      })
    let participations = plannedTasks.participations(counts)
    let delta = plannedTasks.plan.privacy.delta
    guard plannedTasks.plan.privacy.mechanism != .none else {
      return PlanAccount(
        accountant: Self.accountant, vectorsHash: Self.vectorsHash, claims: [])
    }
    return PlanAccount(
      accountant: Self.accountant, vectorsHash: Self.vectorsHash,
      claims: try Self.adversaries.map { adversary in
        let epsilon =
          participations.isEmpty
          ? 0
          : try Accountant.epsilon(
            of: participations, against: adversary, delta: delta, neighbors: .zeroOut
          ).upper
        return LoggedClosing.Claim(adversary: adversary, delta: delta, epsilon: epsilon)
      })
  }

  private static let accountant = "silhouette PrivacyAccounting 1"
  /// Names the golden values that `make conformance` checks the accountant against; a test computes it from the files.
  ///
  /// In protocols/vectors/accounting: b2sum -l 256 *.json | b2sum -l 256
  private static let vectorsHash: Bytes32 = {
    let text = "fcf6d6ff87faece8de6c73dc2fb7914c4b7407350d7c14bcc6269e3f6acd7cbd"
    guard let hash = Bytes32(hexadecimal: text) else { preconditionFailure("\(text) is no hash") }
    return hash
  }()
  /// Against whom debits say what was spent, in the order of the log; others see contributions of cohorts that
  /// were never debited.
  private static let adversaries: [Adversary] = [
    .modelUser, .anyClientOrPublic, .honestButCuriousCoordinator,
    .coordinatorWithColludingClients,
  ]

  func model(after model: [UInt8], sum: OpenedSum) throws -> [UInt8] {
    try plannedTasks.state(
      after: ModelState(decoding: model), sum: sum.vector, contributors: sum.survivors.count
    ).encoded
  }
}

extension NoiseTerms {
  /// What a plan says of each device's noise, as a round's configuration says it.
  init(_ noise: PlannedTasks.Terms.Noise?) {
    guard let noise else {
      self = .none
      return
    }
    self.init(
      law: noise.isSkellam ? .skellam : .discreteGaussian, varianceNumerator: noise.numerator,
      varianceDenominator: noise.denominator)
  }
}
