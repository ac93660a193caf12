internal import CSodium

/// An element of ristretto255 other than the identity, in its canonical encoding.
///
/// - Source: Hamburg, de Valence, Lovecruft, Arcieri 2023, RFC 9496.
package struct GroupElement: Sendable, Hashable {
  /// The canonical encoding.
  package let encoding: Bytes32

  /// The element with the given encoding.
  ///
  /// - Throws: `CryptoError.invalidPoint` for the identity and for every encoding that is not the
  ///   canonical one of a group element.
  package init(encoding: Bytes32) throws(CryptoError) {
    precondition(Sodium.isReady)
    guard encoding != Self.identity,
      unsafe encoding.withPointer({ unsafe crypto_core_ristretto255_is_valid_point($0) }) == 1
    else { throw .invalidPoint }
    self.encoding = encoding
  }

  /// An encoding that libsodium has just made of an element other than the identity.
  init(trusted encoding: Bytes32) { self.encoding = encoding }

  /// The encoding of the identity.
  private static let identity = Bytes32()
}
