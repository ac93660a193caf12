internal import Behavior
internal import NumericalMethods

/// From a sequence of events to a state after each one, whose product with an item's vector scores
/// that item as the next.
package struct SequenceEncoder: Sendable {
  /// What lies between event vectors and states.
  package enum Shape: Sendable, Equatable {
    /// Nothing: each event stands for itself.
    case events
    /// The mean of all events so far.
    case mean
    /// A gated recurrent unit.
    case recurrent
    /// Causal Transformer blocks.
    case transformer(blocks: Int, heads: Int, inner: Int)
  }

  /// How states become scores of items.
  package enum Readout: Sendable, Equatable {
    /// The product of the newest state with the item's vector.
    case state
    /// That of the one of several interests that speaks most for the item.
    case interests(Int)
    /// That of all states, weighted by an attention that the item asks for.
    case attention(hidden: Int)
    /// That of a recurrence over all states, which moves as far as such an attention says.
    case evolution(hidden: Int)
  }

  /// The choices that fix the parameters.
  package struct Configuration: Sendable {
    package var itemCount: Int
    package var width = 64
    package var shape = Shape.transformer(blocks: 2, heads: 2, inner: 128)
    /// Events that are looked at, the newest ones.
    package var length = 50
    /// Width of the vectors of kinds and time gaps; 0 for neither.
    package var contextWidth = 0
    package var hasItemIdentity = true
    package var fixed: [FixedItemVectors] = []
    /// How states are joined with what the fixed vectors say of the events so far; nil for not at all.
    package var fusion: ViewFusion.Rule?
    package var readout = Readout.state
    /// Rank of the corrections that are trained in the place of blocks and recurrence; 0 for none.
    package var adapterRank = 0

    package init(itemCount: Int) { self.itemCount = itemCount }
  }

  package let configuration: Configuration
  package let layout: ParameterLayout
  package let items: ItemTable
  package let events: EventEmbedding
  let blocks: [TransformerBlock]
  let recurrence: GatedRecurrence?
  let norm: LayerNormalization?
  let fusion: FusedViews?
  /// Nil where scores are products with the newest state.
  package let readout: CandidateReadout?
  package let adapters: [LowRankAdapter]

  /// - Throws: `EncoderError.impossibleConfiguration`.
  package init(_ configuration: Configuration) throws(EncoderError) {
    try Self.validate(configuration)
    let width = configuration.width
    var layout = ParameterLayout()
    items = ItemTable(
      itemCount: configuration.itemCount, width: width,
      hasIdentity: configuration.hasItemIdentity, fixed: configuration.fixed,
      keepsProjections: configuration.fusion != nil, in: &layout)
    var hasPositions = false
    if case .transformer = configuration.shape { hasPositions = true }
    events = EventEmbedding(
      width: width, contextWidth: configuration.contextWidth, kinds: BehaviorKind.allCases.count,
      gaps: TimeGap.bucketCount, positions: hasPositions ? configuration.length : 0, in: &layout)
    switch configuration.shape {
    case .events, .mean:
      (blocks, recurrence, norm) = ([], nil, nil)
    case .recurrent:
      recurrence = GatedRecurrence("recurrence", inputs: width, width: width, in: &layout)
      (blocks, norm) = ([], nil)
    case .transformer(let count, let heads, let inner):
      var blocks: [TransformerBlock] = []
      for index in 0..<count {
        blocks.append(
          TransformerBlock("block\(index)", width: width, heads: heads, inner: inner, in: &layout))
      }
      self.blocks = blocks
      recurrence = nil
      norm = LayerNormalization("norm", columns: width, in: &layout)
    }
    fusion = configuration.fusion.map {
      FusedViews($0, views: configuration.fixed.count, width: width, in: &layout)
    }
    readout = CandidateReadout(configuration.readout, width: width, in: &layout)
    adapters = Self.adapters(rank: configuration.adapterRank, &layout)
    self.configuration = configuration
    self.layout = layout
  }

  /// Corrections of the matrices between events and states.
  private static func adapters(rank: Int, _ layout: inout ParameterLayout) -> [LowRankAdapter] {
    guard rank > 0 else { return [] }
    let matrices = layout.slots.filter {
      $0.rows > 1 && ($0.name.hasPrefix("block") || $0.name.hasPrefix("recurrence."))
    }
    return matrices.map { LowRankAdapter($0, rank: rank, in: &layout) }
  }

  private static func validate(_ configuration: Configuration) throws(EncoderError) {
    func require(
      _ field: String, _ value: Int, _ expected: String, _ holds: Bool
    ) throws(EncoderError) {
      guard holds else {
        throw .impossibleConfiguration(field: field, found: value, expected: expected)
      }
    }
    let (items, width) = (configuration.itemCount, configuration.width)
    try require("itemCount", items, "from 2 to 10^8", (2...100_000_000).contains(items))
    try require("width", width, "from 1 to 1024", (1...1024).contains(width))
    let length = configuration.length
    try require("length", length, "from 1 to 4096", (1...4096).contains(length))
    let context = configuration.contextWidth
    try require("contextWidth", context, "from 0 to 256", (0...256).contains(context))
    try require(
      "fixed", configuration.fixed.count, "at least 1 without item identities",
      configuration.hasItemIdentity || !configuration.fixed.isEmpty)
    for view in configuration.fixed {
      try require(
        "fixed." + view.name, view.values.count, "\(items) rows of \(view.width)",
        view.values.count == items * view.width)
    }
    try require(
      "fusion", configuration.fixed.count, "over at least 1 fixed view",
      configuration.fusion == nil || !configuration.fixed.isEmpty)
    switch configuration.readout {
    case .state: break
    case .interests(let count):
      try require("interests", count, "from 1 to 64", (1...64).contains(count))
    case .attention(let hidden), .evolution(let hidden):
      try require("hidden", hidden, "from 1 to 65536", (1...65_536).contains(hidden))
    }
    let rank = configuration.adapterRank
    try require("adapterRank", rank, "from 0 to 256", (0...256).contains(rank))
    guard case .transformer(let blocks, let heads, let inner) = configuration.shape else { return }
    try require("blocks", blocks, "from 1 to 64", (1...64).contains(blocks))
    try require("inner", inner, "from 1 to 65536", (1...65_536).contains(inner))
    try require(
      "heads", heads, "a divisor of the width \(width)", heads > 0 && width.isMultiple(of: heads))
  }

  /// The parameters that the layers use: matrices with their corrections.
  package func effective(_ parameters: [Float]) -> [Float] {
    guard !adapters.isEmpty else { return parameters }
    var found = parameters
    for adapter in adapters { adapter.apply(parameters, to: &found) }
    return found
  }

  /// As `effective` for all but items' own vectors and biases, which no correction concerns: what of
  /// those is in `found` is not to be looked at.
  ///
  /// - Parameter found: overwritten; its space is kept. Empty where there are no corrections.
  func correct(_ parameters: [Float], into found: inout [Float]) {
    guard !adapters.isEmpty else { return }
    if found.count != layout.count { found = [Float](repeating: 0, count: layout.count) }
    for slot in layout.slots where !slot.isRowSparse {
      NeuralKernels.copy(
        parameters, from: slot.start, into: &found, at: slot.start, count: slot.count)
    }
    for adapter in adapters { adapter.apply(parameters, to: &found) }
  }

  /// Turns the gradients of effective parameters into those of the parameters: once, after all losses.
  package func fold(_ gradients: inout [Float], _ parameters: [Float]) {
    for adapter in adapters { adapter.fold(parameters, into: &gradients) }
  }

  /// The same model with the corrections in the matrices, and corrections that start from nothing again.
  package func merged(_ parameters: [Float]) -> [Float] {
    var found = effective(parameters)
    for adapter in adapters { for index in adapter.up.range { found[index] = 0 } }
    return found
  }

  /// Parameters apart from the items' own vectors and biases.
  package var sharedParameterCount: Int {
    layout.slots.reduce(0) { $0 + ($1.isRowSparse ? 0 : $1.count) }
  }
}

