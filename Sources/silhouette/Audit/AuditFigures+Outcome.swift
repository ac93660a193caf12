internal import CryptoPrimitives
internal import Foundation
internal import PrivacyLedger
internal import Report
internal import RoundVocabulary
internal import Scenarios
internal import TransparencyLog

extension AuditFigures {
  /// What an accepted bundle says, for a report.
  init(
    _ outcome: LedgerVerifier.Outcome, bytes: Int, keysArePinned: Bool, signer: String,
    empirical: EmpiricalFigures?
  ) {
    let bundle = outcome.bundle
    let policy = bundle.policy
    self.init(
      version: Silhouette.version, signer: signer,
      bundle: Bundle(
        hash: outcome.hash.description, entries: bundle.entries.count, bytes: bytes,
        headTime: Moment.text(Int64(bundle.head.signed.head.time)),
        log: policy.log.key.encoding.description,
        authority: policy.authority.encoding.description,
        witnesses: policy.quorum.witnesses.map(\.encoding).sorted().map(\.description),
        quorum: policy.quorum.needed, cosignatures: bundle.head.cosignatures.count,
        keysArePinned: keysArePinned),
      terms: .ofLedger,
      total: outcome.delta.map { delta in
        Total(
          delta: delta,
          guarantees: AuditFigures.guarantees(of: outcome.accounts, delta: delta))
      },
      // One document for each account: both are in the order of the plan entries.
      plans: zip(outcome.accounts, bundle.plans).map { Plan($0, document: $1) },
      deviations: Self.deviations(outcome), empirical: empirical)
  }

  /// Against every adversary, for a device that took part in all of `accounts`.
  fileprivate static func guarantees(
    of accounts: [LedgerAccount], delta: Double
  ) -> [Guarantee] {
    let charge = LedgerCharge(composing: accounts.map(\.charge))
    func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
    return Adversary.allCases.map { adversary in
      let epsilon = charge.epsilon(against: adversary, delta: delta)
      return Guarantee(
        adversary: adversary.rawValue, summary: adversary.summary, sees: adversary.sees,
        assumptions: adversary.assumptions, epsilon: finite(epsilon.value),
        renyi: finite(epsilon.renyi), gaussian: finite(epsilon.gaussian),
        reason: NoBound.reason(of: accounts, against: adversary, delta: delta))
    }
  }
}

extension AuditFigures.Plan {
  /// Charged rounds that a chart of the spending shows.
  private static let mostSteps = 400

  fileprivate init(_ account: LedgerAccount, document: [UInt8]) {
    let promise = account.promise
    let plan = promise.plan
    let isPrivate = plan.privacy.mechanism == .distributed
    func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
    self.init(
      name: plan.name, hash: account.hash.description,
      document: String(decoding: document, as: UTF8.self),
      promisedEpsilon: isPrivate ? plan.privacy.epsilon : nil, delta: account.delta,
      leastCohort: promise.leastCohort, mostCohort: plan.cohort.most,
      leastSurvivors: promise.assurance.leastSurvivors,
      mostColluding: promise.assurance.mostColluding, isClosed: account.closing != nil,
      tasks: promise.tasks.indices.map { AuditFigures.Task(account, $0) },
      guarantees: AuditFigures.guarantees(of: [account], delta: account.delta),
      curves: isPrivate && account.debitCount > 0
        ? [
          Self.curve(account, "A1 to A4", .anyClientOrPublic),
          Self.curve(account, "A6", .coordinatorWithoutSecureAggregation),
        ] : [],
      spending: isPrivate ? Self.spending(account) : [],
      epsilonOfReleases: finite(Self.released(account)),
      rounds: account.rounds.map { round in
        AuditFigures.Round(
          task: round.task.rawValue, number: Int(round.number), members: round.members,
          survivors: round.survivors, isCharged: round.isCharged, isReleased: round.isReleased,
          mechanism: round.isCharged ? account.mechanism(of: round.task).map { .init($0) } : nil,
          abortCode: round.abortCode,
          abortReason: round.abortCode.map(AbortText.reason))
      })
  }

  private static func curve(
    _ account: LedgerAccount, _ name: String, _ adversary: Adversary
  ) -> AuditFigures.Curve {
    // From 1e-12 to 1e-2, four for each power of ten.
    let points = (-48...(-8)).map { step -> AuditFigures.Curve.Point in
      let delta = pow(10, Double(step) / 4)
      let epsilon = account.charge.epsilon(against: adversary, delta: delta)
      return AuditFigures.Curve.Point(
        delta: delta, renyi: epsilon.renyi.isFinite ? epsilon.renyi : nil,
        gaussian: epsilon.gaussian.isFinite ? epsilon.gaussian : nil)
    }
    return AuditFigures.Curve(adversaries: name, points: points)
  }

  /// Epsilon after each charged round, up to the last that a device may contribute to.
  private static func spending(_ account: LedgerAccount) -> [Double] {
    var charge = account.charge
    for index in charge.tasks.indices { charge.tasks[index].debits = 0 }
    var steps: [Double] = []
    for round in account.rounds where round.isCharged && steps.count < mostSteps {
      guard let task = charge.tasks.firstIndex(where: { $0.kind == round.task }) else { continue }
      charge.tasks[task].debits += 1
      steps.append(
        charge.epsilon(against: .anyClientOrPublic, delta: account.delta).value)
    }
    return steps.allSatisfy(\.isFinite) ? steps : []
  }

  private static func released(_ account: LedgerAccount) -> Double {
    var charge = account.charge
    for index in charge.tasks.indices { charge.tasks[index].debits = account.releases[index] }
    return charge.epsilon(against: .anyClientOrPublic, delta: account.delta).value
  }
}

extension AuditFigures.Task {
  fileprivate init(_ account: LedgerAccount, _ index: Int) {
    let promise = account.promise.tasks[index]
    let charge = account.charge.tasks[index]
    let mechanism = charge.mechanism.map { AuditFigures.Mechanism($0) }
    self.init(
      name: promise.kind.rawValue, coordinates: promise.dimension, clipNorm: promise.clipNorm,
      law: mechanism?.law, noiseMultiplier: mechanism?.noiseMultiplier, debits: charge.debits,
      releases: account.releases[index], mostReleases: promise.mostReleases,
      mostContributions: promise.mostContributions)
  }
}

extension LedgerAccount {
  /// No debit of a task may differ from its first (rule other-mechanism).
  fileprivate func mechanism(of task: TaskKind) -> LoggedMechanism? {
    charge.tasks.first { $0.kind == task }?.mechanism
  }
}

extension AuditFigures.Mechanism {
  fileprivate init(_ logged: LoggedMechanism) {
    var multiplier: Double?
    if logged.law != .none {
      let variance =
        Double(logged.varianceNumerator) / Double(logged.varianceDenominator)
        * Double(logged.leastSurvivors - logged.mostColluding)
      multiplier = variance.squareRoot() / (logged.scale * logged.clipNorm)
    }
    self.init(
      law: logged.law.name, clipNorm: logged.clipNorm, noiseMultiplier: multiplier,
      leastSurvivors: logged.leastSurvivors, mostColluding: logged.mostColluding)
  }
}

extension LoggedMechanism.Law {
  fileprivate var name: String {
    switch self {
    case .none: "none"
    case .skellam: "Skellam"
    case .discreteGaussian: "discrete Gaussian"
    case .centralDiscreteGaussian: "discrete Gaussian, by the coordinator"
    }
  }
}
