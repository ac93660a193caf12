import CryptoPrimitives
import TestSupport
import Testing

@testable import SecureAggregation

/// A cohort member that exists only in the coordinator, which knows all of its secrets.
final class Puppet {
  let signing: SigningKey
  let certificate: Certificate
  let agreementKey: AgreementSecretKey
  let maskKeyBytes: [UInt8]
  let maskPoint: Bytes32
  let nonce: Bytes32

  /// - Parameter authority: Who signs the certificate; the real authority if the identity is enrolled.
  init(
    _ enrollment: Enrollment, _ number: Int, identity: Int? = nil,
    authority: borrowing SigningKey
  ) {
    let signing = enrollment.deviceKey(identity ?? 100_000 + number)
    certificate = Certificate(
      identity: signing.verificationKey, notBefore: Enrollment.opens - 1_000,
      notAfter: Enrollment.opens + 1_000_000, by: authority)
    self.signing = signing
    agreementKey = AgreementSecretKey(
      bytes: SecretBytes(known: Enrollment.bytes(enrollment.seed, "puppet/c", number)))
    // Clearing the top bits makes any 32 bytes a scalar below the group order.
    var scalar = Enrollment.bytes(enrollment.seed, "puppet/s", number)
    scalar[31] &= 0x0F
    maskKeyBytes = scalar
    guard let secret = try? SecretScalar(encoding: SecretBytes(known: scalar)) else {
      preconditionFailure("a scalar below 2^252 is canonical")
    }
    maskPoint = secret.publicPoint.encoding
    nonce = Enrollment.bytes32("puppet/nonce/\(number)")
  }

  /// An enrolled accomplice.
  convenience init(_ enrollment: Enrollment, _ number: Int, identity: Int? = nil) {
    self.init(enrollment, number, identity: identity, authority: enrollment.authority)
  }

  func advertise(
    in transcript: Bytes32, certificate: Certificate? = nil
  ) -> Signed<AdvertiseMessage> {
    Signed(
      AdvertiseMessage(
        transcript: transcript, certificate: certificate ?? self.certificate,
        agreementKey: agreementKey.publicKey, maskKey: maskPoint, nonce: nonce),
      by: signing)
  }

  /// The shares in a box that was dealt to this puppet.
  func shares(
    in box: ShareBox, from dealer: Int, _ dealerKey: AgreementPublicKey, to index: Int,
    transcript: Bytes32
  ) throws -> [ReleasedSecret: Scalar] {
    let session = try agreementKey.sessionKeys(
      as: index < dealer ? .client : .server, with: dealerKey)
    let route = ShareBox.Route(transcript: transcript, dealer: dealer, holder: index)
    let pair = try box.open(on: route, key: route.key(from: session.receiving)).contents
    return [
      .maskKey: try Scalar(encoding: try #require(Bytes32(Array(pair[..<32])))),
      .selfMask: try Scalar(encoding: try #require(Bytes32(Array(pair[32...])))),
    ]
  }
}
