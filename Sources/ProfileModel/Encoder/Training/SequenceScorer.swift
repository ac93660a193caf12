internal import NumericalMethods

/// Scores all items as the next for one user: what a device does with a trained encoder.
package struct SequenceScorer: Sendable {
  package let encoder: SequenceEncoder
  package let parameters: [Float]
  /// With the corrections of adapters.
  private let effective: [Float]
  /// Shape: [items, width].
  private let table: ItemTable.Rows
  private var workspace: SequenceEncoder.Workspace
  private var readoutSpace: CandidateReadout.Workspace?
  private var batch = EventBatch()

  /// - Throws: `EncoderError.wrongParameterCount` or `.parameterNotFinite`.
  package init(_ encoder: SequenceEncoder, parameters: [Float]) throws(EncoderError) {
    try encoder.layout.check(parameters)
    self.encoder = encoder
    self.parameters = parameters
    effective = encoder.effective(parameters)
    var table = ItemTable.Rows()
    encoder.items.forward(
      Array(0..<Int32(encoder.configuration.itemCount)), effective, into: &table)
    self.table = table
    workspace = encoder.workspace(capacity: encoder.configuration.length, sequences: 1)
    workspace.table = table
    readoutSpace = encoder.readout?.workspace(longest: encoder.configuration.length)
  }

  /// The state after the last event of a sequence; zeros for an empty one.
  ///
  /// Only the newest events are looked at, however many there are.
  /// - Throws: `EncoderError.unknownItem` for a sequence that was made for a larger table.
  package mutating func state(_ sequence: EventSequence) throws(EncoderError) -> [Float] {
    let width = encoder.configuration.width
    let count = try encode(sequence)
    guard count > 0 else { return [Float](repeating: 0, count: width) }
    return Array(workspace.states[((count - 1) * width)..<(count * width)])
  }

  /// Computes the states after the newest events and returns how many there are.
  private mutating func encode(_ sequence: EventSequence) throws(EncoderError) -> Int {
    let range = sequence.items.indices.suffix(encoder.configuration.length)
    for item in sequence.items[range] where Int(item) >= encoder.configuration.itemCount {
      throw .unknownItem(index: item, itemCount: encoder.configuration.itemCount)
    }
    guard !range.isEmpty else { return 0 }
    batch.removeAll()
    batch.append(sequence, range) { $0 }
    encoder.forward(batch, effective, &workspace)
    return range.count
  }

  /// The score of every item after a sequence: of an empty one the items' biases.
  ///
  /// - Parameter scores: overwritten. Shape: [items].
  package mutating func score(
    _ sequence: EventSequence, into scores: inout [Float]
  ) throws(EncoderError) {
    let (items, width) = (table.count, encoder.configuration.width)
    precondition(scores.count == items)
    guard encoder.readout == nil else {
      try readOut(table.items, after: sequence, into: &scores)
      return
    }
    let state = try state(sequence)
    DenseKernels.multiply(
      table.vectors, .init(MatrixPlace(rows: items, columns: width)), by: state,
      .init(MatrixPlace(rows: width, columns: 1)), into: &scores,
      MatrixPlace(rows: items, columns: 1))
    NeuralKernels.axpy(1, table.biases, into: &scores, count: items)
  }

  /// The scores of items that each read out a vector of their own.
  private mutating func readOut(
    _ items: [Int32], after sequence: EventSequence, into scores: inout [Float]
  ) throws(EncoderError) {
    let count = try encode(sequence)
    guard let readout = encoder.readout, var space = readoutSpace.take() else { return }
    readout.forward(
      workspace.states, rows: 0..<count, candidates: items, table: table, effective, &space,
      into: &scores)
    readoutSpace = consume space
  }

  /// An own event and what it adds to an item's score.
  package struct Part: Sendable, Equatable {
    package let item: Int32
    package let part: Float
  }

  /// How much an item's score falls when each of the events that are looked at is left out, most first.
  ///
  /// - Complexity: as many forward passes as there are such events.
  /// - Throws: `EncoderError.unknownItem`.
  package mutating func parts(
    of sequence: EventSequence, in item: Int32
  ) throws(EncoderError) -> [Part] {
    let length = encoder.configuration.length
    let newest = sequence.part(max(0, sequence.count - length)..<sequence.count)
    let whole = try score(newest, of: item)
    var parts: [Part] = []
    for index in 0..<newest.count {
      let rest = try score(newest.leavingOut(index), of: item)
      parts.append(Part(item: newest.items[index], part: whole - rest))
    }
    return parts.sorted { $0.part == $1.part ? $0.item < $1.item : $0.part > $1.part }
  }

  /// How the item divides its attention between the events that are looked at, oldest first.
  ///
  /// Nil where nothing is read out for the item: a state by itself attends to nothing.
  /// - Throws: `EncoderError.unknownItem`.
  package mutating func attention(
    of sequence: EventSequence, in item: Int32
  ) throws(EncoderError) -> [(item: Int32, share: Float)]? {
    try require(item)
    let count = try encode(sequence)
    guard count > 0, let readout = encoder.readout, var space = readoutSpace.take() else {
      return nil
    }
    var shares: [Float] = []
    readout.attention(
      workspace.states, rows: 0..<count, candidate: item, table: table, effective, &space,
      into: &shares)
    readoutSpace = consume space
    return zip(sequence.items.suffix(count), shares).map { ($0, $1) }
  }

  private func require(_ item: Int32) throws(EncoderError) {
    guard item >= 0, Int(item) < table.count else {
      throw .unknownItem(index: item, itemCount: table.count)
    }
  }

  private mutating func score(
    _ sequence: EventSequence, of item: Int32
  ) throws(EncoderError) -> Float {
    try require(item)
    guard encoder.readout == nil else {
      var scores: [Float] = [0]
      try readOut([item], after: sequence, into: &scores)
      return scores[0]
    }
    let state = try state(sequence)
    let start = Int(item) * state.count
    return state.indices.reduce(table.biases[Int(item)]) {
      $0 + state[$1] * table.vectors[start + $1]
    }
  }
}
