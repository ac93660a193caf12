internal import CryptoPrimitives
package import RingArithmetic

/// What the program around a client has to do next, in the order given.
package enum ClientAction: Sendable {
  /// Put this on durable storage before doing anything that follows.
  case record(ClientRecord)
  /// Send these bytes to the coordinator; to send again, send the same bytes.
  case send([UInt8])
  /// Train if that has not been done, encode the update with its noise, and call `contribute`.
  case provideContribution(dimension: Int, modulus: RingModulus)
  /// Send the masked vector to the coordinator.
  case upload(MaskedInput)
  /// Write this down; the round goes on.
  case note(ClientEvent)
  /// The round is over for this client and its secrets are wiped.
  ///
  /// The notice, which says the code and nothing else, may be sent or not.
  case abort(ProtocolError, notice: [UInt8]?)
}

/// Something odd that does not end the round.
package enum ClientEvent: Sendable, Equatable {
  /// The box in a slot did not open: code 450.
  case boxRejected(slot: Int)
}

/// The state of a client in a round: section 13.
package enum ClientState: Sendable, Equatable {
  case idle
  case advertised
  case shared
  /// The sharers are known, the own contribution is not there yet.
  case training
  case uploaded
  case signed
  case done
  case aborted(AbortCode)

  /// The kind of message that the state waits for.
  var awaited: MessageKind? {
    switch self {
    case .idle: .roundConfig
    case .advertised: .directory
    case .shared: .inbox
    case .uploaded: .survivors
    case .signed: .quorum
    case .training, .done, .aborted: nil
    }
  }

  /// The step that the client makes next, before whose deadline it has to come.
  var next: RoundStep? {
    switch self {
    case .idle: .advertise
    case .advertised: .shares
    case .shared, .training: .input
    case .uploaded: .consistency
    case .signed: .unmask
    case .done, .aborted: nil
    }
  }
}
