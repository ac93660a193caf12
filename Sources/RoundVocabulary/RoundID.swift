/// The kinds of federated task, by the names used in plans, reports and ledgers.
package enum TaskKind: String, CaseIterable, Sendable, Codable {
  /// Popularity over the catalogue; tag and category shares follow from it.
  case statistics
  /// Second moments of centred histories, from which the shared item basis is computed.
  case gram
  /// Gradients of the small on-device ranker.
  case ranker
  /// Changes that training on the device made to the sequence encoder.
  case encoder
  /// Clipped sums of the ranking metrics that each device computes on its own held-out event.
  case evaluation
}

/// One round of one task.
///
/// Rounds are numbered from 1.
package struct RoundID: Hashable, Sendable, Codable, CustomStringConvertible {
  package let task: TaskKind
  package let number: Int

  package init(task: TaskKind, number: Int) {
    self.task = task
    self.number = number
  }

  package var description: String { "\(task.rawValue)/\(number)" }
}
