internal import CKernels

/// Layer normalization of rows.
///
/// - Source: Ba, Kiros, Hinton 2016, "Layer normalization", arXiv:1607.06450.
package enum NormalizationKernels {
  /// What forward computes and backward needs again.
  package struct Rows: Sendable {
    /// (x - mean) / standard deviation.
    ///
    /// Shape: [rows, columns].
    package var normalized: [Float]
    /// 1 / standard deviation.
    ///
    /// Shape: [rows].
    package var reciprocal: [Float]
    /// normalized * gain + shift.
    ///
    /// Shape: [rows, columns].
    package var output: [Float]

    package init(capacity: Int, columns: Int) {
      normalized = [Float](repeating: 0, count: capacity * columns)
      reciprocal = [Float](repeating: 0, count: capacity)
      output = [Float](repeating: 0, count: capacity * columns)
    }
  }

  /// Added to variances, as in PyTorch.
  package static let epsilon: Float = 1e-5

  /// Normalizes rows of x; gain and shift lie in `parameters` at the given starts.
  package static func forward(
    _ x: [Float], rows: Int, columns: Int, _ parameters: [Float], gain: Int, shift: Int,
    into found: inout Rows
  ) {
    guard rows > 0 else { return }
    let count = rows * columns
    precondition(count <= found.normalized.count && rows <= found.reciprocal.count)
    unsafe withElements(of: x, 0, count) { x in
      unsafe withElements(of: parameters, gain, columns) { gain in
        unsafe withElements(of: parameters, shift, columns) { shift in
          unsafe silhouette_layer_norm(
            x, gain, shift, rows, columns, epsilon, &found.normalized, &found.reciprocal,
            &found.output)
        }
      }
    }
  }

  /// Adds the gradients of gain and shift to `gradients`, and that of x to `inputGradient`.
  package static func backward(
    _ outputGradient: [Float], rows: Int, columns: Int, _ parameters: [Float], gain: Int,
    shift: Int, found: Rows, gradients: inout [Float], inputGradient: inout [Float]
  ) {
    guard rows > 0 else { return }
    let count = rows * columns
    precondition(
      count <= outputGradient.count && count <= found.normalized.count
        && count <= inputGradient.count && shift == gain + columns)
    unsafe withElements(of: parameters, gain, columns) { gainValues in
      // Gain and shift lie side by side, so that one stretch holds the gradients of both.
      unsafe withElements(of: &gradients, gain, 2 * columns) { sums in
        unsafe silhouette_layer_norm_backward(
          outputGradient, gainValues, found.normalized, found.reciprocal, rows, columns, sums,
          sums + columns, &inputGradient)
      }
    }
  }
}
