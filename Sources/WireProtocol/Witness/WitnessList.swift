package import CryptoPrimitives
internal import Foundation

/// The witnesses of a coordinator, as its enrollment authority vouches for them: GET /v1/witnesses.
///
/// A device pins them when it joins. The coordinator alone could name witnesses of its own, so its word
/// does not count.
package struct WitnessList: Sendable, Equatable {
  /// A witness and where its chain begins.
  package struct Anchor: Sendable, Equatable {
    package let identity: VerificationKey
    /// v_0.
    package let value: Bytes32

    package init(identity: VerificationKey, value: Bytes32) {
      self.identity = identity
      self.value = value
    }
  }

  /// Grows with every change, so that a device takes no older list for a newer one.
  package let serial: UInt64
  /// At most 16, identities ascending.
  package let witnesses: [Anchor]
  let signature: Signature

  /// The list that `authority` signs for a coordinator.
  ///
  /// - Range: at most 16 witnesses with different identities, in any order.
  package init(
    _ witnesses: [Anchor], serial: UInt64, of coordinator: VerificationKey,
    signedBy authority: borrowing SigningKey
  ) {
    precondition(witnesses.count <= WireLimits.witnessCount, "\(witnesses.count) witnesses")
    let ascending = witnesses.sorted { $0.identity.encoding < $1.identity.encoding }
    self.init(
      serial: serial, witnesses: ascending,
      signature: authority.sign(Self.digest(serial, ascending, coordinator)))
  }

  private init(serial: UInt64, witnesses: [Anchor], signature: Signature) {
    self.serial = serial
    self.witnesses = witnesses
    self.signature = signature
  }

  /// Whether `authority` has signed the list for `coordinator`.
  package func isAuthentic(
    from authority: VerificationKey, of coordinator: VerificationKey
  ) -> Bool {
    authority.isValid(signature, on: Self.digest(serial, witnesses, coordinator))
  }

  private static func digest(
    _ serial: UInt64, _ witnesses: [Anchor], _ coordinator: VerificationKey
  ) -> Bytes32 {
    var message = LabeledMessage(.witnessList)
    message.append(coordinator.encoding)
    message.append(serial)
    for witness in witnesses {
      message.append(witness.identity.encoding)
      message.append(witness.value)
    }
    return message.digest
  }

  package var encoded: [UInt8] {
    var message = Silhouette_Node_V1_WitnessList()
    message.serial = serial
    message.witnesses = witnesses.map {
      var witness = Silhouette_Node_V1_PinnedWitness()
      witness.identity = $0.identity.encoding.field
      witness.anchor = $0.value.field
      return witness
    }
    message.signature = Data(signature.bytes)
    return encode(message)
  }

  /// The list that `bytes` encode; its signature is not verified yet.
  package init(decoding bytes: [UInt8]) throws(WireError) {
    let message = try decode(
      bytes, as: Silhouette_Node_V1_WitnessList.self, limit: WireLimits.witnessListByteCount)
    guard message.witnesses.count <= WireLimits.witnessCount else {
      throw .range(field: "WitnessList.witnesses")
    }
    var witnesses: [Anchor] = []
    for witness in message.witnesses {
      witnesses.append(
        Anchor(
          identity: try witness.identity.verificationKey("PinnedWitness.identity"),
          value: try witness.anchor.bytes32("PinnedWitness.anchor")))
    }
    let identities = witnesses.map(\.identity.encoding)
    guard zip(identities, identities.dropFirst()).allSatisfy(<) else {
      throw .range(field: "WitnessList.witnesses")
    }
    self.init(
      serial: message.serial, witnesses: witnesses,
      signature: try message.signature.signature("WitnessList.signature"))
  }
}
