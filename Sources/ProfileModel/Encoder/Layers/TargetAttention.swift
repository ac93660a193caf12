internal import NumericalMethods

/// Pools the events of a user with attention that a candidate item asks for.
///
/// A small network scores each event from (event, candidate, their product, their difference). The
/// scores go through a softmax, so that attention can be shown as shares; the paper leaves them as
/// they are.
/// - Source: Zhou et al. 2018, "Deep interest network", section 4.3, arXiv:1706.06978.
package struct TargetAttention: Sendable {
  /// What forward keeps for backward, and backward's scratch space.
  package struct Activations: Sendable {
    /// Shape: [events, 4 width].
    var pairs: [Float]
    /// Shape: [events, hidden].
    var hidden: [Float]
    /// Share of each event, summing to 1.
    ///
    /// Shape: [events].
    package fileprivate(set) var attention: [Float]
    /// Shape: [width].
    package var output: [Float]
    var scoreGradient: [Float]
    var hiddenGradient: [Float]
    var pairGradient: [Float]
  }

  package let width: Int
  let first: LinearLayer
  let second: LinearLayer

  package init(_ name: String, width: Int, hidden: Int, in layout: inout ParameterLayout) {
    self.width = width
    first = LinearLayer(name + ".first", inputs: 4 * width, outputs: hidden, in: &layout)
    second = LinearLayer(name + ".second", inputs: hidden, outputs: 1, in: &layout)
  }

  package func activations(capacity: Int) -> Activations {
    func zeros(_ count: Int) -> [Float] { [Float](repeating: 0, count: count) }
    return Activations(
      pairs: zeros(capacity * 4 * width), hidden: zeros(capacity * first.outputs),
      attention: zeros(capacity), output: zeros(width), scoreGradient: zeros(capacity),
      hiddenGradient: zeros(capacity * first.outputs), pairGradient: zeros(capacity * 4 * width))
  }

  /// - Parameters:
  ///   - events: Shape: [rows, width]. Without rows the output is zero.
  ///   - candidate: Shape: [width].
  package func forward(
    events: [Float], rows: Int, candidate: [Float], _ parameters: [Float],
    into found: inout Activations
  ) {
    for row in 0..<rows {
      for column in 0..<width {
        let (event, asked) = (events[row * width + column], candidate[column])
        let pair = row * 4 * width + column
        found.pairs[pair] = event
        found.pairs[pair + width] = asked
        found.pairs[pair + 2 * width] = event * asked
        found.pairs[pair + 3 * width] = event - asked
      }
    }
    for column in 0..<width { found.output[column] = 0 }
    guard rows > 0 else { return }
    first.forward(found.pairs, rows: rows, parameters, into: &found.hidden)
    NeuralKernels.relu(&found.hidden, count: rows * first.outputs)
    second.forward(found.hidden, rows: rows, parameters, into: &found.attention)
    NeuralKernels.softmax(&found.attention, rows: 1, columns: rows)
    DenseKernels.multiply(
      found.attention, .init(MatrixPlace(rows: 1, columns: rows)), by: events,
      .init(MatrixPlace(rows: rows, columns: width)), into: &found.output,
      MatrixPlace(rows: 1, columns: width))
  }

  /// Adds the gradients of the parameters, of the events and of the candidate.
  ///
  /// - Parameters:
  ///   - outputGradient: Shape: [width].
  ///   - attentionGradient: further gradient on the shares, as of AUGRU; nil is none.
  package func backward(
    events: [Float], rows: Int, candidate: [Float], outputGradient: [Float],
    attentionGradient: [Float]? = nil, _ parameters: [Float], _ found: inout Activations,
    gradients: inout [Float], eventGradient: inout [Float], candidateGradient: inout [Float]
  ) {
    guard rows > 0 else { return }
    for row in 0..<rows {
      found.scoreGradient[row] =
        NeuralKernels.dot(events, at: row * width, outputGradient, at: 0, count: width)
        + (attentionGradient?[row] ?? 0)
      NeuralKernels.axpy(
        found.attention[row], outputGradient, at: 0, into: &eventGradient, at: row * width,
        count: width)
    }
    NeuralKernels.softmaxBackward(
      output: found.attention, &found.scoreGradient, rows: 1, columns: rows)
    second.accumulate(
      found.hidden, outputGradient: found.scoreGradient, rows: rows, into: &gradients)
    second.propagate(
      outputGradient: found.scoreGradient, rows: rows, parameters, into: &found.hiddenGradient)
    NeuralKernels.reluBackward(
      output: found.hidden, &found.hiddenGradient, count: rows * first.outputs)
    first.accumulate(
      found.pairs, outputGradient: found.hiddenGradient, rows: rows, into: &gradients)
    first.propagate(
      outputGradient: found.hiddenGradient, rows: rows, parameters, into: &found.pairGradient)
    for row in 0..<rows {
      for column in 0..<width {
        let pair = row * 4 * width + column
        let product = found.pairGradient[pair + 2 * width]
        let difference = found.pairGradient[pair + 3 * width]
        eventGradient[row * width + column] +=
          found.pairGradient[pair] + product * candidate[column] + difference
        candidateGradient[column] +=
          found.pairGradient[pair + width] + product * events[row * width + column] - difference
      }
    }
  }
}
