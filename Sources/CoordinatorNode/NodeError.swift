internal import FederatedRounds
internal import SecureAggregation
package import Storage
package import WireProtocol

/// Why a request is not done.
package enum NodeError: Error {
  case wire(WireError)
  case storage(StorageError)
  case refused(RefusalCode, String)

  init(_ refusal: CoordinatorRound.Refusal) {
    switch refusal {
    case .notOpen: self = .refused(.wrongStep, "the round has not opened yet")
    case .isOver: self = .refused(.roundEnded, "the round is over; check in again")
    case .otherSender: self = .refused(.signature, "the message is another device's")
    case .equivocation:
      self = .refused(.equivocation, "another message for this step was accepted before")
    case .aggregation(let code): self = .refused(.refusedMessage, "\(code) (\(code.rawValue))")
    }
  }

  /// The code and the reason as they are sent.
  package var refusal: (code: RefusalCode, reason: String) {
    switch self {
    case .wire(let error): (Self.code(of: error), error.description)
    case .storage(let error): (Self.code(of: error), Self.publicReason(of: error))
    case .refused(let code, let reason): (code, reason)
    }
  }

  private static func code(of error: WireError) -> RefusalCode {
    switch error {
    case .tooLarge: .tooLarge
    case .version: .version
    case .badSignature: .signature
    case .malformed, .length, .range, .unknownKind, .missing, .notSealedHere, .otherRequest:
      .malformed
    }
  }

  private static func code(of error: StorageError) -> RefusalCode {
    switch error {
    case .joinCodeInvalid, .joinCodeExpired: .joinCode
    case .deviceRevoked: .revoked
    case .equivocation: .equivocation
    case .blobMissing: .notFound
    case .roundHasEnded, .unknownRound: .roundEnded
    default: .storage
    }
  }

  /// Paths and database texts are for the operator's log, not for devices.
  private static func publicReason(of error: StorageError) -> String {
    switch code(of: error) {
    case .storage: "the coordinator cannot store anything now; try again later"
    default: error.description
    }
  }
}
