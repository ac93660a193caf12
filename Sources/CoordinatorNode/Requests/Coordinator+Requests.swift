internal import CryptoPrimitives
internal import Logging
internal import FederatedRounds
internal import RingArithmetic
internal import SecureAggregation
internal import Storage
package import WireProtocol

extension Coordinator {
  /// The answer to the body of a request, whatever that is: bytes of a Reply, and its status.
  package nonisolated func answer(_ body: [UInt8]) async -> NodeAnswer {
    let time = clock()
    metrics.requests.increment()
    var address: ReplyAddress?
    do throws(NodeError) {
      let request = try Self.decode(body)
      let sender = ReplyAddress(request.header)
      address = sender
      try Self.checkClock(request.header, at: time)
      let content = try Self.open(request, with: keys)
      let reply = try await perform(content, of: request.header, at: time)
      return NodeAnswer(
        status: nil, body: SignedReply(reply, to: sender, signedBy: keys.identity).encoded)
    } catch { return refusal(error, address ?? ReplyAddress(refusing: body), time) }
  }

  /// A signed refusal.
  package nonisolated func refuse(_ code: RefusalCode, _ reason: String) -> NodeAnswer {
    refusal(.refused(code, reason), .unknown, clock())
  }

  private nonisolated func refusal(
    _ error: NodeError, _ address: ReplyAddress, _ time: UInt64
  ) -> NodeAnswer {
    metrics.refusals.increment()
    let (code, reason) = error.refusal
    return NodeAnswer(
      status: code,
      body: SignedReply(
        Refusal(code, reason, coordinatorTime: time), to: address, signedBy: keys.identity
      ).encoded)
  }

  private static func decode(_ body: [UInt8]) throws(NodeError) -> SignedRequest {
    do { return try SignedRequest(decoding: body) } catch { throw .wire(error) }
  }

  private static func open(
    _ request: SignedRequest, with keys: CoordinatorKeys
  ) throws(NodeError) -> RequestBody {
    do { return try request.body(openedWith: keys.seal) } catch { throw .wire(error) }
  }

  /// Refuses a request that was made long ago, or will be.
  package static func checkClock(
    _ header: RequestHeader, at time: UInt64
  ) throws(NodeError) {
    let skew = header.issuedAt > time ? header.issuedAt - time : time - header.issuedAt
    guard skew <= WireLimits.clockSkew else {
      throw .refused(.clock, "the device's clock is off by \(skew) seconds; set it")
    }
  }

  /// Does what an authentic request asks.
  package func perform(
    _ body: RequestBody, of header: RequestHeader, at time: UInt64
  ) async throws(NodeError) -> ReplyBody {
    if case .enroll(let token) = body {
      return try await enroll(header.device, token: token, at: time)
    }
    try admit(header)
    switch body {
    case .enroll: throw .refused(.malformed, "an enrollment is answered above")
    case .checkIn: return await checkIn(header.device, at: time)
    case .stepMessage(let message):
      let live = try openRound(header)
      guard MessageLayout.kind(of: message) != .input else {
        throw .refused(.wrongStep, "an Input is uploaded in pieces")
      }
      let digest = try await live.received(message, from: header.device, at: time)
      await advance()
      return .receipt(digest: digest)
    case .uploadChunk(let chunk): return try await upload(chunk, header, at: time)
    case .poll(let awaited): return try await poll(awaited, header, at: time)
    }
  }

  /// Who may ask anything: enrolled, not revoked, and not with a request that was seen before.
  private func admit(_ header: RequestHeader) throws(NodeError) {
    guard let standing = devices[header.device] else {
      throw .refused(.unknownDevice, "the device is not enrolled here; join with a join code")
    }
    guard !standing.isRevoked else { throw .refused(.revoked, "the device was revoked") }
    guard header.counter > standing.lastCounter else {
      throw .refused(.replay, "the request was seen before; sign a new one")
    }
    devices[header.device]?.lastCounter = header.counter
  }

