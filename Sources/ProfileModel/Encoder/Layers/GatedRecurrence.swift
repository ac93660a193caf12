internal import NumericalMethods

/// A gated recurrent unit, optionally with attention that scales how far each event moves the state.
///
/// **Formula**: r = sigma(W_r x + U_r h + b_r), u = sigma(W_u x + U_u h + b_u),
/// c = tanh(W_c x + b_c + r (U_c h + b'_c)), h' = (1 - a u) h + a u c, with a = 1 without attention.
/// In PyTorch's terms u = 1 - z.
/// - Source: Cho et al. 2014, arXiv:1406.1078; attention (AUGRU): Zhou et al. 2019, "Deep interest
///   evolution network", section 4.3, arXiv:1809.03672.
package struct GatedRecurrence: Sendable {
  /// What forward keeps for backward, and scratch space of one time step.
  package struct Activations: Sendable {
    /// r, u and c side by side.
    ///
    /// Shape: [rows, 3 width].
    var gates: [Float]
    /// U_c h + b'_c.
    ///
    /// Shape: [rows, width].
    var candidateState: [Float]
    /// The state after each event.
    ///
    /// Shape: [rows, width].
    package var output: [Float]
    /// How the loss changes with the attention of each row.
    package var attentionGradient: [Float]
    var state: [Float]
    var stateProducts: [Float]
    var stateGradient: [Float]
    var inputGates: [Float]
    var gateGradients: [Float]
    var active: [Int]
  }

  package let width: Int
  /// W with b.
  ///
  /// Shape: [3 width, inputs].
  let input: LinearLayer
  /// U with b'.
  ///
  /// Shape: [3 width, width].
  let recurrent: LinearLayer

  package init(_ name: String, inputs: Int, width: Int, in layout: inout ParameterLayout) {
    self.width = width
    let bound = ParameterSlot.Initialization.uniform(bound: 1 / Float(width).squareRoot())
    input = LinearLayer(
      name + ".input", inputs: inputs, outputs: 3 * width, weights: bound, in: &layout)
    recurrent = LinearLayer(
      name + ".recurrent", inputs: width, outputs: 3 * width, weights: bound, in: &layout)
  }

  /// - Parameters:
  ///   - capacity: rows of all sequences together, at most.
  ///   - sequences: how many sequences, at most.
  package func activations(capacity: Int, sequences: Int) -> Activations {
    func zeros(_ count: Int) -> [Float] { [Float](repeating: 0, count: count) }
    return Activations(
      gates: zeros(capacity * 3 * width), candidateState: zeros(capacity * width),
      output: zeros(capacity * width), attentionGradient: zeros(capacity),
      state: zeros(sequences * width), stateProducts: zeros(sequences * 3 * width),
      stateGradient: zeros(capacity * width), inputGates: zeros(capacity * 3 * width),
      gateGradients: zeros(capacity * 3 * width), active: [])
  }

  /// - Parameters:
  ///   - x: Shape: [rows, inputs].
  ///   - attention: from 0 to 1 for each row; nil is 1. Shape: [rows].
  package func forward(
    _ x: [Float], _ sequences: PackedSequences, _ parameters: [Float], attention: [Float]? = nil,
    into found: inout Activations
  ) {
    input.forward(x, rows: sequences.rowCount, parameters, into: &found.inputGates)
    for step in 0..<sequences.longest {
      let active = gatherStates(before: step, sequences, from: found.output, &found)
      recurrent.forward(found.state, rows: active, parameters, into: &found.stateProducts)
      for index in 0..<active {
        let row = sequences.starts[found.active[index]] + step
        stepForward(row, index, attention: attention?[row] ?? 1, &found)
      }
    }
  }

  /// Lists the sequences that are longer than `step` and gathers their states before it.
  private func gatherStates(
    before step: Int, _ sequences: PackedSequences, from output: [Float],
    _ found: inout Activations
  ) -> Int {
    found.active.removeAll(keepingCapacity: true)
    for sequence in 0..<sequences.count where sequences.length(sequence) > step {
      let target = found.active.count * width
      if step == 0 {
        for column in 0..<width { found.state[target + column] = 0 }
      } else {
        NeuralKernels.copy(
          output, from: (sequences.starts[sequence] + step - 1) * width, into: &found.state,
          at: target, count: width)
      }
      found.active.append(sequence)
    }
    return found.active.count
  }

  private func stepForward(
    _ row: Int, _ index: Int, attention: Float, _ found: inout Activations
  ) {
    let (gates, products) = (row * 3 * width, index * 3 * width)
    for column in 0..<(2 * width) {
      found.gates[gates + column] =
        found.inputGates[gates + column] + found.stateProducts[products + column]
    }
    NeuralKernels.sigmoid(&found.gates, start: gates, count: 2 * width)
    for column in 0..<width {
      let product = found.stateProducts[products + 2 * width + column]
      found.candidateState[row * width + column] = product
      found.gates[gates + 2 * width + column] =
        found.inputGates[gates + 2 * width + column] + found.gates[gates + column] * product
    }
    NeuralKernels.tanh(&found.gates, start: gates + 2 * width, count: width)
    for column in 0..<width {
      let update = attention * found.gates[gates + width + column]
      found.output[row * width + column] =
        (1 - update) * found.state[index * width + column]
        + update * found.gates[gates + 2 * width + column]
    }
  }

  /// Adds the gradients of the parameters, overwrites that of x and `attentionGradient`.
  package func backward(
    _ x: [Float], outputGradient: [Float], _ sequences: PackedSequences, _ parameters: [Float],
    attention: [Float]? = nil, _ found: inout Activations, gradients: inout [Float],
    inputGradient: inout [Float]
  ) {
    let rows = sequences.rowCount
    NeuralKernels.copy(
      outputGradient, from: 0, into: &found.stateGradient, at: 0, count: rows * width)
    for step in stride(from: sequences.longest - 1, through: 0, by: -1) {
      // Backward overwrites no output, so the states can be gathered again.
      let active = gatherStates(before: step, sequences, from: found.output, &found)
      for index in 0..<active {
        let row = sequences.starts[found.active[index]] + step
        stepBackward(row, index, step, attention: attention?[row] ?? 1, &found)
      }
      recurrent.accumulate(
        found.state, outputGradient: found.stateProducts, rows: active, into: &gradients)
      guard step > 0 else { continue }
      recurrent.propagate(
        outputGradient: found.stateProducts, rows: active, parameters, into: &found.state)
      for index in 0..<active {
        NeuralKernels.copy(
          found.state, from: index * width, into: &found.stateGradient,
          at: (sequences.starts[found.active[index]] + step - 1) * width, count: width,
          adding: true)
      }
    }
    input.accumulate(x, outputGradient: found.gateGradients, rows: rows, into: &gradients)
    input.propagate(
      outputGradient: found.gateGradients, rows: rows, parameters, into: &inputGradient)
  }

  /// Leaves the gradients of W x in `gateGradients` and of U h in `stateProducts`, and passes what
  /// goes straight through to the state before.
  private func stepBackward(
    _ row: Int, _ index: Int, _ step: Int, attention: Float, _ found: inout Activations
  ) {
    let (gates, products, here) = (row * 3 * width, index * 3 * width, row * width)
    var attentionGradient: Float = 0
    for column in 0..<width {
      let gradient = found.stateGradient[here + column]
      let reset = found.gates[gates + column]
      let update = found.gates[gates + width + column]
      let candidate = found.gates[gates + 2 * width + column]
      let before = found.state[index * width + column]
      let moved = gradient * (candidate - before)
      attentionGradient += moved * update
      let updateGradient = moved * attention * update * (1 - update)
      let candidateGradient = gradient * attention * update * (1 - candidate * candidate)
      let product = found.candidateState[here + column]
      let resetGradient = candidateGradient * product * reset * (1 - reset)
      found.gateGradients[gates + column] = resetGradient
      found.gateGradients[gates + width + column] = updateGradient
      found.gateGradients[gates + 2 * width + column] = candidateGradient
      found.stateProducts[products + column] = resetGradient
      found.stateProducts[products + width + column] = updateGradient
      found.stateProducts[products + 2 * width + column] = candidateGradient * reset
      if step > 0 {
        found.stateGradient[here - width + column] += gradient * (1 - attention * update)
      }
    }
    found.attentionGradient[row] = attentionGradient
  }
}
