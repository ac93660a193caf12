internal import NumericalMethods

/// Turns events into rows: the item's vector, plus what kind of event it was and how long after the
/// one before, plus its position.
package struct EventEmbedding: Sendable {
  /// Kinds and gaps have short vectors that share one projection: Shape [choices, contextWidth].
  package let kind: ParameterSlot?
  package let gap: ParameterSlot?
  /// Shape: [width, contextWidth].
  package let contextProjection: ParameterSlot?
  /// Position 0 is the oldest event that is looked at.
  ///
  /// Shape: [positions, width].
  package let position: ParameterSlot?
  package let width: Int
  package let contextWidth: Int

  /// What forward keeps for backward.
  package struct Activations: Sendable {
    /// Kind and gap vectors added up.
    ///
    /// Shape: [rows, contextWidth].
    var context: [Float]
    var contextGradient: [Float]
  }

  /// - Parameters:
  ///   - contextWidth: 0 to look neither at kinds nor at gaps.
  ///   - positions: 0 to look at no positions.
  package init(
    width: Int, contextWidth: Int, kinds: Int, gaps: Int, positions: Int,
    in layout: inout ParameterLayout
  ) {
    self.width = width
    self.contextWidth = contextWidth
    let small = ParameterSlot.Initialization.normal(standardDeviation: 0.02)
    position =
      positions > 0
      ? layout.add("events.position", rows: positions, columns: width, small) : nil
    guard contextWidth > 0 else {
      (kind, gap, contextProjection) = (nil, nil, nil)
      return
    }
    let unit = ParameterSlot.Initialization.normal(standardDeviation: 0.1)
    kind = layout.add("events.kind", rows: kinds, columns: contextWidth, unit)
    gap = layout.add("events.gap", rows: gaps, columns: contextWidth, unit)
    contextProjection = layout.add(
      "events.context", rows: width, columns: contextWidth,
      .normal(standardDeviation: 0.1))
  }

  package func activations(capacity: Int) -> Activations {
    let context = [Float](repeating: 0, count: capacity * contextWidth)
    return Activations(context: context, contextGradient: context)
  }

  /// - Parameters:
  ///   - events: `rows` index into `table`.
  ///   - x: overwritten. Shape: [rows, width].
  package func forward(
    _ events: EventBatch, table: [Float], _ parameters: [Float], dropout: Dropout, place: UInt64,
    _ found: inout Activations, into x: inout [Float]
  ) {
    let rows = events.sequences.rowCount
    for row in 0..<rows {
      NeuralKernels.copy(
        table, from: Int(events.tableRows[row]) * width, into: &x, at: row * width, count: width)
    }
    if let kind, let gap, let contextProjection {
      for row in 0..<rows {
        NeuralKernels.copy(
          parameters, from: kind.row(Int(events.kinds[row])).lowerBound, into: &found.context,
          at: row * contextWidth, count: contextWidth)
        NeuralKernels.copy(
          parameters, from: gap.row(Int(events.gaps[row])).lowerBound, into: &found.context,
          at: row * contextWidth, count: contextWidth, adding: true)
      }
      DenseKernels.multiply(
        found.context, .init(MatrixPlace(rows: rows, columns: contextWidth)), by: parameters,
        .init(contextProjection.place, transposed: true), into: &x,
        MatrixPlace(rows: rows, columns: width), adding: true)
    }
    dropout.apply(&x, count: rows * width, place: place)
    guard let position else { return }
    forEachPosition(events) { row, index in
      NeuralKernels.copy(
        parameters, from: position.row(index).lowerBound, into: &x, at: row * width, count: width,
        adding: true)
    }
  }

  /// Adds the gradients of the parameters and of the table's rows.
  ///
  /// - Parameter gradient: of x; dropout is applied to it in place.
  package func backward(
    _ gradient: inout [Float], _ events: EventBatch, _ parameters: [Float], dropout: Dropout,
    place: UInt64, _ found: inout Activations, tableGradient: inout [Float],
    gradients: inout [Float]
  ) {
    let rows = events.sequences.rowCount
    if let position {
      forEachPosition(events) { row, index in
        NeuralKernels.copy(
          gradient, from: row * width, into: &gradients, at: position.row(index).lowerBound,
          count: width, adding: true)
      }
    }
    dropout.apply(&gradient, count: rows * width, place: place)
    for row in 0..<rows {
      NeuralKernels.copy(
        gradient, from: row * width, into: &tableGradient,
        at: Int(events.tableRows[row]) * width, count: width, adding: true)
    }
    guard let kind, let gap, let contextProjection else { return }
    let outer = MatrixPlace(rows: rows, columns: width)
    let inner = MatrixPlace(rows: rows, columns: contextWidth)
    DenseKernels.multiply(
      gradient, .init(outer, transposed: true), by: found.context, .init(inner),
      into: &gradients, contextProjection.place, adding: true)
    DenseKernels.multiply(
      gradient, .init(outer), by: parameters, .init(contextProjection.place),
      into: &found.contextGradient, inner)
    for row in 0..<rows {
      for slot in [kind.row(Int(events.kinds[row])), gap.row(Int(events.gaps[row]))] {
        NeuralKernels.copy(
          found.contextGradient, from: row * contextWidth, into: &gradients, at: slot.lowerBound,
          count: contextWidth, adding: true)
      }
    }
  }

  private func forEachPosition(_ events: EventBatch, _ body: (_ row: Int, _ index: Int) -> Void) {
    for sequence in 0..<events.sequences.count {
      let rows = events.sequences.rows(sequence)
      for row in rows { body(row, row - rows.lowerBound) }
    }
  }
}
