internal import FederatedRounds

/// Why a round was given up, for people.
enum AbortText {
  static func reason(_ code: Int) -> String {
    RoundAbort(number: UInt32(clamping: code)).map { "\($0.name), code \(code)" } ?? "code \(code)"
  }
}
