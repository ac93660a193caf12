package import NumericalMethods

/// What a training asks of the states.
package enum NextItemObjective: Sendable, Equatable {
  /// Softmax over all items.
  case fullSoftmax
  /// Softmax over the target and as many negatives, drawn once for each call.
  case sampledSoftmax(negatives: Int)
  /// BPR.
  case pairwise(negatives: Int)
  /// Yes for the target, no for the negatives.
  case logistic(negatives: Int)

  /// Negatives drawn for each call; nil where there is nothing to draw.
  package var negatives: Int? {
    switch self {
    case .fullSoftmax: nil
    case .sampledSoftmax(let negatives), .pairwise(let negatives), .logistic(let negatives):
      negatives
    }
  }
}

/// Computes losses and gradients of an encoder on windows of events.
///
/// Owns all space it needs: after the first calls nothing is allocated.
package struct NextItemLearner: Sendable {
  package let encoder: SequenceEncoder
  package let objective: NextItemObjective
  private var workspace: SequenceEncoder.Workspace
  private var batch = EventBatch()
  private var targets: [Int32] = []
  private var fullSoftmax = FullSoftmaxLoss()
  private var candidateLoss = CandidateLoss(.pairwise)
  private var tableItems: TableItems
  /// Those of `tableItems` in ascending order.
  private var touchedItems: [Int32] = []
  /// With the corrections of adapters.
  private var corrected: [Float] = []
  private let allItems: [Int32]
  /// Of the candidates of one target, where they read out vectors of their own.
  private var readoutSpace: CandidateReadout.Workspace?
  private var candidates: [Int32] = []
  private var scores: [Float] = []

  /// - Parameter windows: of one call, at most.
  package init(_ encoder: SequenceEncoder, _ objective: NextItemObjective, windows: Int) {
    self.encoder = encoder
    self.objective = objective
    workspace = encoder.workspace(
      capacity: windows * encoder.configuration.length, sequences: windows)
    tableItems = TableItems(itemCount: encoder.configuration.itemCount)
    allItems =
      objective == .fullSoftmax ? Array(0..<Int32(encoder.configuration.itemCount)) : []
    readoutSpace = encoder.readout?.workspace(longest: encoder.configuration.length)
  }

  /// Chooses the items that the next calls touch: those of `windows`, and negatives.
  ///
  /// Needed before `accumulate` where the objective has negatives.
  ///
  /// - Returns: the touched items, ascending; nil where all are.
  package mutating func chooseItems(
    for windows: some Collection<TrainingWindow>, of sequences: [EventSequence],
    _ generator: inout DeterministicGenerator
  ) -> [Int32]? {
    guard let negatives = objective.negatives else { return nil }
    tableItems.reset()
    for window in windows {
      for item in sequences[Int(window.user)].items[window.events] { tableItems.insert(item) }
    }
    tableItems.drawNegatives(negatives, &generator)
    touchedItems.removeAll(keepingCapacity: true)
    touchedItems += tableItems.items
    touchedItems.sort()
    return touchedItems
  }

  /// Adds the gradient of weight times the sum of losses, and returns the sum of losses.
  ///
  /// It is that of the effective parameters: `SequenceEncoder.fold` follows when all losses are in.
  ///
  /// - Parameters:
  ///   - windows: into `sequences`; each has at most as many inputs as the encoder is long.
  ///   - weight: of each target.
  ///   - gradients: must visit the rows of all items that are touched, see `chooseItems`.
  ///   - dropout: its seed should differ from call to call.
  package mutating func accumulate(
    _ windows: some Collection<TrainingWindow>, of sequences: [EventSequence], weight: Float,
    _ parameters: [Float], dropout: Dropout, into gradients: inout [Float]
  ) -> Double {
    let isFull = objective == .fullSoftmax
    batch.removeAll()
    targets.removeAll(keepingCapacity: true)
    for window in windows {
      let sequence = sequences[Int(window.user)]
      let inputs = window.events.dropLast()
      let tableItems = tableItems
      batch.append(sequence, inputs) { isFull ? $0 : tableItems.row(of: $0) }
      for index in window.events.dropFirst() {
        let item = sequence.items[index]
        targets.append(isFull ? item : tableItems.row(of: item))
      }
    }
    let rows = batch.sequences.rowCount
    guard rows > 0 else { return 0 }
    encoder.items.forward(
      isFull ? allItems : tableItems.items, parameters, into: &workspace.table)
    encoder.correct(parameters, into: &corrected)
    let parameters = encoder.adapters.isEmpty ? parameters : corrected
    encoder.forward(batch, parameters, dropout: dropout, &workspace)
    let loss =
      encoder.readout.map { applyReadout($0, weight: weight, parameters, &gradients) }
      ?? applyLoss(rows: rows, weight: weight)
    encoder.backward(batch, parameters, dropout: dropout, &workspace, gradients: &gradients)
    encoder.items.backward(workspace.table, gradients: &gradients)
    return loss
  }

  /// The loss of one target after the other, each of whose candidates reads out a vector of its own.
  private mutating func applyReadout(
    _ readout: CandidateReadout, weight: Float, _ parameters: [Float],
    _ gradients: inout [Float]
  ) -> Double {
    guard var space = readoutSpace.take() else { return 0 }
    let rows = batch.sequences.rowCount
    for index in 0..<(rows * encoder.configuration.width) { workspace.stateGradient[index] = 0 }
    var loss = 0.0
    for sequence in 0..<batch.sequences.count {
      let all = batch.sequences.rows(sequence)
      for row in all {
        chooseCandidates(for: row)
        let prefix = all.lowerBound..<(row + 1)
        readout.forward(
          workspace.states, rows: prefix, candidates: candidates, table: workspace.table,
          parameters, &space, into: &scores)
        loss += compareCandidates(for: row, weight: weight)
        readout.backward(
          workspace.states, rows: prefix, candidates: candidates, scoreGradients: scores,
          table: &workspace.table, parameters, &space, gradients: &gradients,
          stateGradient: &workspace.stateGradient)
      }
    }
    readoutSpace = consume space
    return loss
  }

  /// All items, or the target and the negatives.
  private mutating func chooseCandidates(for row: Int) {
    if objective == .fullSoftmax {
      candidates = allItems
    } else {
      candidates.removeAll(keepingCapacity: true)
      candidates.append(targets[row])
      for negative in tableItems.negatives { candidates.append(Int32(negative)) }
    }
    if scores.count < candidates.count {
      scores = [Float](repeating: 0, count: candidates.count)
    }
  }

  /// Replaces the candidates' scores by their gradients.
  private mutating func compareCandidates(for row: Int, weight: Float) -> Double {
    if objective == .fullSoftmax {
      return NeuralKernels.crossEntropy(
        &scores, targets: targets, start: row, rows: 1, columns: candidates.count, weight: weight)
    }
    chooseRule()
    return candidateLoss.compare(&scores, rows: 1, columns: candidates.count, weight: weight)
  }

  private mutating func applyLoss(rows: Int, weight: Float) -> Double {
    let width = encoder.configuration.width
    if objective == .fullSoftmax {
      return fullSoftmax.apply(
        workspace.states, targets: targets, rows: rows, width: width, weight: weight,
        table: &workspace.table, hiddenGradient: &workspace.stateGradient)
    }
    chooseRule()
    return candidateLoss.apply(
      workspace.states, targets: targets, rows: rows, width: width,
      negatives: tableItems.negatives, weight: weight, table: &workspace.table,
      hiddenGradient: &workspace.stateGradient)
  }

  private mutating func chooseRule() {
    switch objective {
    case .fullSoftmax: break
    case .sampledSoftmax: candidateLoss.rule = .sampledSoftmax(logExcess: tableItems.logExcess)
    case .pairwise: candidateLoss.rule = .pairwise
    case .logistic: candidateLoss.rule = .logistic
    }
  }
}
