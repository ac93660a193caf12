internal import NumericalMethods

/// Known vectors of all items that an encoder projects into its own width: coordinates in the
/// shared item basis, content.
package struct FixedItemVectors: Sendable, Equatable {
  package let name: String
  package let width: Int
  /// Shape: [items, width].
  package let values: [Float]

  package init(name: String, width: Int, values: [Float]) {
    precondition(width > 0 && values.count.isMultiple(of: width))
    self.name = name
    self.width = width
    self.values = values
  }
}

/// The vectors by which items enter the encoder and are scored: an own vector for each item, plus
/// projections of fixed ones, plus a bias for scoring.
///
/// Work on a device runs over a table of the items that it needs, so that the others cost nothing.
package struct ItemTable: Sendable {
  /// Vectors of some items, and the gradients that flow back to them.
  package struct Rows: Sendable {
    /// Catalogue indices of the rows, each once.
    package private(set) var items: [Int32] = []
    /// Shape: [rows, width].
    package var vectors: [Float] = []
    /// Shape: [rows].
    package var biases: [Float] = []
    package var vectorGradients: [Float] = []
    package var biasGradients: [Float] = []
    /// The projections one by one, where they are asked for: `vectors` has their sum.
    ///
    /// Shape of each: [rows, width].
    var projected: [[Float]] = []
    /// Gradients of the projections apart from those of `vectors`.
    var projectedGradients: [[Float]] = []
    /// The fixed vectors of these items, one list for each projection.
    fileprivate var fixed: [[Float]] = []

    package init() {}

    package var count: Int { items.count }

    /// Makes room for other items; gradients become 0.
    ///
    /// Space is kept.
    fileprivate mutating func reset(_ items: [Int32], width: Int) {
      self.items = items
      let count = items.count
      Self.resize(&vectors, to: count * width)
      Self.resize(&biases, to: count)
      Self.resize(&vectorGradients, to: count * width)
      Self.resize(&biasGradients, to: count)
      for index in 0..<(count * width) { vectorGradients[index] = 0 }
      for index in 0..<count { biasGradients[index] = 0 }
    }

    /// Arrays only grow: what lies beyond the rows is not looked at.
    fileprivate static func resize(_ values: inout [Float], to count: Int) {
      if values.count < count { values += [Float](repeating: 0, count: count - values.count) }
    }
  }

  package let itemCount: Int
  package let width: Int
  /// Shape: [items, width].
  package let identity: ParameterSlot?
  /// Shape: [items].
  package let bias: ParameterSlot?
  /// Shape of each: [width, fixed width].
  package let projections: [ParameterSlot]
  package let fixed: [FixedItemVectors]
  /// Whether rows hold each projection by itself, too.
  private let keepsProjections: Bool

  /// - Parameters:
  ///   - fixed: vectors to project; their own scale is kept.
  ///   - hasIdentity: whether each item has a vector of its own.
  ///   - keepsProjections: whether rows hold each projection by itself, too.
  package init(
    itemCount: Int, width: Int, hasIdentity: Bool, fixed: [FixedItemVectors],
    keepsProjections: Bool = false, in layout: inout ParameterLayout
  ) {
    precondition(fixed.allSatisfy { $0.values.count == itemCount * $0.width })
    precondition(hasIdentity || !fixed.isEmpty, "items need vectors")
    self.itemCount = itemCount
    self.width = width
    self.fixed = fixed
    self.keepsProjections = keepsProjections
    identity =
      hasIdentity
      ? layout.add(
        "items.identity", rows: itemCount, columns: width, .normal(standardDeviation: 0.02),
        isRowSparse: true) : nil
    bias = layout.add("items.bias", rows: itemCount, columns: 1, .zeros, isRowSparse: true)
    projections = fixed.map {
      layout.add(
        "items." + $0.name, rows: width, columns: $0.width, .normal(standardDeviation: 0.02))
    }
  }

  /// Computes the vectors and biases of some items.
  ///
  /// - Parameter items: distinct, each below `itemCount`.
  package func forward(_ items: [Int32], _ parameters: [Float], into rows: inout Rows) {
    rows.reset(items, width: width)
    if let identity {
      for (row, item) in items.enumerated() {
        NeuralKernels.copy(
          parameters, from: identity.row(Int(item)).lowerBound, into: &rows.vectors,
          at: row * width, count: width)
      }
    } else {
      for index in 0..<(items.count * width) { rows.vectors[index] = 0 }
    }
    if let bias {
      for (row, item) in items.enumerated() {
        rows.biases[row] = parameters[bias.start + Int(item)]
      }
    }
    if rows.fixed.count != fixed.count { rows.fixed = fixed.map { _ in [] } }
    if keepsProjections { clearProjections(of: &rows) }
    for (index, view) in fixed.enumerated() {
      Rows.resize(&rows.fixed[index], to: items.count * view.width)
      for (row, item) in items.enumerated() {
        NeuralKernels.copy(
          view.values, from: Int(item) * view.width, into: &rows.fixed[index],
          at: row * view.width, count: view.width)
      }
      let (from, to) = (
        MatrixPlace(rows: items.count, columns: view.width),
        MatrixPlace(rows: items.count, columns: width)
      )
      if keepsProjections {
        DenseKernels.multiply(
          rows.fixed[index], .init(from), by: parameters,
          .init(projections[index].place, transposed: true), into: &rows.projected[index], to)
        NeuralKernels.axpy(
          1, rows.projected[index], into: &rows.vectors, count: items.count * width)
      } else {
        DenseKernels.multiply(
          rows.fixed[index], .init(from), by: parameters,
          .init(projections[index].place, transposed: true), into: &rows.vectors, to, adding: true)
      }
    }
  }

  private func clearProjections(of rows: inout Rows) {
    if rows.projected.count != fixed.count {
      rows.projected = fixed.map { _ in [] }
      rows.projectedGradients = rows.projected
    }
    for index in fixed.indices {
      Rows.resize(&rows.projected[index], to: rows.count * width)
      Rows.resize(&rows.projectedGradients[index], to: rows.count * width)
      for place in 0..<(rows.count * width) { rows.projectedGradients[index][place] = 0 }
    }
  }

  /// Adds what flowed back to the rows to the gradients of the parameters.
  package func backward(_ rows: Rows, gradients: inout [Float]) {
    if let identity {
      for (row, item) in rows.items.enumerated() {
        NeuralKernels.copy(
          rows.vectorGradients, from: row * width, into: &gradients,
          at: identity.row(Int(item)).lowerBound, count: width, adding: true)
      }
    }
    if let bias {
      for (row, item) in rows.items.enumerated() {
        gradients[bias.start + Int(item)] += rows.biasGradients[row]
      }
    }
    for index in fixed.indices {
      project(rows.vectorGradients, back: index, rows, &gradients)
      if keepsProjections { project(rows.projectedGradients[index], back: index, rows, &gradients) }
    }
  }

  /// Adds what flowed back through a projection to its gradient.
  private func project(
    _ flowed: [Float], back index: Int, _ rows: Rows, _ gradients: inout [Float]
  ) {
    DenseKernels.multiply(
      flowed, .init(MatrixPlace(rows: rows.count, columns: width), transposed: true),
      by: rows.fixed[index], .init(MatrixPlace(rows: rows.count, columns: fixed[index].width)),
      into: &gradients, projections[index].place, adding: true)
  }
}
