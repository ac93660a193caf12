package import CryptoPrimitives

/// What a coordinator says of itself to everyone: GET /v1/coordinator.
package struct CoordinatorDescription: Sendable, Equatable {
  package let identity: VerificationKey
  package let authority: VerificationKey
  package let sealKey: AgreementPublicKey
  /// Unix seconds.
  package let time: UInt64
  /// The versions that it speaks.
  package let versions: ClosedRange<UInt32>

  package init(
    identity: VerificationKey, authority: VerificationKey, sealKey: AgreementPublicKey,
    time: UInt64,
    versions: ClosedRange<UInt32> = WireLimits.versions
  ) {
    self.versions = versions
    self.identity = identity
    self.authority = authority
    self.sealKey = sealKey
    self.time = time
  }

  /// The newest version that both sides speak.
  ///
  /// - Throws: `version` if there is none.
  package func version(
    commonWith own: ClosedRange<UInt32> = WireLimits.versions
  ) throws(WireError) -> UInt32 {
    guard versions.overlaps(own) else {
      throw .version(
        found: own.upperBound, oldest: versions.lowerBound, newest: versions.upperBound)
    }
    return min(versions.upperBound, own.upperBound)
  }

  var digest: Bytes32 {
    var message = LabeledMessage(.nodeDescription)
    message.append(versions.lowerBound)
    message.append(versions.upperBound)
    message.append(identity.encoding)
    message.append(authority.encoding)
    message.append(sealKey.encoding)
    message.append(time)
    return message.digest
  }
}
