internal import CryptoPrimitives
internal import FederatedRounds
internal import Foundation
internal import SecureAggregation
internal import Storage
internal import TransparencyLog
internal import WireProtocol

/// Asking the coordinator.
extension DeviceNode {
  /// Who the coordinator is: what it says, if it and its authority are those of the join code.
  ///
  /// Plans and the certificates of neighbors are believed because of the authority.
  func describeCoordinator() async throws(DeviceError) -> CoordinatorDescription {
    if let description { return description }
    guard let key = try await coordinatorKey(),
      let authority = try await storedKey(Setting.authority)
    else { throw .notJoined(folder) }
    let found = try await describe(key, authority)
    description = found
    return found
  }

  /// What the coordinator says of itself, if it and its authority have these keys.
  func describe(
    _ key: VerificationKey, _ authority: VerificationKey
  ) async throws(DeviceError) -> CoordinatorDescription {
    let found: CoordinatorDescription
    let bytes: [UInt8]
    do { bytes = try await transport.read("/v1/coordinator", limit: 1 << 12) } catch {
      throw .transport(error)
    }
    do { found = try CoordinatorDescription(decoding: bytes) } catch { throw .wire(error) }
    guard found.identity == key && found.authority == authority else { throw .otherCoordinator }
    return found
  }

  /// Sends a request of this device and returns the coordinator's answer.
  ///
  /// Another process of the device may have asked with a later counter at the same moment: then the next
  /// one is later.
  func ask(
    _ body: RequestBody, of round: RoundName? = nil
  ) async throws(DeviceError) -> ReplyBody {
    for _ in 0..<Self.mostReplays {
      do { return try await askOnce(body, of: round) } catch .refused(let refusal)
        where refusal.code == .replay
      {
        let wait = Int64.random(in: 10...500)
        do { try await Task.sleep(for: .milliseconds(wait)) } catch { throw .refused(refusal) }
      }
    }
    return try await askOnce(body, of: round)
  }

  private func askOnce(
    _ body: RequestBody, of round: RoundName?
  ) async throws(DeviceError) -> ReplyBody {
    let coordinator = try await describeCoordinator()
    let version: UInt32
    do { version = try coordinator.version() } catch { throw .wire(error) }
    let time = clock()
    if case .checkIn = body { try await chargeCheckIn(at: time, by: coordinator) }
    let header = RequestHeader(
      version: version, device: keys.verificationKey, task: round?.task ?? Bytes32(),
      round: round?.round ?? 0,
      kind: body.kind, issuedAt: time, nonce: nextNonce())
    let request: SignedRequest
    do {
      request = try SignedRequest(
        header, body: body, sealedTo: coordinator.sealKey, signedBy: keys.identity,
        randomness: &randomness)
    } catch { throw .wire(error) }
    let bytes: [UInt8]
    do { bytes = try await transport.send(request.encoded) } catch { throw .transport(error) }
    let answer: Result<ReplyBody, Refusal>
    do {
      answer = try SignedReply(decoding: bytes)
        .body(to: header, from: coordinator.identity)
    } catch { throw .wire(error) }
    switch answer {
    case .success(let body): return body
    // The clock is right, so the request was late: on its way while the device slept, for instance.
    case .failure(let refusal) where refusal.code == .clock && agrees(refusal.coordinatorTime):
      throw .transport(.timedOut)
    case .failure(let refusal): throw .refused(refusal)
    }
  }

  private func agrees(_ coordinatorTime: UInt64) -> Bool {
    let now = clock()
    return max(now, coordinatorTime) - min(now, coordinatorTime) <= WireLimits.clockSkew
  }

  private static let mostReplays = 4

  /// Counters go up with the clock, so they do after a restart, and between processes of the device, too:
  /// seconds, then microseconds in 20 bits.
  private func nextNonce() -> [UInt8] {
    let time = Date().timeIntervalSince1970
    let microseconds = UInt64((time - time.rounded(.down)) * 1e6)
    counter = max(counter + 1, clock() << 20 | microseconds)
    return RequestHeader.nonce(counter: counter, randomness: &randomness)
  }
}
