package import CryptoPrimitives
internal import Synchronization

/// Checks certificates of one authority, and remembers those whose signature it has verified.
///
/// A device meets many of the same peers again. What is remembered is the hash of all 112 bytes, so a
/// certificate that differs in one bit is verified anew.
package final class CertificateVerifier: Sendable {
  package let authority: VerificationKey
  private let verified = Mutex<Set<Bytes32>>([])

  /// Certificates that are remembered, 2 MiB of hashes; then memory starts over.
  private static let mostRemembered = 1 << 16

  package init(authority: VerificationKey) { self.authority = authority }

  /// Whether `certificate` holds for the whole of a round: section 4.
  package func isValid(_ certificate: Certificate, for config: RoundConfig) -> Bool {
    certificate.notBefore <= config.opens && certificate.notAfter >= config.deadline(of: .unmask)
      && config.authority == authority && hasValidSignature(certificate)
  }

  private func hasValidSignature(_ certificate: Certificate) -> Bool {
    let hash = certificate.hash
    if verified.withLock({ $0.contains(hash) }) { return true }
    guard authority.isValid(certificate.signature, on: certificate.signatureDigest) else {
      return false
    }
    verified.withLock { verified in
      if verified.count >= Self.mostRemembered { verified.removeAll() }
      verified.insert(hash)
    }
    return true
  }
}
