package import CryptoPrimitives

/// A witness of a coordinator, and how it is reached.
package struct WitnessRecord: Sendable, Equatable {
  package let identity: Bytes32
  /// v_0 of its chain.
  package let anchor: Bytes32
  /// Without a path.
  package let url: String
  /// The hash of its server's certificate; nil if a public authority vouches for it.
  package let pin: Bytes32?

  package init(identity: Bytes32, anchor: Bytes32, url: String, pin: Bytes32?) {
    self.identity = identity
    self.anchor = anchor
    self.url = url
    self.pin = pin
  }
}

/// The witnesses of a coordinator.
package struct WitnessSet: Sendable, Equatable {
  /// Grows by one with every change; 0 before the first.
  package let serial: UInt64
  /// The list as the enrollment authority has signed it, for devices; empty before the first change.
  package let signedList: [UInt8]
  /// Ascending by identity.
  package let witnesses: [WitnessRecord]

  package init(serial: UInt64, signedList: [UInt8], witnesses: [WitnessRecord]) {
    self.serial = serial
    self.signedList = signedList
    self.witnesses = witnesses.sorted { $0.identity < $1.identity }
  }

  package static let none = WitnessSet(serial: 0, signedList: [], witnesses: [])
}
