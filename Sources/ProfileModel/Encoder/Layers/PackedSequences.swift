/// Sequences of different lengths, row after row in one matrix, without padding.
package struct PackedSequences: Sendable, Equatable {
  /// Sequence s has rows starts[s] ..< starts[s + 1].
  package private(set) var starts: [Int]

  /// - Parameter lengths: of the sequences; 0 is allowed.
  package init(lengths: [Int] = []) {
    starts = [0]
    for length in lengths { append(length: length) }
  }

  package mutating func append(length: Int) {
    precondition(length >= 0)
    starts.append(rowCount + length)
  }

  /// Forgets the sequences and keeps the space.
  package mutating func removeAll() {
    starts.removeAll(keepingCapacity: true)
    starts.append(0)
  }

  package var count: Int { starts.count - 1 }
  package var rowCount: Int { starts[starts.count - 1] }
  package func length(_ sequence: Int) -> Int { starts[sequence + 1] - starts[sequence] }
  package func rows(_ sequence: Int) -> Range<Int> { starts[sequence]..<starts[sequence + 1] }

  package var longest: Int {
    var longest = 0
    for sequence in 0..<count { longest = max(longest, length(sequence)) }
    return longest
  }
}
