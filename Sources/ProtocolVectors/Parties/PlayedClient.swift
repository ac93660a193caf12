package import CryptoPrimitives
package import RingArithmetic
package import SecureAggregation

/// A client with its randomness and its contribution, which answers at once.
package struct PlayedClient: ~Copyable {
  package var machine: AggregationClient
  package var randomness: RandomStream
  package let contribution: RingVector
  /// Everything that was recorded, in order.
  package private(set) var records: [ClientRecord] = []
  package private(set) var events: [ClientEvent] = []

  package init(
    _ machine: consuming AggregationClient, randomness: consuming RandomStream,
    contribution: RingVector
  ) {
    self.machine = machine
    self.randomness = randomness
    self.contribution = contribution
  }

  /// What a client does with a message.
  package enum Answer: Equatable {
    case message([UInt8])
    case abort(ProtocolError)
    case silence

    package var message: [UInt8]? {
      if case .message(let bytes) = self { return bytes }
      return nil
    }

    package var code: AbortCode? {
      if case .abort(let error) = self { return error.code }
      return nil
    }

    /// The answer in few words.
    var summary: String {
      switch self {
      case .message(let bytes): "a message of \(bytes.count) bytes"
      case .abort(let error): "refused: \(error)"
      case .silence: "silence"
      }
    }
  }

  package mutating func answer(_ message: [UInt8], at time: UInt64) -> Answer {
    perform(machine.received(message, at: time, randomness: &randomness), at: time)
  }

  package mutating func timePassed(to time: UInt64) -> Answer {
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
      case .provideContribution(let dimension, let modulus):
        // A round that asks for another vector than there is gets none.
        guard contribution.count == dimension, contribution.modulus == modulus else { continue }
        answer = perform(machine.contribute(contribution, at: time), at: time)
      }
    }
    return answer
  }
}
