import CSodium
import CryptoPrimitives
import Testing

@testable import SecureAggregation

extension Signed {
  /// The same content with another signature that is as valid.
  ///
  /// An honest signer takes the nonce of Ed25519 from the message, so that it always gives the same
  /// signature. A malicious one chooses its nonce.
  func signedAgain(withSeed seed: [UInt8]) throws -> Signed {
    var publicKey = [UInt8](repeating: 0, count: 32)
    var expanded = [UInt8](repeating: 0, count: 64)
    _ = unsafe crypto_sign_seed_keypair(&publicKey, &expanded, seed)
    _ = unsafe crypto_hash_sha512(&expanded, seed, 32)
    expanded[0] &= 248
    expanded[31] = expanded[31] & 127 | 64
    let secret = reduced(Array(expanded[..<32]) + [UInt8](repeating: 0, count: 32))

    let nonce: [UInt8] = [7] + [UInt8](repeating: 0, count: 31)
    var point = [UInt8](repeating: 0, count: 32)
    _ = unsafe crypto_scalarmult_ed25519_base_noclamp(&point, nonce)
    let challenged = point + publicKey + digest.bytes
    var challenge = [UInt8](repeating: 0, count: 64)
    _ = unsafe crypto_hash_sha512(&challenge, challenged, UInt64(challenged.count))
    var product = [UInt8](repeating: 0, count: 32)
    unsafe crypto_core_ed25519_scalar_mul(&product, reduced(challenge), secret)
    var response = [UInt8](repeating: 0, count: 32)
    unsafe crypto_core_ed25519_scalar_add(&response, product, nonce)

    let again = Signed(content, signature: try #require(Signature(point + response)))
    let signer = VerificationKey(encoding: try #require(Bytes32(publicKey)))
    try #require(again.isSigned(by: signer) && again.signature != signature)
    return again
  }
}

/// 64 bytes modulo the order of the group.
private func reduced(_ bytes: [UInt8]) -> [UInt8] {
  var scalar = [UInt8](repeating: 0, count: 32)
  unsafe crypto_core_ed25519_scalar_reduce(&scalar, bytes)
  return scalar
}
