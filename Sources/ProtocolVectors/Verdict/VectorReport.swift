/// A result of a vector that is not what the library computes.
package struct VectorFailure: Sendable, Equatable {
  package var file: String
  package var vector: String
  package var field: String
  /// What the file says; of byte strings the first digits only.
  package var expected: String
  /// What the library computes.
  package var found: String

  package init(file: String, vector: String, field: String, expected: String, found: String) {
    self.file = file
    self.vector = vector
    self.field = field
    self.expected = expected
    self.found = found
  }

  /// The failure on one line.
  package var line: String { "\(file) \(vector): \(field) is \(found), and not \(expected)" }
}

/// What came of a folder.
package struct VectorReport: Sendable {
  package struct File: Sendable {
    package var name: String
    package var vectors = 0
    package var comparisons = 0
    package var failures: [VectorFailure] = []

    package init(name: String) { self.name = name }

    /// Vectors of which at least one result differs.
    package var failed: Int { Set(failures.map(\.vector)).count }
  }

  /// The files that are there, by name.
  package var files: [File]
  /// Names of files that are not there.
  package var missing: [String]

  package init(files: [File], missing: [String]) {
    self.files = files
    self.missing = missing
  }

  package var failures: [VectorFailure] { files.flatMap(\.failures) }
}
