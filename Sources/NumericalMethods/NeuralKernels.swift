internal import CKernels

/// Element-wise functions of the profile model's layers, over the first elements of whole arrays.
///
/// Counts that do not fit their arrays are the caller's bug. A count of 0 does nothing.
package enum NeuralKernels {
  /// x = 1 / (1 + exp(-x)) for elements [start, start + count).
  package static func sigmoid(_ x: inout [Float], start: Int = 0, count: Int) {
    unsafe withElements(of: &x, start, count) { unsafe silhouette_sigmoid($0, $0, count) }
  }

  /// x = tanh(x) for elements [start, start + count).
  package static func tanh(_ x: inout [Float], start: Int = 0, count: Int) {
    unsafe withElements(of: &x, start, count) { unsafe silhouette_tanh($0, $0, count) }
  }

  /// y = x Phi(x), with the exact normal distribution function.
  ///
  /// - Source: Hendrycks, Gimpel 2016, "Gaussian error linear units", arXiv:1606.08415.
  package static func gelu(_ x: [Float], into y: inout [Float], count: Int) {
    precondition(count <= x.count)
    unsafe withElements(of: &y, 0, count) { unsafe silhouette_gelu(x, $0, count) }
  }

  /// gradient *= derivative of `gelu` at x.
  package static func geluBackward(at x: [Float], _ gradient: inout [Float], count: Int) {
    precondition(count <= x.count)
    unsafe withElements(of: &gradient, 0, count) { unsafe silhouette_gelu_backward(x, $0, count) }
  }

  /// x = max(x, 0).
  package static func relu(_ x: inout [Float], count: Int) {
    unsafe withElements(of: &x, 0, count) { unsafe silhouette_relu($0, count) }
  }

  /// gradient = 0 wherever the output y of `relu` was 0.
  package static func reluBackward(output y: [Float], _ gradient: inout [Float], count: Int) {
    precondition(count <= y.count)
    unsafe withElements(of: &gradient, 0, count) { unsafe silhouette_relu_backward(y, $0, count) }
  }

  /// y += a x over the first `count` elements.
  package static func axpy(_ a: Float, _ x: [Float], into y: inout [Float], count: Int) {
    precondition(count <= x.count)
    unsafe withElements(of: &y, 0, count) { unsafe silhouette_axpy(a, x, $0, count) }
  }

  /// Adds the vector at `start` of `parameters` to every row of x.
  package static func addToRows(
    _ parameters: [Float], at start: Int, rows: Int, columns: Int, _ x: inout [Float]
  ) {
    guard rows > 0, columns > 0 else { return }
    unsafe withElements(of: parameters, start, columns) { vector in
      unsafe withElements(of: &x, 0, rows * columns) {
        unsafe silhouette_add_to_rows(vector, $0, rows, columns)
      }
    }
  }

  /// Adds all rows of x to the vector at `start` of `sums`.
  package static func addRows(
    of x: [Float], rows: Int, columns: Int, to sums: inout [Float], at start: Int
  ) {
    guard rows > 0, columns > 0 else { return }
    precondition(rows * columns <= x.count)
    unsafe withElements(of: &sums, start, columns) {
      unsafe silhouette_add_rows(x, $0, rows, columns)
    }
  }

  /// Softmax of scale * x along each row, in place.
  package static func softmax(_ x: inout [Float], rows: Int, columns: Int, scale: Float = 1) {
    unsafe withElements(of: &x, 0, rows * columns) {
      unsafe silhouette_softmax($0, rows, columns, scale)
    }
  }

  /// Softmax of the square matrix at `start` along the first i + 1 entries of each row i, in place;
  /// the others become 0.
  package static func causalSoftmax(_ x: inout [Float], start: Int, order: Int, scale: Float) {
    unsafe withElements(of: &x, start, order * order) {
      unsafe silhouette_causal_softmax($0, order, scale)
    }
  }

  /// Turns the gradient of a softmax's output into that of its unscaled input, in place.
  package static func softmaxBackward(
    output p: [Float], at start: Int = 0, _ gradient: inout [Float], rows: Int, columns: Int,
    scale: Float = 1
  ) {
    guard rows > 0, columns > 0 else { return }
    unsafe withElements(of: p, start, rows * columns) { p in
      unsafe withElements(of: &gradient, 0, rows * columns) {
        unsafe silhouette_softmax_backward(p, $0, rows, columns, scale)
      }
    }
  }

  /// Replaces logits by weight (softmax - one-hot) and returns the sum of -log softmax[target].
  ///
  /// - Parameters:
  ///   - logits: Shape: [rows, columns].
  ///   - targets: columns, from `start` on. Shape: [rows].
  package static func crossEntropy(
    _ logits: inout [Float], targets: [Int32], start: Int = 0, rows: Int, columns: Int,
    weight: Float
  ) -> Double {
    guard rows > 0 else { return 0 }
    precondition(start >= 0 && start + rows <= targets.count)
    for row in 0..<rows {
      precondition(targets[start + row] >= 0 && targets[start + row] < columns)
    }
    var loss = 0.0
    unsafe targets.withUnsafeBufferPointer { targets in
      guard let first = targets.baseAddress else { return }
      unsafe withElements(of: &logits, 0, rows * columns) {
        loss = unsafe silhouette_cross_entropy($0, first + start, rows, columns, weight)
      }
    }
    return loss
  }

  /// Multiplies each of `count` elements from `start` on by `scale`, or by 0 with probability
  /// threshold / 2^32.
  ///
  /// The same seed gives the same choice again, so that a backward pass needs no memory of it.
  package static func dropout(
    _ x: inout [Float], start: Int = 0, count: Int, seed: UInt64, threshold: UInt32, scale: Float
  ) {
    unsafe withElements(of: &x, start, count) {
      unsafe silhouette_dropout($0, count, seed, threshold, scale)
    }
  }

  /// Sum of squares over a range, in double precision.
  package static func squaredNorm(_ x: [Float], in range: Range<Int>) -> Double {
    guard !range.isEmpty else { return 0 }
    var norm = 0.0
    unsafe withElements(of: x, range.lowerBound, range.count) {
      norm = unsafe silhouette_squared_norm($0, range.count)
    }
    return norm
  }

  /// Copies a row of one matrix onto, or with `adding` into, a row of another.
  package static func copy(
    _ source: [Float], from sourceStart: Int, into target: inout [Float], at targetStart: Int,
    count: Int, adding: Bool = false
  ) {
    guard count > 0 else { return }
    unsafe withElements(of: source, sourceStart, count) { source in
      unsafe withElements(of: &target, targetStart, count) { target in
        if adding {
          unsafe silhouette_axpy(1, source, target, count)
        } else {
          unsafe target.update(from: source, count: count)
        }
      }
    }
  }

  /// Sum of products of two stretches of `count` elements.
  package static func dot(
    _ a: [Float], at aStart: Int, _ b: [Float], at bStart: Int, count: Int
  ) -> Float {
    guard count > 0 else { return 0 }
    var product: Float = 0
    unsafe withElements(of: a, aStart, count) { a in
      unsafe withElements(of: b, bStart, count) { b in product = unsafe silhouette_dot(a, b, count)
      }
    }
    return product
  }

  /// target += a source, over two stretches of `count` elements.
  package static func axpy(
    _ a: Float, _ source: [Float], at sourceStart: Int, into target: inout [Float],
    at targetStart: Int, count: Int
  ) {
    guard count > 0 else { return }
    unsafe withElements(of: source, sourceStart, count) { source in
      unsafe withElements(of: &target, targetStart, count) { target in
        unsafe silhouette_axpy(a, source, target, count)
      }
    }
  }
}

/// Calls `body` with the address of `count` elements; not at all where `count` is 0.
func withElements(
  of x: [Float], _ start: Int, _ count: Int, _ body: (UnsafePointer<Float>) -> Void
) {
  precondition(start >= 0 && count >= 0 && start + count <= x.count, "beyond the end of an array")
  guard count > 0 else { return }
  unsafe x.withUnsafeBufferPointer { x in
    guard let first = x.baseAddress else { return }
    unsafe body(first + start)
  }
}

/// Calls `body` with the address of `count` elements to change; not at all where `count` is 0.
func withElements(
  of x: inout [Float], _ start: Int, _ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void
) {
  precondition(start >= 0 && count >= 0 && start + count <= x.count, "beyond the end of an array")
  guard count > 0 else { return }
  unsafe x.withUnsafeMutableBufferPointer { x in
    guard let first = x.baseAddress else { return }
    unsafe body(first + start)
  }
}
