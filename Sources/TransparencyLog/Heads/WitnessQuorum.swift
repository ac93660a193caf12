package import CryptoPrimitives

/// The witnesses that a reader has pinned, and how many of them it demands of a head.
///
/// With W witnesses of which f work with the log, two heads of one size can each have a quorum q only if
/// 2q - W <= f.
package struct WitnessQuorum: Sendable, Equatable {
  package let witnesses: Set<VerificationKey>
  /// q: distinct witnesses whose cosignatures a head needs.
  package let needed: Int

  /// - Range: at most 16 witnesses, `needed` no more than there are.
  package init(_ witnesses: Set<VerificationKey>, needed: Int) {
    precondition(witnesses.count <= LogLimits.mostWitnesses, "too many witnesses")
    precondition(
      (0...witnesses.count).contains(needed), "\(needed) of \(witnesses.count) witnesses")
    self.witnesses = witnesses
    self.needed = needed
  }

  /// No witnesses: for those who are witnesses themselves, and logs that have none.
  package static let none = WitnessQuorum([], needed: 0)

  /// How many of the pinned witnesses have validly signed the head.
  ///
  /// Cosignatures of others, and false ones, count for nothing and do no harm: a log may serve readers
  /// who pin different witnesses.
  package func count(_ head: CosignedHead) -> Int {
    var counted: Set<VerificationKey> = []
    for cosignature in head.cosignatures
    where witnesses.contains(cosignature.witness) && cosignature.isValid(for: head.signed.head) {
      counted.insert(cosignature.witness)
    }
    return counted.count
  }
}
