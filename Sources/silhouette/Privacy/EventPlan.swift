internal import PrivacyAccounting
internal import RoundVocabulary

/// Mechanisms to account for, and what they have in common.
struct EventPlan: Sendable {
  /// A mechanism and how often it is run.
  struct Item: Sendable, Equatable {
    var event: MechanismEvent
    var rounds: Int
  }

  var items: [Item]
  /// Nil where only the command line says it.
  var neighbors: NeighboringRelation?

  var events: [MechanismEvent] { items.map { $0.event.times($0.rounds) } }

  /// The mechanisms in words, such as `100 rounds of Gaussian noise`.
  var summary: String {
    items.map { "\($0.rounds) \($0.rounds == 1 ? "round" : "rounds") of \($0.event.name)" }
      .joined(separator: ", ")
  }

  /// Whether secrecy of the sample is part of the claim.
  var isSampled: Bool {
    items.contains { if case .sampledGaussian = $0.event { true } else { false } }
  }
}

extension NeighboringRelation {
  /// The relation as options and plans spell it.
  var word: String {
    switch self {
    case .zeroOut: "zero-out"
    case .addOrRemoveOne: "add-or-remove-one"
    case .replaceOne: "replace-one"
    }
  }

  /// Every spelling.
  static let words = [Self.zeroOut, .addOrRemoveOne, .replaceOne].map(\.word)

  init?(word: String) {
    guard
      let match = [Self.zeroOut, .addOrRemoveOne, .replaceOne].first(where: { $0.word == word })
    else { return nil }
    self = match
  }
}