  private func checkIn(_ device: VerificationKey, at time: UInt64) async -> ReplyBody {
    metrics.checkIns.increment()
    attendance.note(device, at: time)
    if !isDraining, let live, log.covers(live.logIndex), await live.state(at: time) == .selecting {
      var offer = live.offer
      do throws(StorageError) {
        offer.counted = try await store.contributionCount(
          of: device.encoding, to: live.config.task)
      } catch {
        logger.warning("an offer goes out without the count of contributions: \(error)")
      }
      return .offer(offer, served: served)
    }
    return .wait(
      seconds: settings.pacing.wait(of: device, at: time, opening: nextOpening), served: served)
  }

  private func openRound(_ header: RequestHeader) throws(NodeError) -> LiveRound {
    guard !isRecovering else {
      throw .refused(.storage, "the coordinator takes up its round again; send again later")
    }
    let key = RoundKey(task: header.task, number: header.round)
    guard let live, live.key == key else {
      throw endings[key] == nil
        ? .refused(.unknownRound, "there is no such round; check in again")
        : .refused(.roundEnded, "the round is over; check in again")
    }
    return live
  }

  private func upload(
    _ chunk: UploadChunk, _ header: RequestHeader, at time: UInt64
  ) async throws(NodeError) -> ReplyBody {
    let live = try openRound(header)
    let expected = InputHeader.byteCount + live.config.packing.byteCount(of: live.config.dimension)
    guard chunk.total == expected else {
      throw .refused(.malformed, "UploadChunk.total is \(chunk.total), not \(expected)")
    }
    // Bytes are kept for those only whose contribution the round waits for.
    try await live.checkUpload(from: header.device)
    guard self.live?.key == live.key else {
      throw .refused(.roundEnded, "the round is over; check in again")
    }
    switch uploads.add(chunk, of: header.device, round: live.key) {
    case .progress(let received), .gap(let received):
      return .progress(UploadProgress(received: received, digest: nil))
    case .full: throw .refused(.busy, "too many uploads at once; try again later")
    case .complete(let message):
      guard MessageLayout.kind(of: message) == .input else {
        throw .refused(.wrongStep, "only an Input is uploaded in pieces")
      }
      let digest = try await live.received(message, from: header.device, at: time)
      metrics.contributions.increment()
      await advance()
      return .progress(UploadProgress(received: chunk.total, digest: digest))
    }
  }

  private func poll(
    _ awaited: UInt32, _ header: RequestHeader, at time: UInt64
  ) async throws(NodeError) -> ReplyBody {
    let key = RoundKey(task: header.task, number: header.round)
    if !isRecovering, let ending = try await ending(of: key) { return .ended(ending) }
    let live = try openRound(header)
    // Kind 0 waits for nothing but the end.
    guard let kind = MessageKind(rawValue: awaited) else {
      return .notYet(retryMilliseconds: pollMilliseconds(in: live))
    }
    if kind == .quorum, try await !live.showsDebit(inLogOf: log.size) {
      return .notYet(retryMilliseconds: pollMilliseconds(in: live))
    }
    switch await live.answer(to: header.device, awaiting: kind, at: time) {
    case .message(let message): return .message(message)
    case .notYet, .over: return .notYet(retryMilliseconds: pollMilliseconds(in: live))
    case .notForYou: throw .refused(.wrongStep, "the round goes on without this device")
    }
  }

  /// When a device of a round may ask again: the more they are, the later, so that a few hundred of them
  /// do not keep the coordinator busy with saying that there is nothing yet.
  private func pollMilliseconds(in live: LiveRound) -> UInt32 {
    max(settings.pollMilliseconds, UInt32(live.config.mostCohort) * Self.millisecondsPerDevice)
  }

  /// At most 250 polls a second.
  private static let millisecondsPerDevice: UInt32 = 4

  private func ending(of key: RoundKey) async throws(NodeError) -> RoundEnding? {
    if let live, live.key == key { return nil }
    if let ending = endings[key] { return ending }
    let record: RoundRecord?
    do { record = try await store.round(key) } catch { throw .storage(error) }
    switch record?.outcome {
    case .committed(let model): return .committed(model: model)
    case .aborted(let reason): return .aborted(reason: reason)
    case .open, nil: return nil
    }
  }
}

/// The bytes of an answer, and why it is a refusal if it is one.
package struct NodeAnswer: Sendable {
  package let status: RefusalCode?
  package let body: [UInt8]
}
