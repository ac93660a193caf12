internal import CryptoPrimitives
internal import FederatedRounds
internal import SecureAggregation
internal import WireProtocol

/// What a device says to its coordinator in a round, and hears.
extension DeviceNode {
  /// Tries once; a lost answer is tried again later, a refusal ends the round for this device.
  func attempt(
    _ place: RoundPlace, in name: RoundName, _ body: () async throws(DeviceError) -> Void
  ) async throws(DeviceError) {
    do {
      try await body()
      place.round.acknowledged()
    } catch .transport, .wire {
      await pause(place.round.retryDelay(randomness: &randomness))
    } catch .refused(let refusal) where refusal.code.isTemporary {
      await pause(place.round.retryDelay(randomness: &randomness))
    } catch .refused(let refusal)
      where refusal.code == .roundEnded || refusal.code == .unknownRound
    {
      // How it ended is another question: it may have been committed with this device in it. A
      // coordinator that has started again knows rounds that are over by their end only.
      _ = try await poll(place, nil, name)
    } catch .refused {
      place.round.ended(.dismissed)
    }
  }

  /// Asks for a message, or for nothing but the end.
  func poll(
    _ place: RoundPlace, _ kind: MessageKind?, _ name: RoundName
  ) async throws(DeviceError) -> [ClientRecord] {
    let reply: ReplyBody
    do {
      reply = try await ask(.poll(awaited: kind?.rawValue ?? 0), of: name)
    } catch .transport, .wire {
      await pause(place.round.retryDelay(randomness: &randomness))
      return []
    } catch .refused(let refusal) where refusal.code.isTemporary {
      await pause(place.round.retryDelay(randomness: &randomness))
      return []
    } catch .refused {
      place.round.ended(.dismissed)
      return []
    }
    switch reply {
    case .message(let message):
      if kind == .quorum, try await !isPaid(place) { return [] }
      return place.round.delivered(message, at: clock(), randomness: &randomness)
    case .notYet(let milliseconds):
      // The coordinator's wish, within what a device lets it wish for.
      await pause(min(max(milliseconds, 50), 10_000))
    case .ended(.committed(let model)): place.round.ended(.committed(model: model))
    case .ended(.aborted(let reason)): place.round.ended(.aborted(reason: reason))
    default: throw .unexpectedAnswer
    }
    return []
  }

  /// Whether the log shows that what the device is asked to help open was paid for.
  ///
  /// Heads are published a little after what they are over: what may come yet is waited for, until the deadline of
  /// the step, and the coordinator is asked for its message again.
  private func isPaid(_ place: RoundPlace) async throws(DeviceError) -> Bool {
    do {
      try await demandDebit(of: place.config)
      place.withheld = nil
      return true
    } catch .log(let fault) {
      place.withheld = fault
      guard fault.isTemporary else {
        place.round.ended(.dismissed)
        return false
      }
    } catch .transport {
      // The log may be readable later.
    }
    await pause(place.round.retryDelay(randomness: &randomness))
    return false
  }

  private static let mostUploadRestarts = 16

  func upload(_ input: MaskedInput, of name: RoundName) async throws(DeviceError) {
    var offset = 0
    var restarts = 0
    while true {
      let piece = input.bytes(from: offset, count: WireLimits.pieceByteCount)
      let reply = try await ask(
        .uploadChunk(UploadChunk(total: input.byteCount, offset: offset, piece: piece)), of: name)
      guard case .progress(let progress) = reply else { throw .unexpectedAnswer }
      if let digest = progress.digest {
        guard digest == input.digest else { throw .unexpectedAnswer }
        return
      }
      // Where the coordinator is, this goes on: after its restart that is at the first byte again.
      guard progress.received < input.byteCount else { throw .unexpectedAnswer }
      if progress.received <= offset { restarts += 1 }
      guard restarts <= Self.mostUploadRestarts else { throw .unexpectedAnswer }
      offset = progress.received
    }
  }

  private func pause(_ milliseconds: UInt32) async {
    do { try await Task.sleep(for: .milliseconds(milliseconds)) } catch {
      // Canceled: the caller finds out at its next request.
    }
  }
}
