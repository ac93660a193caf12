internal import NumericalMethods

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Losses that compare each target with the same few negatives: what a device can afford.
package struct CandidateLoss: Sendable {
  /// How a target's score is compared with the negatives'.
  package enum Rule: Sendable, Equatable {
    /// Cross entropy of the target among itself and the negatives. `logExcess` is added to the
    /// negatives' scores: the logarithm of how many items each stands for makes the sum of their
    /// exponentials that of all items in expectation.
    ///
    /// - Source: Jean et al. 2015, section 3.1, arXiv:1412.2007.
    case sampledSoftmax(logExcess: Float)
    /// Mean over negatives of -log sigma(target - negative).
    ///
    /// - Source: Rendle et al. 2009, "BPR", arXiv:1205.2618.
    case pairwise
    /// -log sigma(target), plus the mean over negatives of -log sigma(-negative).
    case logistic
  }

  package var rule: Rule
  private var scores: [Float] = []
  private var zeros: [Int32] = []

  package init(_ rule: Rule) { self.rule = rule }

  /// Returns the sum of losses over rows, unweighted.
  ///
  /// - Parameters:
  ///   - hidden: Shape: [rows, width].
  ///   - targets: rows of `table`, none of them a negative. Shape: [rows].
  ///   - negatives: a stretch of rows of `table`.
  ///   - weight: of each row in the gradients.
  ///   - table: its gradients are added to.
  ///   - hiddenGradient: overwritten. Shape: [rows, width].
  package mutating func apply(
    _ hidden: [Float], targets: [Int32], rows: Int, width: Int, negatives: Range<Int>,
    weight: Float, table: inout ItemTable.Rows, hiddenGradient: inout [Float]
  ) -> Double {
    let columns = 1 + negatives.count
    if scores.count < rows * columns {
      scores = [Float](repeating: 0, count: rows * columns)
    }
    let states = MatrixPlace(rows: rows, columns: width)
    let vectors = MatrixPlace(
      start: negatives.lowerBound * width, rows: negatives.count, columns: width)
    let others = MatrixPlace(start: 1, rows: rows, columns: negatives.count, stride: columns)
    DenseKernels.multiply(
      hidden, .init(states), by: table.vectors, .init(vectors, transposed: true), into: &scores,
      others)
    for row in 0..<rows {
      let target = Int(targets[row])
      scores[row * columns] =
        NeuralKernels.dot(hidden, at: row * width, table.vectors, at: target * width, count: width)
        + table.biases[target]
      for index in 0..<negatives.count {
        scores[row * columns + 1 + index] += table.biases[negatives.lowerBound + index]
      }
    }
    makeZeros(rows)
    let loss = Self.compare(
      rule, zeros, &scores, rows: rows, columns: columns, weight: weight)
    DenseKernels.multiply(
      scores, .init(others), by: table.vectors, .init(vectors), into: &hiddenGradient, states)
    DenseKernels.multiply(
      scores, .init(others, transposed: true), by: hidden, .init(states),
      into: &table.vectorGradients, vectors, adding: true)
    for row in 0..<rows {
      let target = Int(targets[row])
      let gradient = scores[row * columns]
      NeuralKernels.axpy(
        gradient, table.vectors, at: target * width, into: &hiddenGradient, at: row * width,
        count: width)
      NeuralKernels.axpy(
        gradient, hidden, at: row * width, into: &table.vectorGradients, at: target * width,
        count: width)
      table.biasGradients[target] += gradient
      for index in 0..<negatives.count {
        table.biasGradients[negatives.lowerBound + index] += scores[row * columns + 1 + index]
      }
    }
    return loss
  }

  /// Replaces scores, targets first, by their gradients and returns the sum of losses, unweighted.
  ///
  /// - Parameters:
  ///   - scores: Shape: [rows, columns].
  ///   - weight: of each row in the gradients.
  package mutating func compare(
    _ scores: inout [Float], rows: Int, columns: Int, weight: Float
  ) -> Double {
    makeZeros(rows)
    return Self.compare(rule, zeros, &scores, rows: rows, columns: columns, weight: weight)
  }

  private mutating func makeZeros(_ rows: Int) {
    if zeros.count < rows { zeros = [Int32](repeating: 0, count: rows) }
  }

  private static func compare(
    _ rule: Rule, _ zeros: [Int32], _ scores: inout [Float], rows: Int, columns: Int,
    weight: Float
  ) -> Double {
    switch rule {
    case .sampledSoftmax(let logExcess):
      if logExcess != 0 {
        for row in 0..<rows {
          for column in 1..<columns { scores[row * columns + column] += logExcess }
        }
      }
      return NeuralKernels.crossEntropy(
        &scores, targets: zeros, rows: rows, columns: columns, weight: weight)
    case .pairwise:
      return eachNegative(&scores, rows: rows, columns: columns) { target, negative, share in
        let margin = LogisticLoss.value(target - negative, label: 1)
        return (
          margin.loss * Double(share), margin.gradient * weight * share,
          -margin.gradient * weight * share
        )
      }
    case .logistic:
      return eachNegative(&scores, rows: rows, columns: columns) { _, negative, share in
        let found = LogisticLoss.value(negative, label: 0)
        return (found.loss * Double(share), 0, found.gradient * weight * share)
      } alone: { target in
        let found = LogisticLoss.value(target, label: 1)
        return (found.loss, found.gradient * weight)
      }
    }
  }

  /// Calls `body` with (target, negative, 1 / negatives) for the loss and both gradients, and
  /// `alone` for what a target adds by itself.
  private static func eachNegative(
    _ scores: inout [Float], rows: Int, columns: Int,
    _ body: (Float, Float, Float) -> (loss: Double, target: Float, negative: Float),
    alone: (Float) -> (loss: Double, gradient: Float) = { _ in (0, 0) }
  ) -> Double {
    var loss = 0.0
    let share = 1 / Float(max(columns - 1, 1))
    for row in 0..<rows {
      let target = scores[row * columns]
      let own = alone(target)
      var gradient = own.gradient
      loss += own.loss
      for column in 1..<columns {
        let found = body(target, scores[row * columns + column], share)
        loss += found.loss
        gradient += found.target
        scores[row * columns + column] = found.negative
      }
      scores[row * columns] = gradient
    }
    return loss
  }
}

/// Log loss of yes or no, such as a click or a high rating.
package enum LogisticLoss {
  /// -log sigma(z) for label 1, -log sigma(-z) for label 0, and the derivative by z.
  ///
  /// - Parameter label: 0 to 1; in between it is the probability of yes.
  package static func value(_ logit: Float, label: Float) -> (loss: Double, gradient: Float) {
    let z = Double(logit)
    let loss = max(z, 0) - z * Double(label) + log1p(exp(-abs(z)))
    return (loss, 1 / (1 + expf(-logit)) - label)
  }

  /// Overwrites logits by their gradients and returns the sum of losses, unweighted.
  ///
  /// - Parameter weight: of each logit in the gradients.
  package static func apply(
    _ logits: inout [Float], labels: [Float], start: Int = 0, count: Int, weight: Float
  ) -> Double {
    var loss = 0.0
    for index in 0..<count {
      let found = value(logits[index], label: labels[start + index])
      loss += found.loss
      logits[index] = found.gradient * weight
    }
    return loss
  }
}
