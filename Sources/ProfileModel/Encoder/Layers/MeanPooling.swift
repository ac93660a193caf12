internal import NumericalMethods

/// The mean of all events up to each one: the encoder that every other one has to beat.
package struct MeanPooling: Sendable {
  package let columns: Int

  package init(columns: Int) { self.columns = columns }

  /// - Parameters:
  ///   - x: Shape: [rows, columns].
  ///   - y: overwritten; row t is the mean of its sequence's rows up to t. Shape: [rows, columns].
  package func forward(_ x: [Float], _ sequences: PackedSequences, into y: inout [Float]) {
    for sequence in 0..<sequences.count {
      let rows = sequences.rows(sequence)
      for row in rows {
        // Each sum starts from the one before, the mean times its count.
        let count = row - rows.lowerBound + 1
        let here = row * columns
        NeuralKernels.copy(x, from: here, into: &y, at: here, count: columns)
        guard count > 1 else { continue }
        for column in 0..<columns {
          let sum = y[here - columns + column] * Float(count - 1) + y[here + column]
          y[here + column] = sum / Float(count)
        }
      }
    }
  }

  /// - Parameter inputGradient: overwritten. Shape: [rows, columns].
  package func backward(
    outputGradient: [Float], _ sequences: PackedSequences, into inputGradient: inout [Float]
  ) {
    for sequence in 0..<sequences.count {
      let rows = sequences.rows(sequence)
      for row in rows.reversed() {
        // Row s counts in every later mean: the sum over t >= s of gradient_t / t.
        let here = row * columns
        let factor = 1 / Float(row - rows.lowerBound + 1)
        for column in 0..<columns {
          let later = row + 1 < rows.upperBound ? inputGradient[here + columns + column] : 0
          inputGradient[here + column] = later + factor * outputGradient[here + column]
        }
      }
    }
  }
}
