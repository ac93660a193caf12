internal import NumericalMethods

/// Multi-head scaled dot-product attention in which an event sees itself and what came before.
///
/// Keys, queries and values have no bias: of keys it would cancel in the softmax.
/// - Source: Vaswani et al. 2017, "Attention is all you need", section 3.2, arXiv:1706.03762.
package struct CausalSelfAttention: Sendable {
  /// What forward keeps for backward, and backward's scratch space.
  package struct Activations: Sendable {
    /// Queries, keys and values side by side.
    ///
    /// Shape: [rows, 3 width].
    var joint: [Float]
    /// Attention of each head within each sequence, [heads, n, n] one sequence after the other.
    package fileprivate(set) var attention: [Float]
    /// Values as the heads mixed them.
    ///
    /// Shape: [rows, width].
    var mixed: [Float]
    /// After the last projection.
    ///
    /// Shape: [rows, width].
    package var output: [Float]
    var jointGradient: [Float]
    var mixedGradient: [Float]
    var square: [Float]
    var dropped: [Float]
  }

  package let width: Int
  package let heads: Int
  /// Shape: [3 width, width].
  let joint: LinearLayer
  let last: LinearLayer
  private var headWidth: Int { width / heads }
  private var scale: Float { 1 / Float(headWidth).squareRoot() }

  package init(_ name: String, width: Int, heads: Int, in layout: inout ParameterLayout) {
    precondition(width.isMultiple(of: heads), "heads share the width evenly")
    self.width = width
    self.heads = heads
    // Xavier's bound for [3 width, width], as PyTorch's multi-head attention.
    joint = LinearLayer(
      name + ".joint", inputs: width, outputs: 3 * width, hasBias: false,
      weights: .uniform(bound: (6 / Float(4 * width)).squareRoot()), in: &layout)
    last = LinearLayer(name + ".last", inputs: width, outputs: width, in: &layout)
  }

  /// - Parameters:
  ///   - capacity: rows of all sequences together, at most.
  ///   - longest: rows of one sequence, at most.
  package func activations(capacity: Int, longest: Int) -> Activations {
    func zeros(_ count: Int) -> [Float] { [Float](repeating: 0, count: count) }
    return Activations(
      joint: zeros(capacity * 3 * width), attention: zeros(capacity * longest * heads),
      mixed: zeros(capacity * width), output: zeros(capacity * width),
      jointGradient: zeros(capacity * 3 * width), mixedGradient: zeros(capacity * width),
      square: zeros(longest * longest), dropped: zeros(longest * longest))
  }

  private func place(_ part: Int, _ head: Int, _ rows: Range<Int>) -> MatrixPlace {
    MatrixPlace(
      start: rows.lowerBound * 3 * width + part * width + head * headWidth, rows: rows.count,
      columns: headWidth, stride: 3 * width)
  }

  private func mixedPlace(_ head: Int, _ rows: Range<Int>) -> MatrixPlace {
    MatrixPlace(
      start: rows.lowerBound * width + head * headWidth, rows: rows.count, columns: headWidth,
      stride: width)
  }

  /// - Parameters:
  ///   - x: Shape: [rows, width].
  ///   - place: distinguishes this layer's dropout from others' with one seed.
  package func forward(
    _ x: [Float], _ sequences: PackedSequences, _ parameters: [Float], dropout: Dropout,
    place: UInt64, into found: inout Activations
  ) {
    let rowCount = sequences.rowCount
    joint.forward(x, rows: rowCount, parameters, into: &found.joint)
    var start = 0
    for sequence in 0..<sequences.count {
      let rows = sequences.rows(sequence)
      let n = rows.count
      guard n > 0 else { continue }
      let square = MatrixPlace(rows: n, columns: n)
      for head in 0..<heads {
        let scores = MatrixPlace(start: start, rows: n, columns: n)
        DenseKernels.multiply(
          found.joint, .init(self.place(0, head, rows)), by: found.joint,
          .init(self.place(1, head, rows), transposed: true), into: &found.attention, scores)
        NeuralKernels.causalSoftmax(&found.attention, start: start, order: n, scale: scale)
        NeuralKernels.copy(
          found.attention, from: start, into: &found.dropped, at: 0, count: n * n)
        dropout.apply(&found.dropped, count: n * n, place: place &+ UInt64(start))
        DenseKernels.multiply(
          found.dropped, .init(square), by: found.joint, .init(self.place(2, head, rows)),
          into: &found.mixed, mixedPlace(head, rows))
        start += n * n
      }
    }
    last.forward(found.mixed, rows: rowCount, parameters, into: &found.output)
  }

  /// Adds the gradients of the parameters and overwrites that of x.
  package func backward(
    _ x: [Float], outputGradient: [Float], _ sequences: PackedSequences, _ parameters: [Float],
    dropout: Dropout, place: UInt64, _ found: inout Activations, gradients: inout [Float],
    inputGradient: inout [Float]
  ) {
    let rowCount = sequences.rowCount
    last.accumulate(
      found.mixed, outputGradient: outputGradient, rows: rowCount, into: &gradients)
    last.propagate(
      outputGradient: outputGradient, rows: rowCount, parameters, into: &found.mixedGradient)
    var start = 0
    for sequence in 0..<sequences.count {
      let rows = sequences.rows(sequence)
      for head in 0..<heads where !rows.isEmpty {
        backward(head, rows, start, dropout, place, &found)
        start += rows.count * rows.count
      }
    }
    joint.accumulate(x, outputGradient: found.jointGradient, rows: rowCount, into: &gradients)
    joint.propagate(
      outputGradient: found.jointGradient, rows: rowCount, parameters, into: &inputGradient)
  }

  private func backward(
    _ head: Int, _ rows: Range<Int>, _ start: Int, _ dropout: Dropout, _ place: UInt64,
    _ found: inout Activations
  ) {
    let n = rows.count
    let square = MatrixPlace(rows: n, columns: n)
    let dropPlace = place &+ UInt64(start)
    NeuralKernels.copy(found.attention, from: start, into: &found.dropped, at: 0, count: n * n)
    dropout.apply(&found.dropped, count: n * n, place: dropPlace)
    // Values, then attention, then queries and keys.
    DenseKernels.multiply(
      found.dropped, .init(square, transposed: true), by: found.mixedGradient,
      .init(mixedPlace(head, rows)), into: &found.jointGradient, self.place(2, head, rows))
    DenseKernels.multiply(
      found.mixedGradient, .init(mixedPlace(head, rows)), by: found.joint,
      .init(self.place(2, head, rows), transposed: true), into: &found.square, square)
    dropout.apply(&found.square, count: n * n, place: dropPlace)
    NeuralKernels.softmaxBackward(
      output: found.attention, at: start, &found.square, rows: n, columns: n, scale: scale)
    DenseKernels.multiply(
      found.square, .init(square), by: found.joint, .init(self.place(1, head, rows)),
      into: &found.jointGradient, self.place(0, head, rows))
    DenseKernels.multiply(
      found.square, .init(square, transposed: true), by: found.joint,
      .init(self.place(0, head, rows)), into: &found.jointGradient, self.place(1, head, rows))
  }
}
