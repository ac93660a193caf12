internal import NumericalMethods

/// Joins the state after each event with what each fixed view of items, such as content and the item
/// basis, says of the events so far on average.
package struct FusedViews: Sendable {
  /// What forward keeps for backward, and backward's scratch space.
  package struct Activations: Sendable {
    /// The state, then the views.
    ///
    /// Shape: [rows, 1 + views, width].
    var joined: [Float]
    var joinedGradient: [Float]
    var fusion: ViewFusion.Activations
    /// One view of the events, and its means.
    ///
    /// Shape: [rows, width].
    var view: [Float]
    var means: [Float]
  }

  private let fusion: ViewFusion
  private let pooling: MeanPooling
  private var width: Int { fusion.width }
  private var views: Int { fusion.views - 1 }

  /// - Parameter views: of items, besides the sequence.
  init(_ rule: ViewFusion.Rule, views: Int, width: Int, in layout: inout ParameterLayout) {
    fusion = ViewFusion("fusion", rule, views: 1 + views, width: width, in: &layout)
    pooling = MeanPooling(columns: width)
  }

  func activations(capacity: Int) -> Activations {
    func zeros(_ count: Int) -> [Float] { [Float](repeating: 0, count: count) }
    return Activations(
      joined: zeros(capacity * (1 + views) * width),
      joinedGradient: zeros(capacity * (1 + views) * width),
      fusion: fusion.activations(capacity: capacity), view: zeros(capacity * width),
      means: zeros(capacity * width))
  }

  /// Replaces the states by what they and the views come to.
  ///
  /// - Parameter states: Shape: [rows, width].
  func forward(
    _ states: inout [Float], _ batch: EventBatch, _ table: ItemTable.Rows, _ parameters: [Float],
    into found: inout Activations
  ) {
    let rows = batch.sequences.rowCount
    place(states, 0, rows, &found.joined)
    for view in 0..<views {
      for row in 0..<rows {
        NeuralKernels.copy(
          table.projected[view], from: Int(batch.tableRows[row]) * width, into: &found.view,
          at: row * width, count: width)
      }
      pooling.forward(found.view, batch.sequences, into: &found.means)
      place(found.means, 1 + view, rows, &found.joined)
    }
    fusion.forward(found.joined, rows: rows, parameters, into: &found.fusion)
    NeuralKernels.copy(
      found.fusion.output, from: 0, into: &states, at: 0, count: rows * width)
  }

  /// Adds the gradients of the parameters and of the table's projections, and replaces that of what
  /// forward made by that of the states.
  func backward(
    _ stateGradient: inout [Float], _ batch: EventBatch, _ table: inout ItemTable.Rows,
    _ parameters: [Float], _ found: inout Activations, gradients: inout [Float]
  ) {
    let rows = batch.sequences.rowCount
    fusion.backward(
      found.joined, outputGradient: stateGradient, rows: rows, parameters, &found.fusion,
      gradients: &gradients, inputGradient: &found.joinedGradient)
    take(found.joinedGradient, 0, rows, &stateGradient)
    for view in 0..<views {
      take(found.joinedGradient, 1 + view, rows, &found.means)
      pooling.backward(outputGradient: found.means, batch.sequences, into: &found.view)
      for row in 0..<rows {
        NeuralKernels.copy(
          found.view, from: row * width, into: &table.projectedGradients[view],
          at: Int(batch.tableRows[row]) * width, count: width, adding: true)
      }
    }
  }

  private func place(_ part: [Float], _ index: Int, _ rows: Int, _ joined: inout [Float]) {
    for row in 0..<rows {
      NeuralKernels.copy(
        part, from: row * width, into: &joined, at: (row * (1 + views) + index) * width,
        count: width)
    }
  }

  private func take(_ joined: [Float], _ index: Int, _ rows: Int, _ part: inout [Float]) {
    for row in 0..<rows {
      NeuralKernels.copy(
        joined, from: (row * (1 + views) + index) * width, into: &part, at: row * width,
        count: width)
    }
  }
}
