internal import CryptoPrimitives
internal import FederatedRounds
internal import RingArithmetic
internal import SecureAggregation
internal import Storage
internal import WireProtocol

/// A device process: the machine of a round, and what `DeviceNode` does around it, one request at a time.
final class SimulatedDevice {
  let index: Int
  private let cast: Cast
  private var randomness: RandomStream
  var store = SimulatedParticipantStore()
  private(set) var isUp = true
  /// The process is on its way up.
  var isRestarting = false

  // What a crash takes away.
  private var round: DeviceRound?
  private var name: RoundName?
  private var resent: Set<RoundKey> = []
  private var counter: UInt64 = 0
  private var resending: RoundKey?

  /// Which of its requests an answer belongs to; others are too late.
  private(set) var request = 0
  /// Rounds in which the coordinator has acknowledged the contribution.
  private(set) var acknowledged: Set<RoundKey> = []
  /// Rounds with whose offer the coordinator had counted more contributions than were charged.
  private(set) var countedTooOften: [RoundName] = []
  /// Records that the store's rules forbade.
  private(set) var violations: [StorageError] = []

  init(index: Int, cast: Cast, randomness: consuming RandomStream) {
    self.index = index
    self.cast = cast
    self.randomness = randomness
  }

  var identity: VerificationKey { cast.devices[index].verificationKey }
  var isInRound: Bool { round != nil }

  // MARK: Asking

  struct Request: Sendable {
    let header: RequestHeader
    let body: RequestBody
    let number: Int
  }

  /// What the device asks the coordinator for now.
  func nextRequest(at time: UInt64) -> Request? {
    guard isUp else { return nil }
    var body = RequestBody.checkIn
    var place: RoundName?
    resending = nil
    if let asked = nextOfRound(at: time) {
      body = asked
      place = name
    } else if !isUp {
      return nil
    } else if let unmask = nextUnmask(at: time) {
      body = .stepMessage(unmask.message)
      place = unmask.key.name
      resent.insert(unmask.key)
      resending = unmask.key
    }
    request += 1
    counter = max(counter + 1, time << 20)
    let header = RequestHeader(
      device: identity, task: place?.task ?? Bytes32(), round: place?.round ?? 0,
      kind: body.kind, issuedAt: time,
      nonce: RequestHeader.nonce(counter: counter, randomness: &randomness))
    return Request(header: header, body: body, number: request)
  }

  private func nextOfRound(at time: UInt64) -> RequestBody? {
    if let records = round?.timePassed(to: time) { keep(records) }
    train(at: time)
    switch round?.next {
    case .send(let message): return .stepMessage(message)
    case .upload(let input):
      let bytes = input.encoded
      return .uploadChunk(UploadChunk(total: bytes.count, offset: 0, piece: bytes))
    case .poll(let kind): return .poll(awaited: kind.rawValue)
    case .awaitEnd: return .poll(awaited: 0)
    case .finished:
      if let name { keep([.ended(name)]) }
      leaveRound()
      return nil
    case .train, nil: return nil
    }
  }

  private func nextUnmask(at time: UInt64) -> (key: RoundKey, message: [UInt8])? {
    for record in store.rounds.values.sorted(by: { $0.key.number < $1.key.number })
    where Int64(time) < record.expiry && !resent.contains(record.key) {
      if let unmask = record.unmask { return (record.key, unmask) }
    }
    return nil
  }

  /// How long the device waits for an answer before it asks again, in milliseconds.
  func patience() -> UInt64 { 3_000 + UInt64(round?.retryDelay(randomness: &randomness) ?? 500) }

  // MARK: Hearing

  /// Takes in the answer to a request; returns when to ask again, in milliseconds.
  func received(
    _ reply: Result<ReplyBody, RefusalCode>, to number: Int, at time: UInt64
  ) -> UInt64? {
    guard isUp, number == request else { return nil }
    request += 1
    if resending != nil { return 0 }
    switch reply {
    case .success(let body): return heard(body, at: time)
    case .failure(let code) where code.isTemporary:
      return UInt64(round?.retryDelay(randomness: &randomness) ?? 1_000)
    case .failure(.roundEnded): round?.ended(.aborted(reason: 0))
    case .failure: round?.ended(.dismissed)
    }
    return 1_000
  }

  private func heard(_ body: ReplyBody, at time: UInt64) -> UInt64 {
    switch body {
    case .wait(let seconds, _): return UInt64(seconds) * 1_000
    case .offer(let offer, _): return join(offer, at: time)
    case .receipt: round?.acknowledged()
    case .progress(let progress):
      if progress.digest != nil, let name {
        acknowledged.insert(RoundKey(name))
        round?.acknowledged()
      }
    case .message(let message):
      if let records = round?.delivered(message, at: time, randomness: &randomness) {
        keep(records)
      }
    case .notYet(let milliseconds): return UInt64(milliseconds)
    case .ended(.committed(let model)): round?.ended(.committed(model: model))
    case .ended(.aborted(let reason)): round?.ended(.aborted(reason: reason))
    case .enrolled: break
    }
    return 0
  }

  private func join(_ offer: RoundOffer, at time: UInt64) -> UInt64 {
    guard round == nil, let config = cast.config(of: offer) else { return 1_000 }
    // More than the device has charged would be taken for a ledger that was put back.
    let charged = store.charges.keys.count { $0.task == config.task }
    if let counted = offer.counted, counted > charged { countedTooOften.append(config.name) }
    var joining = DeviceRound(
      cast.client(index, offer: offer, config: config, history: store.history))
    let records = joining.join(offer.configuration, at: time, randomness: &randomness)
    if joining.isFinished { return 1_000 }
    name = config.name
    round = consume joining
    keep(records)
    return 0
  }

  /// The contribution of device i is 1 at coordinate i: the sum says who is in it, and how often.
  private func train(at time: UInt64) {
    guard case .train(let dimension, let modulus) = round?.next else { return }
    var words = [UInt32](repeating: 0, count: dimension)
    words[index] = 1
    if let records = round?.contribute(RingVector(reducing: words, modulus: modulus), at: time) {
      keep(records)
    }
  }

  // MARK: Failing

  /// Stores records before anything of them is said; a device that cannot is out of the round.
  private func keep(_ records: [ClientRecord]) {
    for record in records {
      do throws(SimulatedParticipantStore.Failure) { try store.keep(record) } catch {
        if case .rule(let rule) = error { violations.append(rule) }
        leaveRound()
        if case .crash = error { isUp = false }
        return
      }
    }
  }

  private func leaveRound() {
    round = nil
    name = nil
  }

  func restart() {
    isUp = true
    isRestarting = false
    request += 1
    leaveRound()
    resent = []
    resending = nil
    counter = 0
  }
}