extension SequenceEncoder {
  /// Everything that forward and backward write, made once and used for every batch.
  package struct Workspace: Sendable {
    package var table = ItemTable.Rows()
    package let capacity: Int
    package let sequences: Int
    /// The state after each event, once forward has run.
    ///
    /// Shape: [rows, width].
    package internal(set) var states: [Float]
    /// Filled by the loss, turned into the gradient of the event vectors by backward.
    package var stateGradient: [Float]
    var stream: [Float]
    var context: EventEmbedding.Activations
    var blocks: [TransformerBlock.Activations]
    var recurrence: GatedRecurrence.Activations?
    var norm: LayerNormalization.Activations?
    var fusion: FusedViews.Activations?
  }

  /// - Parameters:
  ///   - capacity: events of one batch, at most.
  ///   - sequences: sequences of one batch, at most.
  package func workspace(capacity: Int, sequences: Int) -> Workspace {
    let zeros = [Float](repeating: 0, count: capacity * configuration.width)
    return Workspace(
      capacity: capacity, sequences: sequences, states: zeros, stateGradient: zeros, stream: zeros,
      context: events.activations(capacity: capacity),
      blocks: blocks.map {
        $0.activations(capacity: capacity, longest: min(configuration.length, capacity))
      },
      recurrence: recurrence?.activations(capacity: capacity, sequences: sequences),
      norm: norm?.activations(capacity: capacity),
      fusion: fusion?.activations(capacity: capacity))
  }

