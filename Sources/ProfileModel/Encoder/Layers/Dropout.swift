internal import NumericalMethods

/// Inverted dropout whose choice follows from a seed.
///
/// Forward and backward apply the same mask by asking again with the same place, so that none is
/// stored.
/// - Source: Srivastava et al. 2014, "Dropout", JMLR 15.
package struct Dropout: Sendable, Equatable {
  /// The probability that a value becomes 0; 0 is no dropout.
  package let rate: Float
  package let seed: UInt64
  private let threshold: UInt32

  /// - Parameter rate: in [0, 1).
  package init(rate: Float, seed: UInt64) {
    precondition(rate >= 0 && rate < 1, "a dropout rate is in [0, 1)")
    self.rate = rate
    self.seed = seed
    threshold = UInt32(Double(rate) * 0x1p32)
  }

  /// No dropout, for inference.
  package static let none = Dropout(rate: 0, seed: 0)

  /// Sets values to 0 and scales the others by 1 / (1 - rate).
  ///
  /// - Parameter place: distinguishes the uses of one seed.
  package func apply(_ x: inout [Float], start: Int = 0, count: Int, place: UInt64) {
    guard rate > 0 else { return }
    var mixer = DeterministicGenerator(seed: seed, stream: place)
    NeuralKernels.dropout(
      &x, start: start, count: count, seed: mixer.next(), threshold: threshold,
      scale: 1 / (1 - rate))
  }
}
