internal import NumericalMethods

/// Scores candidates by vectors that are read out of a user's states for each of them.
///
/// The newest state alone stands for all that a user wants. These let the candidate choose: one of several
/// interests, the events that resemble it, or how interest in it evolved.
/// - Source: Cen et al. 2020, arXiv:2005.09347, section 3.2 (interests); Zhou et al. 2018, "Deep interest
///   network", arXiv:1706.06978 (attention); Zhou et al. 2019, "Deep interest evolution network",
///   arXiv:1809.03672, section 4.3 (evolution). Each ends in the product with the candidate's vector
///   instead of a network, so that a catalogue can be ranked.
package struct CandidateReadout: Sendable {
  private enum Layers: Sendable {
    case interests(InterestReadout)
    case attention(TargetAttention)
    case evolution(TargetAttention, GatedRecurrence)
  }

  private let layers: Layers
  private let width: Int

  /// - Returns: nil for the newest state, which needs no layers.
  init?(
    _ readout: SequenceEncoder.Readout, width: Int, in layout: inout ParameterLayout
  ) {
    self.width = width
    switch readout {
    case .state: return nil
    case .interests(let count):
      layers = .interests(
        InterestReadout("readout", interests: count, width: width, in: &layout))
    case .attention(let hidden):
      layers = .attention(
        TargetAttention("readout.attention", width: width, hidden: hidden, in: &layout))
    case .evolution(let hidden):
      layers = .evolution(
        TargetAttention("readout.attention", width: width, hidden: hidden, in: &layout),
        GatedRecurrence("readout.evolution", inputs: width, width: width, in: &layout))
    }
  }

  /// Space for one prefix of a sequence and one candidate after another.
  package struct Workspace: Sendable {
    /// The states of the prefix.
    ///
    /// Shape: [events, width].
    fileprivate var states: [Float]
    fileprivate var stateGradient: [Float]
    fileprivate var inputGradient: [Float]
    fileprivate var outputGradient: [Float]
    /// Shape: [width].
    fileprivate var candidate: [Float]
    fileprivate var candidateGradient: [Float]
    fileprivate var interests: InterestReadout.Activations?
    fileprivate var attention: TargetAttention.Activations?
    fileprivate var evolution: GatedRecurrence.Activations?
    /// The prefix as the one sequence that the recurrence goes over.
    fileprivate var prefix = PackedSequences()
  }

  /// - Parameter longest: events of one prefix, at most.
  package func workspace(longest: Int) -> Workspace {
    let states = [Float](repeating: 0, count: longest * width)
    let candidate = [Float](repeating: 0, count: width)
    var space = Workspace(
      states: states, stateGradient: states, inputGradient: states, outputGradient: states,
      candidate: candidate, candidateGradient: candidate)
    switch layers {
    case .interests(let layer):
      space.interests = layer.activations(capacity: longest)
      space.outputGradient = [Float](repeating: 0, count: layer.interests * width)
    case .attention(let layer): space.attention = layer.activations(capacity: longest)
    case .evolution(let layer, let recurrence):
      space.attention = layer.activations(capacity: longest)
      space.evolution = recurrence.activations(capacity: longest, sequences: 1)
    }
    return space
  }

  /// Scores candidates after the events of a prefix: without events by their biases.
  ///
  /// - Parameters:
  ///   - states: Shape: [at least `rows.upperBound`, width].
  ///   - rows: the states of the prefix, as many as the workspace was made for, at most.
  ///   - candidates: rows of `table`.
  ///   - scores: overwritten. Shape: [at least candidates].
  package func forward(
    _ states: [Float], rows: Range<Int>, candidates: [Int32], table: ItemTable.Rows,
    _ parameters: [Float], _ space: inout Workspace, into scores: inout [Float]
  ) {
    load(states, rows, &space)
    readInterests(events: rows.count, parameters, &space)
    for (index, candidate) in candidates.enumerated() {
      let row = Int(candidate)
      scores[index] = table.biases[row]
      guard !rows.isEmpty else { continue }
      let (found, start) = vector(
        for: row, table, events: rows.count, parameters, &space)
      scores[index] += NeuralKernels.dot(
        found, at: start, table.vectors, at: row * width, count: width)
    }
  }

  /// How much of the vector that was read out for one candidate each event of a prefix has.
  ///
  /// - Parameter shares: overwritten; they sum to 1. Of interests, those of the one that speaks most for the
  ///   candidate.
  package func attention(
    _ states: [Float], rows: Range<Int>, candidate: Int32, table: ItemTable.Rows,
    _ parameters: [Float], _ space: inout Workspace, into shares: inout [Float]
  ) {
    load(states, rows, &space)
    readInterests(events: rows.count, parameters, &space)
    let (_, start) = vector(
      for: Int(candidate), table, events: rows.count, parameters, &space)
    shares.removeAll(keepingCapacity: true)
    if case .interests = layers, let found = space.interests {
      let first = start / width * rows.count
      shares += found.attention[first..<first + rows.count]
    } else if let found = space.attention {
      shares += found.attention.prefix(rows.count)
    }
  }

  /// Adds the gradients of the parameters, of the table's rows and of the states.
  ///
  /// - Parameter scoreGradients: of the candidates. Shape: [at least candidates].
  package func backward(
    _ states: [Float], rows: Range<Int>, candidates: [Int32], scoreGradients: [Float],
    table: inout ItemTable.Rows, _ parameters: [Float], _ space: inout Workspace,
    gradients: inout [Float], stateGradient: inout [Float]
  ) {
    let count = rows.count
    for (index, candidate) in candidates.enumerated() {
      table.biasGradients[Int(candidate)] += scoreGradients[index]
    }
    guard count > 0 else { return }
    load(states, rows, &space)
    for index in 0..<(count * width) { space.stateGradient[index] = 0 }
    readInterests(events: count, parameters, &space)
    for index in space.outputGradient.indices { space.outputGradient[index] = 0 }
    for (index, candidate) in candidates.enumerated() where scoreGradients[index] != 0 {
      let (row, gradient) = (Int(candidate), scoreGradients[index])
      let (found, start) = vector(for: row, table, events: count, parameters, &space)
      NeuralKernels.axpy(
        gradient, found, at: start, into: &table.vectorGradients, at: row * width, count: width)
      // The gradient of the vector that was read out.
      switch layers {
      case .interests:
        NeuralKernels.axpy(
          gradient, table.vectors, at: row * width, into: &space.outputGradient, at: start,
          count: width)
        continue
      case .attention(let layer):
        for column in 0..<width {
          space.outputGradient[column] = gradient * space.candidate[column]
        }
        ask(layer, events: count, attentionGradient: nil, parameters, &space, &gradients)
      case .evolution(let layer, let recurrence):
        for index in 0..<(count * width) { space.outputGradient[index] = 0 }
        NeuralKernels.axpy(
          gradient, space.candidate, at: 0, into: &space.outputGradient,
          at: (count - 1) * width, count: width)
        let attentionGradient = evolve(
          recurrence, events: count, parameters, &space, &gradients)
        for column in 0..<width { space.outputGradient[column] = 0 }
        ask(
          layer, events: count, attentionGradient: attentionGradient, parameters, &space,
          &gradients)
      }
      NeuralKernels.copy(
        space.candidateGradient, from: 0, into: &table.vectorGradients, at: row * width,
        count: width, adding: true)
    }
    if case .interests(let layer) = layers, var found = space.interests.take() {
      layer.backward(
        events: space.states, rows: count, outputGradient: space.outputGradient, parameters,
        &found, gradients: &gradients, eventGradient: &space.stateGradient)
      space.interests = consume found
    }
    NeuralKernels.copy(
      space.stateGradient, from: 0, into: &stateGradient, at: rows.lowerBound * width,
      count: count * width, adding: true)
  }

  /// Takes over the states of a prefix.
  private func load(_ states: [Float], _ rows: Range<Int>, _ space: inout Workspace) {
    NeuralKernels.copy(
      states, from: rows.lowerBound * width, into: &space.states, at: 0,
      count: rows.count * width)
    space.prefix.removeAll()
    space.prefix.append(length: rows.count)
  }

  /// Interests are the same for all candidates.
  private func readInterests(
    events: Int, _ parameters: [Float], _ space: inout Workspace
  ) {
    guard case .interests(let layer) = layers, var found = space.interests.take() else { return }
    layer.forward(events: space.states, rows: events, parameters, into: &found)
    space.interests = consume found
  }

  /// The vector that is read out for a candidate, and where it starts in the list.
  private func vector(
    for row: Int, _ table: ItemTable.Rows, events: Int, _ parameters: [Float],
    _ space: inout Workspace
  ) -> ([Float], start: Int) {
    NeuralKernels.copy(
      table.vectors, from: row * width, into: &space.candidate, at: 0, count: width)
    switch layers {
    case .interests(let layer):
      guard let found = space.interests else { preconditionFailure("no interests were read") }
      return (found.output, layer.best(for: space.candidate, found) * width)
    case .attention(let layer):
      guard var found = space.attention.take() else { preconditionFailure("no space") }
      layer.forward(
        events: space.states, rows: events, candidate: space.candidate, parameters, into: &found)
      let output = found.output
      space.attention = consume found
      return (output, 0)
    case .evolution(let layer, let recurrence):
      guard var asked = space.attention.take(), var found = space.evolution.take() else {
        preconditionFailure("no space")
      }
      layer.forward(
        events: space.states, rows: events, candidate: space.candidate, parameters, into: &asked)
      recurrence.forward(
        space.states, space.prefix, parameters, attention: asked.attention,
        into: &found)
      let output = found.output
      space.attention = consume asked
      space.evolution = consume found
      return (output, (events - 1) * width)
    }
  }

  /// Passes gradients back through the attention that a candidate asked for.
  private func ask(
    _ layer: TargetAttention, events: Int, attentionGradient: [Float]?, _ parameters: [Float],
    _ space: inout Workspace, _ gradients: inout [Float]
  ) {
    guard var found = space.attention.take() else { return }
    for column in 0..<width { space.candidateGradient[column] = 0 }
    layer.backward(
      events: space.states, rows: events, candidate: space.candidate,
      outputGradient: space.outputGradient, attentionGradient: attentionGradient, parameters,
      &found, gradients: &gradients, eventGradient: &space.stateGradient,
      candidateGradient: &space.candidateGradient)
    space.attention = consume found
  }

  /// Passes gradients back through the recurrence and returns that of its attention.
  private func evolve(
    _ recurrence: GatedRecurrence, events: Int, _ parameters: [Float],
    _ space: inout Workspace, _ gradients: inout [Float]
  ) -> [Float] {
    guard var found = space.evolution.take() else { return [] }
    recurrence.backward(
      space.states, outputGradient: space.outputGradient, space.prefix, parameters,
      attention: space.attention?.attention, &found, gradients: &gradients,
      inputGradient: &space.inputGradient)
    NeuralKernels.copy(
      space.inputGradient, from: 0, into: &space.stateGradient, at: 0, count: events * width,
      adding: true)
    let attentionGradient = found.attentionGradient
    space.evolution = consume found
    return attentionGradient
  }
}
