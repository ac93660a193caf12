/// One file of golden values.
package struct VectorFile: Sendable {
  /// The only schema that is read.
  package static let schema = "dp-accounting-vectors/1"

  package var name: String
  package var title: String
  /// The orders at which a peer's Renyi accountant was asked, where its numbers depend on them.
  package var orders: [Double]
  package var cases: [VectorCase]
}

/// One mechanism with its parameters, and what is known of it.
package struct VectorCase: Sendable {
  package var id: String
  package var mechanism: String
  package var adjacency: String
  package var parameters: VectorValue
  package var results: [VectorResult]
}

/// One quantity at one query, by every method that computed it.
package struct VectorResult: Sendable {
  /// A number by one method.
  package struct Reference: Sendable {
    package var method: String
    package var value: Double
    package var error: Double
    /// The number is known to be smaller than the truth.
    package var isBelowTruth: Bool

    package init(method: String, value: Double, error: Double = 0, isBelowTruth: Bool = false) {
      self.method = method
      self.value = value
      self.error = error
      self.isBelowTruth = isBelowTruth
    }
  }

  package var quantity: String
  package var query: VectorValue
  /// Single numbers only: tables and brackets are kept out.
  package var references: [Reference]
  /// Proven upper bounds at the same query.
  package var provenBounds: [Double]

  package init(
    quantity: String, query: VectorValue, references: [Reference], provenBounds: [Double] = []
  ) {
    self.quantity = quantity
    self.query = query
    self.references = references
    self.provenBounds = provenBounds
  }

  func reference(_ method: String) -> Reference? { references.first { $0.method == method } }
}
