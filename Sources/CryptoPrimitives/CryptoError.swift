/// Why an operation on keys, points or boxes from outside was refused.
///
/// No case carries bytes of the input: some inputs are secret.
package enum CryptoError: Error, Equatable {
  /// The 32 bytes are no canonical ristretto255 encoding, or encode the identity.
  case invalidPoint
  /// The 32 bytes are no scalar below the group order in its least form.
  case nonCanonicalScalar
  /// A scalar that has to be invertible is zero.
  case zeroScalar
  /// The peer's X25519 key has small order: the shared secret would be known to everyone.
  case weakAgreementKey
  /// The ciphertext, its associated bytes or its key are not those that were sealed.
  case notAuthentic
}
