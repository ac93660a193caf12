internal import CryptoPrimitives

/// What one reader has seen of a log: a device, a witness or an auditor.
///
/// `last` is to be on durable storage before anything is done that relies on it, for a reader that
/// forgets it can be shown another history.
package struct LogView: Sendable {
  package let log: LogIdentity
  package let witnesses: WitnessQuorum
  /// The head accepted last.
  package private(set) var last: SignedHead?
  private let checks: [HeadCheck]

  /// A reader's view; `last` is what it has accepted before, nil if it has seen nothing yet.
  package init(log: LogIdentity, witnesses: WitnessQuorum, last: SignedHead? = nil) {
    self.init(log: log, witnesses: witnesses, last: last, checks: HeadCheck.all)
  }

  init(log: LogIdentity, witnesses: WitnessQuorum, last: SignedHead?, checks: [HeadCheck]) {
    self.log = log
    self.witnesses = witnesses
    self.last = last
    self.checks = checks
  }

  /// Takes a head for the new last one.
  ///
  /// An older head of the same tree is accepted, and the newer one is kept.
  /// - Throws: the refusal of the first check that does not hold; the view is then as before.
  package mutating func accept(
    _ offered: CosignedHead, proof: ConsistencyProof? = nil
  ) throws(LogRefusal) {
    let offer = HeadOffer(
      log: log, witnesses: witnesses, last: last, offered: offered, proof: proof)
    for check in checks {
      if let refusal = check.refusal(offer) { throw refusal }
    }
    if let last, last.head.tree == offer.tree, last.head.time >= offered.signed.head.time { return }
    last = offered.signed
  }

  /// Checks that an entry is in the log, as far as the last head goes.
  package func verify(_ entry: [UInt8], _ proof: InclusionProof) throws(LogRefusal) {
    guard let last else { throw .noHead }
    try proof.verify(leaf: MerkleHash.leaf(entry), in: last.head.tree)
  }
}
