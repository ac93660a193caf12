package import CryptoPrimitives

/// What became of a message.
package enum ServerVerdict: Sendable, Equatable {
  case accepted
  /// The same bytes were accepted before; whoever sent them did not get the answer.
  case repeated
  /// The message changed nothing; the round goes on.
  case refused(ProtocolError)
}

/// What the program around a coordinator has to do next, in the order given.
package enum ServerAction: Sendable {
  /// Ask every witness of the configuration for its next value, and hand in the answers.
  case requestReveals(RevealRequest)
  /// Send each of these clients what `message(for:)` gives.
  case deliver(MessageKind, to: CohortSet)
  /// Ask every witness of the configuration to sign the survivors, and hand in the answers.
  case requestCosignatures(CosignRequest)
  /// Everything is there: call `makeOpening`.
  case open
  /// The round is over without a sum, and nothing of it may be used again.
  case end(ProtocolError)
}

/// The steps of a coordinator: section 15.
package enum ServerPhase: Sendable, Equatable {
  case advertise
  /// Waits for the witnesses' values.
  case reveal
  case shares
  case input
  case consistency
  case unmask
  /// Waits for the sum to be opened.
  case opening
  case ended(AbortCode)

  /// The kind of client message that belongs to the phase, and the step whose deadline it has.
  var awaited: (kind: MessageKind, step: RoundStep)? {
    switch self {
    case .advertise: (.advertise, .advertise)
    case .shares: (.shares, .shares)
    case .input: (.input, .input)
    case .consistency: (.consistency, .consistency)
    case .unmask: (.unmask, .unmask)
    case .reveal, .opening, .ended: nil
    }
  }
}

/// A client that sent two different messages for one step, both signed.
package struct Equivocation: Sendable {
  package let identity: VerificationKey
  package let kind: MessageKind
  /// The second message; the first one counts.
  package let second: [UInt8]
}
