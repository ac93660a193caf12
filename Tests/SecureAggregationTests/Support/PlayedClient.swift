import CryptoPrimitives
import RingArithmetic

@testable import SecureAggregation

/// A client with its randomness and its contribution, which answers at once.
struct PlayedClient: ~Copyable {
  var machine: AggregationClient
  var randomness: RandomStream
  let contribution: RingVector
  /// Everything that was recorded, in order.
  private(set) var records: [ClientRecord] = []
  private(set) var events: [ClientEvent] = []

  init(
    _ machine: consuming AggregationClient, randomness: consuming RandomStream,
    contribution: RingVector
  ) {
    self.machine = machine
    self.randomness = randomness
    self.contribution = contribution
  }

  /// What a client does with a message.
  enum Answer: Equatable {
    case message([UInt8])
    case abort(ProtocolError)
    case silence

    var message: [UInt8]? {
      if case .message(let bytes) = self { return bytes }
      return nil
    }

    var code: AbortCode? {
      if case .abort(let error) = self { return error.code }
      return nil
    }
  }

  mutating func answer(_ message: [UInt8], at time: UInt64) -> Answer {
    perform(machine.received(message, at: time, randomness: &randomness), at: time)
  }

  mutating func timePassed(to time: UInt64) -> Answer {
    perform(machine.timePassed(to: time), at: time)
  }

  private mutating func perform(_ actions: [ClientAction], at time: UInt64) -> Answer {
    var answer = Answer.silence
    for action in actions {
      switch action {
      case .record(let record): records.append(record)
      case .note(let event): events.append(event)
      case .send(let bytes): answer = .message(bytes)
      case .upload(let input): answer = .message(input.encoded)
      case .abort(let error, _): answer = .abort(error)
      case .provideContribution:
        answer = perform(machine.contribute(contribution, at: time), at: time)
      }
    }
    return answer
  }
}
