/// One rule about what a sound event is, and what is done with those that break it.
///
/// A further rule, for example against users who act faster than a person can, is a further file
/// in this folder with a type that conforms, and a line in `Cleaning.standardSteps`.
package protocol CleaningStep: Sendable {
  /// Mends the table and says how many events it touched, 0 included.
  func apply(to table: inout EventTable, catalogue: Catalogue) -> CleaningReport.Finding
}

/// The list of steps that every source goes through before it becomes a population.
package struct Cleaning: Sendable {
  package let steps: [any CleaningStep]

  package init(steps: [any CleaningStep]) {
    self.steps = steps
  }

  /// The steps for files: cheap ones first, so that the search for duplicates sees sound events.
  /// - Parameter latestTime: seconds since 1970 after which nothing can have happened yet.
  package static func standardSteps(latestTime: Int64) -> Cleaning {
    Cleaning(steps: [
      DropUnknownItems(), DropMissingValues(), DropImpossibleTimes(latestTime: latestTime),
      DropDuplicateEvents(),
    ])
  }

  /// Applies the steps in order and returns one finding for each.
  package func clean(_ table: inout EventTable, catalogue: Catalogue) -> [CleaningReport.Finding] {
    steps.map { $0.apply(to: &table, catalogue: catalogue) }
  }
}
