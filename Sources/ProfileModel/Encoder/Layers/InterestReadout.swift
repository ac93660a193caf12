internal import NumericalMethods

/// Reads several interests out of a user's events, one for each learned query.
///
/// **Formula**: interests = softmax(Q H' / sqrt(width)) H.
/// - Source: Cen et al. 2020, "Controllable multi-interest framework for recommendation",
///   section 3.2, arXiv:2005.09347, with learned queries in place of its two-layer scores.
package struct InterestReadout: Sendable {
  /// What forward keeps for backward, and backward's scratch space.
  package struct Activations: Sendable {
    /// Share of each event in each interest.
    ///
    /// Shape: [interests, events].
    package fileprivate(set) var attention: [Float]
    /// Shape: [interests, width].
    package var output: [Float]
    var attentionGradient: [Float]
  }

  /// Shape: [interests, width].
  package let queries: ParameterSlot
  package var interests: Int { queries.rows }
  package var width: Int { queries.columns }
  private var scale: Float { 1 / Float(width).squareRoot() }

  package init(_ name: String, interests: Int, width: Int, in layout: inout ParameterLayout) {
    queries = layout.add(
      name + ".queries", rows: interests, columns: width, .normal(standardDeviation: 1))
  }

  package func activations(capacity: Int) -> Activations {
    let attention = [Float](repeating: 0, count: interests * capacity)
    return Activations(
      attention: attention, output: [Float](repeating: 0, count: queries.count),
      attentionGradient: attention)
  }

  /// - Parameter events: Shape: [rows, width]. Without rows all interests are zero.
  package func forward(
    events: [Float], rows: Int, _ parameters: [Float], into found: inout Activations
  ) {
    guard rows > 0 else {
      for index in found.output.indices { found.output[index] = 0 }
      return
    }
    let shares = MatrixPlace(rows: interests, columns: rows)
    let states = MatrixPlace(rows: rows, columns: width)
    DenseKernels.multiply(
      parameters, .init(queries.place), by: events, .init(states, transposed: true),
      into: &found.attention, shares)
    NeuralKernels.softmax(&found.attention, rows: interests, columns: rows, scale: scale)
    DenseKernels.multiply(
      found.attention, .init(shares), by: events, .init(states), into: &found.output,
      MatrixPlace(rows: interests, columns: width))
  }

  /// Adds the gradients of the queries and of the events.
  ///
  /// - Parameter outputGradient: Shape: [interests, width].
  package func backward(
    events: [Float], rows: Int, outputGradient: [Float], _ parameters: [Float],
    _ found: inout Activations, gradients: inout [Float], eventGradient: inout [Float]
  ) {
    guard rows > 0 else { return }
    let shares = MatrixPlace(rows: interests, columns: rows)
    let states = MatrixPlace(rows: rows, columns: width)
    let output = MatrixPlace(rows: interests, columns: width)
    DenseKernels.multiply(
      outputGradient, .init(output), by: events, .init(states, transposed: true),
      into: &found.attentionGradient, shares)
    DenseKernels.multiply(
      found.attention, .init(shares, transposed: true), by: outputGradient, .init(output),
      into: &eventGradient, states, adding: true)
    NeuralKernels.softmaxBackward(
      output: found.attention, &found.attentionGradient, rows: interests, columns: rows,
      scale: scale)
    DenseKernels.multiply(
      found.attentionGradient, .init(shares), by: events, .init(states), into: &gradients,
      queries.place, adding: true)
    DenseKernels.multiply(
      found.attentionGradient, .init(shares, transposed: true), by: parameters,
      .init(queries.place), into: &eventGradient, states, adding: true)
  }

  /// Which interest speaks most for an item.
  ///
  /// - Parameter item: Shape: [width].
  func best(for item: [Float], _ found: Activations) -> Int {
    var best = (interest: 0, product: -Float.infinity)
    for interest in 0..<interests {
      let product = NeuralKernels.dot(
        found.output, at: interest * width, item, at: 0, count: width)
      if product > best.product { best = (interest, product) }
    }
    return best.interest
  }
}
