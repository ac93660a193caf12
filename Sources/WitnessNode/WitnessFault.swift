internal import SecureAggregation
internal import Storage
internal import TransparencyLog
internal import WireProtocol

/// Why a witness does not answer what it was asked.
enum WitnessFault: Error {
  case wire(WireError)
  case storage(StorageError)
  case aggregation(ProtocolError)
  case log(LogRefusal)
  case refused(RefusalCode, String)

  /// The code and the reason as they are sent.
  var refusal: (code: RefusalCode, reason: String) {
    switch self {
    case .wire(let error): (Self.code(of: error), error.description)
    case .storage(.secondPromise): (.equivocation, "something else was promised for this round")
    // Paths and database texts are for the operator's log.
    case .storage: (.storage, "the witness cannot store anything now; ask again later")
    case .aggregation(let error):
      (.refusedMessage, "\(error.place): \(error.code) (\(error.code.rawValue))")
    case .log(let refusal): (.refusedMessage, "the log's head: \(refusal.rule)")
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
}
