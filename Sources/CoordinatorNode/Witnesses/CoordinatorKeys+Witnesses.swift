package import CryptoPrimitives
package import Storage
package import WireProtocol

/// Why a witness cannot be added or removed.
package enum WitnessSetFault: Error, Equatable, CustomStringConvertible {
  case full(most: Int)
  /// The witness is there with another chain, which devices have pinned.
  case otherAnchor(VerificationKey)

  package var description: String {
    switch self {
    case .full(let most):
      "there are \(most) witnesses, and a round lists no more; remove one first"
    case .otherAnchor(let witness):
      "witness \(witness.encoding) is there with another chain, which devices have pinned; make a new "
        + "witness with: silhouette witness init"
    }
  }
}

/// Changes of the witnesses: the enrollment authority signs each, and devices pin what it has signed.
extension CoordinatorKeys {
  /// The set with one more witness, or with another address of one that is there.
  package func adding(
    _ witness: WitnessDescription, to set: WitnessSet
  ) throws(WitnessSetFault) -> WitnessSet {
    let record = WitnessRecord(
      identity: witness.identity.encoding, anchor: witness.anchor, url: witness.url,
      pin: witness.certificatePin)
    var witnesses = set.witnesses
    if let index = witnesses.firstIndex(where: { $0.identity == record.identity }) {
      guard witnesses[index].anchor == record.anchor else {
        throw .otherAnchor(witness.identity)
      }
      guard witnesses[index] != record else { return set }
      witnesses[index] = record
    } else {
      guard witnesses.count < WireLimits.witnessCount else {
        throw .full(most: WireLimits.witnessCount)
      }
      witnesses.append(record)
    }
    return signed(witnesses, after: set)
  }

  /// The set without a witness.
  package func removing(_ witness: Bytes32, from set: WitnessSet) -> WitnessSet {
    signed(set.witnesses.filter { $0.identity != witness }, after: set)
  }

  func signed(_ witnesses: [WitnessRecord], after set: WitnessSet) -> WitnessSet {
    let list = WitnessList(
      witnesses.map { .init(identity: $0.verificationKey, value: $0.anchor) },
      serial: set.serial + 1, of: verificationKey, signedBy: authority)
    return WitnessSet(
      serial: list.serial, signedList: list.encoded, witnesses: witnesses)
  }
}
