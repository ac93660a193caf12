package import NumericalMethods

/// Computes the loss and the gradients of telling users apart: the states after two random parts of one
/// user's window should be closer to each other than to those of others.
///
/// - Source: Xie et al. 2022, "Contrastive learning for sequential recommendation", section 3.2 (crops),
///   arXiv:2010.14395.
package struct ContrastiveLearner: Sendable {
  /// Share of a window that a part has.
  static let cropShare = 0.6

  private let encoder: SequenceEncoder
  private let allItems: [Int32]
  private var loss: ContrastiveLoss
  private var workspace: SequenceEncoder.Workspace
  private var batch = EventBatch()
  private var anchors: [Float]
  private var partners: [Float]
  private var anchorGradient: [Float]
  private var partnerGradient: [Float]

  /// - Parameter windows: of one call, at most.
  package init(_ encoder: SequenceEncoder, temperature: Float, windows: Int) {
    self.encoder = encoder
    let configuration = encoder.configuration
    allItems = Array(0..<Int32(configuration.itemCount))
    loss = ContrastiveLoss(temperature: temperature)
    workspace = encoder.workspace(
      capacity: 2 * windows * configuration.length, sequences: 2 * windows)
    let states = [Float](repeating: 0, count: windows * configuration.width)
    (anchors, partners, anchorGradient, partnerGradient) = (states, states, states, states)
  }

  /// Adds the gradient of weight times the sum of losses, and returns the sum of losses.
  ///
  /// It is that of the effective parameters: `SequenceEncoder.fold` follows when all losses are in.
  ///
  /// - Parameters:
  ///   - windows: into `sequences`; one window alone has nobody to be told from.
  ///   - generator: for the parts of windows.
  ///   - dropout: its seed should differ from call to call.
  package mutating func accumulate(
    _ windows: some Collection<TrainingWindow>, of sequences: [EventSequence], weight: Float,
    _ parameters: [Float], _ generator: inout DeterministicGenerator, dropout: Dropout,
    into gradients: inout [Float]
  ) -> Double {
    let count = windows.count
    guard count > 1 else { return 0 }
    batch.removeAll()
    for _ in 0..<2 {
      for window in windows {
        let part = Self.part(of: window.events, encoder.configuration.length, &generator)
        batch.append(sequences[Int(window.user)], part) { $0 }
      }
    }
    let parameters = encoder.effective(parameters)
    encoder.items.forward(allItems, parameters, into: &workspace.table)
    encoder.forward(batch, parameters, dropout: dropout, &workspace)
    let width = encoder.configuration.width
    for index in 0..<count {
      NeuralKernels.copy(
        workspace.states, from: lastRow(index) * width, into: &anchors, at: index * width,
        count: width)
      NeuralKernels.copy(
        workspace.states, from: lastRow(count + index) * width, into: &partners,
        at: index * width, count: width)
    }
    let found = loss.apply(
      anchors: anchors, partners: partners, rows: count, width: width, weight: weight,
      anchorGradient: &anchorGradient, partnerGradient: &partnerGradient)
    for index in 0..<(batch.sequences.rowCount * width) { workspace.stateGradient[index] = 0 }
    for index in 0..<count {
      NeuralKernels.copy(
        anchorGradient, from: index * width, into: &workspace.stateGradient,
        at: lastRow(index) * width, count: width)
      NeuralKernels.copy(
        partnerGradient, from: index * width, into: &workspace.stateGradient,
        at: lastRow(count + index) * width, count: width)
    }
    encoder.backward(batch, parameters, dropout: dropout, &workspace, gradients: &gradients)
    encoder.items.backward(workspace.table, gradients: &gradients)
    return found
  }

  private func lastRow(_ sequence: Int) -> Int { batch.sequences.rows(sequence).upperBound - 1 }

  /// A stretch of a window at a random place.
  private static func part(
    of events: Range<Int>, _ length: Int, _ generator: inout DeterministicGenerator
  ) -> Range<Int> {
    let wanted = (cropShare * Double(events.count)).rounded(.up)
    let count = min(max(1, Int(wanted)), length)
    let start = events.lowerBound + generator.nextIndex(below: events.count - count + 1)
    return start..<(start + count)
  }
}
