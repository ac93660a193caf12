/// What cleaning found, kept and dropped.
///
/// Nothing is dropped without being counted here.
package struct CleaningReport: Sendable, Equatable {
  /// One kind of finding, for example duplicate events.
  package struct Finding: Sendable, Equatable {
    package let step: String
    package let count: Int
    /// What was done about it, in one sentence.
    package let action: String

    package init(step: String, count: Int, action: String) {
      self.step = step
      self.count = count
      self.action = action
    }
  }

  /// A row that could not be read, with the place where it stands.
  package struct BadRow: Sendable, Equatable {
    package let file: String
    package let line: Int
    package let reason: String

    package init(file: String, line: Int, reason: String) {
      self.file = file
      self.line = line
      self.reason = reason
    }
  }

  package var rowsRead: Int
  package var eventsKept: Int
  package var findings: [Finding]
  package var badRows: [BadRow]

  package init(
    rowsRead: Int = 0, eventsKept: Int = 0, findings: [Finding] = [], badRows: [BadRow] = []
  ) {
    self.rowsRead = rowsRead
    self.eventsKept = eventsKept
    self.findings = findings
    self.badRows = badRows
  }
}
