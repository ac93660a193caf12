internal import CryptoPrimitives
internal import FederatedRounds
internal import SecureAggregation
package import Storage

/// How far a round is, as operators are shown it: no device is in it, and what they did is a `CoarseCount`.
package struct RoundProgress: Sendable, Equatable {
  /// The steps of which the journal has a message, in their order; messages are forgotten when the round ends.
  package private(set) var begun: [String] = []
  /// Messages of each kind, coarse.
  package private(set) var messages: [String: Int] = [:]
  /// Coarse, too.
  package private(set) var contributions = 0
  /// How many contributions are in the sum, as the log says it; nil until it is debited.
  package private(set) var survivors: Int?

  package init(_ journal: [JournalEntry]) {
    for stored in journal {
      switch RoundEntry(kind: stored.kind, device: stored.device, bytes: stored.bytes) {
      case .message(let message, _, _):
        let kind = MessageLayout.kind(of: message).map { "\($0)" } ?? "unknown"
        messages[kind, default: 0] += 1
        note(kind)
      case .input:
        contributions += 1
        note("contributions")
      case .opening(let contributors): survivors = contributors.count
      case .closed, nil: break
      }
    }
    messages = messages.mapValues(CoarseCount.shown)
    contributions = CoarseCount.shown(contributions)
  }

  private mutating func note(_ step: String) {
    if !begun.contains(step) { begun.append(step) }
  }
}
