internal import CKernels

/// Steps of optimizers over stretches of flat parameter vectors.
package enum StepKernels {
  /// The constants of one step of Adam.
  package struct Adam: Sendable {
    package let rate: Float
    package let beta1: Float
    package let beta2: Float
    /// 1 / (1 - beta1^t) and 1 / (1 - beta2^t).
    package let correction1: Float
    package let correction2: Float
    package let epsilon: Float
    /// Decoupled weight decay.
    package let decay: Float

    package init(
      rate: Float, beta1: Float, beta2: Float, correction1: Float, correction2: Float,
      epsilon: Float, decay: Float
    ) {
      self.rate = rate
      self.beta1 = beta1
      self.beta2 = beta2
      self.correction1 = correction1
      self.correction2 = correction2
      self.epsilon = epsilon
      self.decay = decay
    }
  }

  /// One step of Adam over a range; both moments are kept in step with it.
  package static func adam(
    _ values: inout [Float], _ gradient: [Float], first: inout [Float], second: inout [Float],
    in range: Range<Int>, _ step: Adam
  ) {
    let (start, count) = (range.lowerBound, range.count)
    unsafe withElements(of: gradient, start, count) { gradient in
      unsafe withElements(of: &first, start, count) { first in
        unsafe withElements(of: &second, start, count) { second in
          unsafe withElements(of: &values, start, count) { values in
            unsafe silhouette_adam(
              values, gradient, first, second, count, step.rate, step.beta1, step.beta2,
              step.correction1, step.correction2, step.epsilon, step.decay)
          }
        }
      }
    }
  }

  /// One step of AdaGrad over a range.
  package static func adagrad(
    _ values: inout [Float], _ gradient: [Float], sums: inout [Float], in range: Range<Int>,
    rate: Float, epsilon: Float
  ) {
    let (start, count) = (range.lowerBound, range.count)
    unsafe withElements(of: gradient, start, count) { gradient in
      unsafe withElements(of: &sums, start, count) { sums in
        unsafe withElements(of: &values, start, count) { values in
          unsafe silhouette_adagrad(values, gradient, sums, count, rate, epsilon)
        }
      }
    }
  }
}
