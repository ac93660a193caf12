import CryptoPrimitives
import RingArithmetic
import SecureAggregation

@testable import FederatedRounds

/// A device process with its durable records.
final class SimulatedDevice {
  let index: Int
  private let cast: Cast
  private(set) var round: DeviceRound?
  /// What survives a crash.
  private(set) var records: [ClientRecord] = []
  private(set) var isUp = true
  /// Which of its lives and requests an answer belongs to; others are too late.
  private(set) var request = 0
  /// After a restart: the recorded Unmask, which may be sent again.
  private var resending: [UInt8]?
  private(set) var end: DeviceRoundEnd?
  private(set) var isInputAcknowledged = false
  var randomness: RandomStream
  /// Whether the process dies at a durable write, and whether before it.
  var crash: () -> (dies: Bool, before: Bool) = { (false, false) }

  init(index: Int, cast: Cast, randomness: consuming RandomStream) {
    self.index = index
    self.cast = cast
    self.randomness = randomness
  }

  var identity: VerificationKey { cast.devices[index].verificationKey }
  var isFinished: Bool { end != nil }

  func join(at time: UInt64) {
    var round = DeviceRound(cast.client(index, history: ClientHistory(records)))
    let new = round.join(
      cast.server().configMessage, at: time, randomness: &randomness)
    self.round = consume round
    keep(new)
    settle()
  }

  /// What the device asks the coordinator for now.
  func nextRequest(at time: UInt64) -> SimulatedCoordinator.Request? {
    guard isUp, !isFinished else { return nil }
    request += 1
    if let resending {
      guard time < cast.config.deadline(of: .unmask) else {
        end = .interrupted
        return nil
      }
      return .message(resending)
    }
    // A fresh round value for each look: the noncopyable one stays where it is.
    if let records = round?.timePassed(to: time), !records.isEmpty { keep(records) }
    settle()
    guard isUp, !isFinished else { return nil }
    switch round?.next {
    case .send(let message): return .message(message)
    case .upload(let input): return .message(input.encoded)
    case .poll(let kind): return .poll(kind)
    case .awaitEnd: return .end
    case .train, .finished, nil: return nil
    }
  }

  func received(_ reply: SimulatedCoordinator.Reply, to request: Int, at time: UInt64) {
    guard isUp, !isFinished, request == self.request else { return }
    self.request += 1
    if resending != nil {
      end = .interrupted
      return
    }
    switch reply {
    case .acknowledged:
      if case .upload = round?.next { isInputAcknowledged = true }
      round?.acknowledged()
    case .delivered(let message):
      if let records = round?.delivered(message, at: time, randomness: &randomness) {
        keep(records)
      }
      train(at: time)
    case .notYet: break
    case .dismissed: round?.ended(.dismissed)
    case .ended(let isCommitted):
      round?.ended(isCommitted ? .committed(model: Bytes32()) : .aborted(reason: 1))
    }
    settle()
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

  /// How long the device waits before it asks again, in milliseconds.
  func retryDelay() -> UInt64 {
    UInt64(round?.retryDelay(randomness: &randomness) ?? 500)
  }

  private func keep(_ new: [ClientRecord]) {
    for record in new where isUp {
      let (dies, before) = crash()
      if !(dies && before) { records.append(record) }
      if dies {
        isUp = false
        round = nil
      }
    }
  }

  private func settle() {
    if isUp, case .finished(let end) = round?.next { self.end = end }
  }

  /// The process starts again: round secrets are gone, only a recorded Unmask is left.
  func restart(at time: UInt64) {
    guard !isUp else { return }
    isUp = true
    request += 1
    resending = ClientHistory(records).unmaskMessage(of: cast.config.name, at: time)
    if resending == nil { end = .interrupted }
  }
}