  /// Places of dropout: one for events, then a stretch for each block.
  private func dropoutPlace(_ block: Int) -> UInt64 { UInt64(1 + block) << 48 }

  /// Computes the state after each event of a batch.
  ///
  /// The workspace's table must hold the items of the batch.
  package func forward(
    _ batch: EventBatch, _ parameters: [Float], dropout: Dropout = .none,
    _ workspace: inout Workspace
  ) {
    let rows = batch.sequences.rowCount
    let count = rows * configuration.width
    precondition(rows <= workspace.capacity && batch.sequences.count <= workspace.sequences)
    precondition(batch.sequences.longest <= configuration.length, "a sequence is too long")
    events.forward(
      batch, table: workspace.table.vectors, parameters, dropout: dropout, place: 0,
      &workspace.context, into: &workspace.stream)
    switch configuration.shape {
    case .events:
      NeuralKernels.copy(workspace.stream, from: 0, into: &workspace.states, at: 0, count: count)
    case .mean:
      MeanPooling(columns: configuration.width)
        .forward(workspace.stream, batch.sequences, into: &workspace.states)
    case .recurrent:
      guard var found = workspace.recurrence.take(), let recurrence else { return }
      recurrence.forward(workspace.stream, batch.sequences, parameters, into: &found)
      NeuralKernels.copy(found.output, from: 0, into: &workspace.states, at: 0, count: count)
      dropout.apply(&workspace.states, count: count, place: dropoutPlace(0))
      workspace.recurrence = consume found
    case .transformer:
      for (index, block) in blocks.enumerated() {
        block.forward(
          &workspace.stream, batch.sequences, parameters, dropout: dropout,
          place: dropoutPlace(index), into: &workspace.blocks[index])
      }
      guard var found = workspace.norm.take(), let norm else { return }
      norm.forward(workspace.stream, rows: rows, parameters, into: &found)
      NeuralKernels.copy(found.output, from: 0, into: &workspace.states, at: 0, count: count)
      workspace.norm = consume found
    }
    if let fusion, var found = workspace.fusion.take() {
      fusion.forward(&workspace.states, batch, workspace.table, parameters, into: &found)
      workspace.fusion = consume found
    }
  }

  /// Adds the gradients of all parameters but the table's to `gradients`, the table's to its rows.
  ///
  /// - Parameter workspace: `stateGradient` holds the gradient of the states.
  package func backward(
    _ batch: EventBatch, _ parameters: [Float], dropout: Dropout = .none,
    _ workspace: inout Workspace, gradients: inout [Float]
  ) {
    let rows = batch.sequences.rowCount
    let count = rows * configuration.width
    if let fusion, var found = workspace.fusion.take() {
      fusion.backward(
        &workspace.stateGradient, batch, &workspace.table, parameters, &found,
        gradients: &gradients)
      workspace.fusion = consume found
    }
    switch configuration.shape {
    case .events:
      NeuralKernels.copy(
        workspace.stateGradient, from: 0, into: &workspace.stream, at: 0, count: count)
    case .mean:
      MeanPooling(columns: configuration.width).backward(
        outputGradient: workspace.stateGradient, batch.sequences, into: &workspace.states)
      NeuralKernels.copy(workspace.states, from: 0, into: &workspace.stream, at: 0, count: count)
    case .recurrent:
      guard var found = workspace.recurrence.take(), let recurrence else { return }
      dropout.apply(&workspace.stateGradient, count: count, place: dropoutPlace(0))
      recurrence.backward(
        workspace.stream, outputGradient: workspace.stateGradient, batch.sequences, parameters,
        &found, gradients: &gradients, inputGradient: &workspace.states)
      NeuralKernels.copy(workspace.states, from: 0, into: &workspace.stream, at: 0, count: count)
      workspace.recurrence = consume found
    case .transformer:
      guard let found = workspace.norm, let norm else { return }
      for index in 0..<count { workspace.stream[index] = 0 }
      norm.backward(
        outputGradient: workspace.stateGradient, rows: rows, parameters, found,
        gradients: &gradients, inputGradient: &workspace.stream)
      for (index, block) in blocks.enumerated().reversed() {
        block.backward(
          &workspace.stream, batch.sequences, parameters, dropout: dropout,
          place: dropoutPlace(index), &workspace.blocks[index], gradients: &gradients)
      }
    }
    events.backward(
      &workspace.stream, batch, parameters, dropout: dropout, place: 0, &workspace.context,
      tableGradient: &workspace.table.vectorGradients, gradients: &gradients)
  }
}
