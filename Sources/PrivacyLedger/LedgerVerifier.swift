package import CryptoPrimitives
internal import Scenarios
package import TransparencyLog

/// Judges bundles: protocols/ledger.md, section 3.
///
/// Pure: bytes in, a verdict out. Nothing is looked up anywhere.
package enum LedgerVerifier {
  /// What an accepted bundle amounts to.
  package struct Outcome: Sendable {
    package let bundle: AuditBundle
    package let hash: Bytes32
    /// In the order in which their plans are in the log.
    package let accounts: [LedgerAccount]

    /// What a device that took part in all plans may have contributed.
    package var total: LedgerCharge { LedgerCharge(composing: accounts.map(\.charge)) }
    /// At which all plans together are accounted for: the least of theirs; nil without plans.
    package var delta: Double? { accounts.map(\.delta).min() }
  }

  /// Checks a bundle from the first byte to the last.
  ///
  /// - Throws: the first thing that is wrong.
  package static func verify(_ bytes: [UInt8]) throws(LedgerFinding) -> Outcome {
    let bundle: AuditBundle
    do throws(BundleFault) {
      bundle = try AuditBundle(decoding: bytes)
    } catch {
      throw LedgerFinding(error)
    }
    return try verify(bundle)
  }

  static func verify(_ bundle: AuditBundle) throws(LedgerFinding) -> Outcome {
    try checkHead(of: bundle)
    let accounts = try accounts(
      of: bundle.entries, log: bundle.policy.log, authority: bundle.policy.authority,
      promises: try promises(of: bundle))
    let hash = bundle.hash
    guard hash == bundle.statedHash else { throw LedgerFinding(.bundleHash, "") }
    return Outcome(bundle: bundle, hash: hash, accounts: accounts)
  }

  /// What the entries of a log amount to, in the order in which their plans are in the log.
  ///
  /// - Throws: the first rule that an entry breaks.
  package static func accounts(
    of entries: [LogEntry], log: LogIdentity, authority: VerificationKey, promises: [PlanPromise]
  ) throws(LedgerFinding) -> [LedgerAccount] {
    let (ledger, finding) = read(
      entries, Ledger(log: log, authority: authority, promises: promises))
    let accounts = ledger.finishedAccounts
    // Epsilon is computed once, at the end of what was read; a debit above the budget comes first.
    if let excess = excess(in: accounts) { throw excess }
    if let finding { throw finding }
    return accounts
  }

  /// Reads all entries, or those before the first that breaks a rule.
  private static func read(
    _ entries: [LogEntry], _ start: Ledger
  ) -> (ledger: Ledger, finding: LedgerFinding?) {
    var ledger = start
    for (index, entry) in entries.enumerated() {
      do throws(Ledger.Breach) {
        try ledger.accept(entry, at: index)
      } catch {
        return (
          ledger,
          LedgerFinding(
            error.rule, error.detail, entry: .init(index: index, kind: entry.content.kind))
        )
      }
    }
    return (ledger, nil)
  }

  private static func checkHead(of bundle: AuditBundle) throws(LedgerFinding) {
    let (policy, head) = (bundle.policy, bundle.head)
    let named = head.signed.head.log
    guard named == policy.log.name else { throw LedgerFinding(.otherLog, "\(named)") }
    guard head.signed.isSigned(by: policy.log) else { throw LedgerFinding(.headSignature, "") }
    for cosignature in head.cosignatures {
      guard policy.quorum.witnesses.contains(cosignature.witness),
        cosignature.isValid(for: head.signed.head)
      else { throw LedgerFinding(.cosignature, "\(cosignature.witness.encoding)") }
    }
    guard head.cosignatures.count >= policy.quorum.needed else {
      throw LedgerFinding(
        .fewWitnesses, "\(head.cosignatures.count) of \(policy.quorum.needed)")
    }
    try checkRoot(of: bundle)
  }

  /// The entries are those of the signed root; of a bundle with leaves, the first that is not is named.
  ///
  /// Leaves that lead to the signed root are those of the log, and then an entry with another leaf is
  /// what was changed. If the entries lead there, the leaf is.
  private static func checkRoot(of bundle: AuditBundle) throws(LedgerFinding) {
    let signed = bundle.head.signed.head.tree
    let leaves = bundle.entries.map(\.leaf)
    let areSigned = leads(leaves, to: signed)
    if let stated = bundle.statedLeaves,
      let place = zip(leaves, stated).enumerated().first(where: { $1.0 != $1.1 })?.offset
    {
      let entry = LedgerFinding.Place(index: place, kind: bundle.entries[place].content.kind)
      if areSigned { throw LedgerFinding(.changedLeaf, "", entry: entry) }
      if leads(stated, to: signed) { throw LedgerFinding(.changedEntry, "", entry: entry) }
    }
    guard areSigned else { throw LedgerFinding(.root, rootFault(of: bundle)) }
  }

  private static func leads(_ leaves: [Bytes32], to tree: TreeState) -> Bool {
    var frontier = MerkleFrontier()
    for leaf in leaves { frontier.append(leaf) }
    return frontier.state == tree
  }

  /// Leaves and entries that both were changed do not say where; often an entry breaks a rule, too.
  private static func rootFault(of bundle: AuditBundle) -> String {
    let (found, size) = (bundle.entries.count, bundle.head.signed.head.tree.size)
    guard found == size else {
      return "it has \(found) entries, and the signed head is over \(size)"
    }
    let place: String
    do throws(LedgerFinding) {
      let finding = read(
        bundle.entries,
        Ledger(
          log: bundle.policy.log, authority: bundle.policy.authority,
          promises: try promises(of: bundle))
      ).finding
      place = finding.map { "; the first that breaks a rule is \($0)" } ?? ""
    } catch { place = "; \(error)" }
    return "at least one of the \(found) was changed after the head was signed\(place)"
  }

  private static func promises(
    of bundle: AuditBundle
  ) throws(LedgerFinding) -> [PlanPromise] {
    var promises: [PlanPromise] = []
    for (place, document) in bundle.plans.enumerated() {
      guard let promise = PlanPromise(document: document) else {
        throw LedgerFinding(.planForm, "", plan: place)
      }
      promises.append(promise)
    }
    let logged: [Bytes32] = bundle.entries.compactMap {
      if case .plan(let plan) = $0.content { plan.hash } else { nil }
    }
    let hashes = promises.map(\.hash)
    guard hashes == logged else {
      throw LedgerFinding(
        .planOrder, "\(hashes.count) plans, \(logged.count) plan entries",
        plan: zip(hashes, logged).prefix { $0 == $1 }.count)
    }
    return promises
  }

  private static func excess(in accounts: [LedgerAccount]) -> LedgerFinding? {
    let first = accounts.compactMap { account in
      account.excess().map { (account, $0.index, $0.epsilon) }
    }.min { $0.1 < $1.1 }
    guard let (account, index, epsilon) = first else { return nil }
    return LedgerFinding(
      .budget, "\(epsilon) where \(account.promise.plan.privacy.epsilon) is promised",
      entry: .init(index: index, kind: .debit))
  }
}

extension Ledger {
  /// All plans, and the rounds of each, in the order of the log.
  fileprivate var finishedAccounts: [LedgerAccount] {
    var finished = accounts
    for (reference, round) in rounds.sorted(by: { $0.value.place < $1.value.place }) {
      guard let task = tasks[reference.task], let account = finished[task.plan] else { continue }
      finished[task.plan]?.rounds.append(
        LedgerAccount.Round(
          task: account.promise.tasks[task.place].kind, number: reference.number,
          index: round.place, members: round.cohort?.memberCount,
          survivors: round.survivors?.survivorCount,
          isCharged: round.debit != nil, isReleased: round.hasRelease,
          abortCode: round.abort?.code))
    }
    return finished.values.sorted { $0.index < $1.index }
  }
}
