package import CryptoPrimitives
internal import SecureAggregation
package import Storage
internal import TransparencyLog
internal import WireProtocol

extension Coordinator {
  /// Issues a token that enrolls one device until `expiry`; only its hash is stored.
  package func issueToken(expiry: UInt64) async throws(StorageError) -> Bytes32 {
    try await Self.issueToken(in: store, expiry: expiry)
  }

  /// The same beside a coordinator that runs in another process.
  package static func issueToken(
    in store: any DeviceStore, expiry: UInt64
  ) async throws(StorageError) -> Bytes32 {
    var randomness = RandomStream.system()
    let token = Bytes32(random: &randomness)
    try await store.issueJoinCode(hash: hash(of: token), expiry: Int64(expiry))
    return token
  }

  /// Revokes a device: from now on it is refused, and rounds that open later name it.
  package func revoke(_ device: VerificationKey) async throws(StorageError) {
    try await store.revoke(device.encoding, at: Int64(clock()))
    try await readRevocations()
  }

  func enroll(
    _ device: VerificationKey, token: Bytes32, at time: UInt64
  ) async throws(NodeError) -> ReplyBody {
    guard !isDraining else { throw .refused(.draining, "the coordinator stops; try again later") }
    do {
      let recent = try await store.enrollments(since: Int64(time) - 60)
      guard recent < settings.enrollmentsPerMinute else {
        throw NodeError.refused(.busy, "too many enrollments in this minute; try again in a minute")
      }
      // The clock of a device may be behind: its certificate holds from a little earlier on.
      let certificate = Certificate(
        identity: device, notBefore: time - min(time, WireLimits.clockSkew),
        notAfter: time + settings.certificateSeconds, by: keys.authority)
      let record = try await store.enroll(
        DeviceRecord(
          identity: device.encoding, certificate: certificate.encoded, enrolledAt: Int64(time)),
        joinCode: Self.hash(of: token),
        log: [
          try LogEntry(
            at: Int64(time),
            .enrollment(
              LoggedEnrollment(
                authority: keys.authorityKey, certificateHash: certificate.hash)))
        ])
      if devices[device] == nil { devices[device] = DeviceStanding() }
      metrics.enrollments.increment()
      return .enrolled(certificate: record.certificate)
    } catch let error as StorageError { throw .storage(error) } catch let error as NodeError {
      throw error
    } catch { throw .refused(.storage, "the coordinator failed; try again later") }
  }

  /// The hash under which a token is kept: whoever reads the database cannot join.
  static func hash(of token: Bytes32) -> Bytes32 {
    var message = LabeledMessage(.joinCode)
    message.append(token)
    return message.digest
  }
}
