internal import CryptoPrimitives
internal import RoundVocabulary
internal import TransparencyLog

/// A log as it is read: what its entries so far amount to.
///
/// `accept` has the checks of protocols/ledger.md, section 3, for one entry after the other.
struct Ledger: Sendable {
  struct Task: Sendable {
    let plan: Bytes32
    /// In `LedgerCharge.tasks` and `PlanPromise.tasks`.
    let place: Int
    var lastRound: UInt64 = 0
    var pauses: UInt64 = 0
    var isPaused = false
  }

  struct Round: Sendable {
    /// Of its announcement.
    let place: Int
    var cohort: LoggedCohort?
    var survivors: LoggedSurvivors?
    var debit: (leaf: Bytes32, content: LoggedDebit)?
    var abort: LoggedAbort?
    var hasRelease = false

    var hasEnded: Bool { hasRelease || abort != nil }
  }

  private let log: LogIdentity
  /// The authority's key, as rotations have changed it.
  var authority: VerificationKey
  private let promises: [Bytes32: PlanPromise]
  private var index = EntryIndex()
  private var isRotated = false
  /// The coordinator's key, once a rotation has named one.
  private var coordinator: VerificationKey?
  var accounts: [Bytes32: LedgerAccount] = [:]
  var tasks: [Bytes32: Task] = [:]
  var rounds: [RoundReference: Round] = [:]

  init(log: LogIdentity, authority: VerificationKey, promises: [PlanPromise]) {
    self.log = log
    self.authority = authority
    self.promises = Dictionary(promises.map { ($0.hash, $0) }) { first, _ in first }
  }

  /// Reads the next entry.
  ///
  /// - Throws: the first rule that it breaks; the ledger is then not to be used further.
  mutating func accept(_ entry: LogEntry, at place: Int) throws(Breach) {
    do throws(EntryIndex.Conflict) {
      try index.insert(entry.key, at: UInt64(place))
    } catch {
      throw Breach(.duplicate, "of entry \(error.first)")
    }
    try require(!isRotated, .afterRotation)
    switch entry.content {
    case .enrollment(let content):
      try require(content.authority == authority, .authority, unlike(content.authority))
    case .plan(let content): try accept(content, at: place)
    case .round(let content): try accept(content, at: place)
    case .cohort(let content): try accept(content)
    case .survivors(let content): try accept(content)
    case .debit(let content): try accept(content, leaf: entry.leaf, at: place)
    case .release(let content): try accept(content)
    case .abort(let content): try accept(content)
    case .pause(let content): try accept(content)
    case .rotation(let content): try accept(content)
    case .closing(let content): try accept(content)
    }
  }

  /// A rule that an entry breaks.
  struct Breach: Error {
    let rule: LedgerRule
    let detail: String

    init(_ rule: LedgerRule, _ detail: String = "") {
      self.rule = rule
      self.detail = detail
    }
  }

  func require(
    _ condition: Bool, _ rule: LedgerRule, _ detail: @autoclosure () -> String = ""
  ) throws(Breach) {
    guard condition else { throw Breach(rule, detail()) }
  }

  /// Either may be the one that was changed: the entry's key or the bundle's.
  private func unlike(_ key: VerificationKey) -> String {
    "the entry names \(key.encoding), and the authority of the bundle is \(authority.encoding)"
  }

  private mutating func accept(_ plan: LoggedPlan, at place: Int) throws(Breach) {
    try require(plan.signer == authority, .authority, unlike(plan.signer))
    try require(plan.isSigned, .planSignature)
    // Cannot fail: the plans of a bundle are those of its plan entries, which is checked before.
    guard let promise = promises[plan.hash] else { throw Breach(.planOrder) }
    accounts[plan.hash] = LedgerAccount(promise, index: place)
    for (place, task) in promise.tasks.enumerated() {
      tasks[task.identifier] = Task(plan: plan.hash, place: place)
    }
  }

  private mutating func accept(_ rotation: LoggedRotation) throws(Breach) {
    try require(rotation.isSigned, .rotationSignature)
    switch rotation.role {
    case .log:
      try require(rotation.old == log.key, .rotatedKey)
      isRotated = true
    case .authority:
      try require(rotation.old == authority, .rotatedKey)
      authority = rotation.new
    case .coordinator:
      try require(coordinator == nil || rotation.old == coordinator, .rotatedKey)
      coordinator = rotation.new
    // Signs nothing that a bundle holds but cosignatures, which the policy lists.
    case .witness: break
    }
  }

  private mutating func accept(_ pause: LoggedPause) throws(Breach) {
    guard var task = tasks[pause.task] else { throw Breach(.task) }
    try require(
      pause.number == task.pauses + 1 && (pause.state == .paused) != task.isPaused, .pauseOrder,
      "\(pause.state) as number \(pause.number)")
    task.pauses += 1
    task.isPaused.toggle()
    tasks[pause.task] = task
  }

  private mutating func accept(_ closing: LoggedClosing) throws(Breach) {
    guard let account = accounts[closing.planHash] else { throw Breach(.unloggedPlan) }
    try require(!account.isClosed, .closedPlan)
    try require(
      closing.debitCount == UInt64(account.debitCount)
        && closing.releaseCount == UInt64(account.releaseCount), .closingCount,
      "\(account.debitCount) debits and \(account.releaseCount) releases")
    // Nothing bounds what A5 saw, and logs from before that was settled name a figure.
    for claim in closing.claims
    where claim.epsilon.isFinite && claim.adversary != .maliciousCoordinator {
      let isMeant = claim.delta > 0 && claim.delta < 1
      let epsilon =
        isMeant
        ? account.charge.epsilon(against: claim.adversary, delta: claim.delta).value
        : account.charge.isEmpty(for: claim.adversary) ? 0 : .infinity
      try require(
        claim.epsilon >= epsilon * (1 - LedgerCharge.tolerance), .claim,
        "\(claim.epsilon) against \(claim.adversary.rawValue) where it is \(epsilon)")
    }
    accounts[closing.planHash]?.closing = closing
  }
}
