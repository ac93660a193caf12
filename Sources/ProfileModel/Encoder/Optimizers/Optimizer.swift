internal import NumericalMethods

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Moves parameters along a gradient.
///
/// State of parameters that a gradient does not visit stays as it is, and so do they: with sparse
/// gradients Adam's moments of a row rest between its visits.
package struct Optimizer: Sendable {
  /// How the step follows from gradients.
  package enum Rule: Sendable, Equatable {
    case sgd
    /// v = momentum v + g, x -= rate v.
    case momentum(Float)
    /// Duchi, Hazan, Singer 2011, JMLR 12.
    case adagrad(epsilon: Float = 1e-10)
    /// Kingma, Ba 2015, arXiv:1412.6980.
    case adam(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8)
  }

  package let rule: Rule
  /// Share of a parameter that a step at rate 1 takes away, apart from the gradient.
  ///
  /// - Source: Loshchilov, Hutter 2019, "Decoupled weight decay", arXiv:1711.05101.
  package let weightDecay: Float
  package private(set) var steps = 0
  private var first: [Float] = []
  private var second: [Float] = []

  package init(_ rule: Rule, parameterCount: Int, weightDecay: Float = 0) {
    self.rule = rule
    self.weightDecay = weightDecay
    let zeros = [Float](repeating: 0, count: parameterCount)
    switch rule {
    case .sgd: break
    case .momentum, .adagrad: first = zeros
    case .adam: (first, second) = (zeros, zeros)
    }
  }

  /// Adam's kernel decays in the same pass.
  private var decaysInStep: Bool {
    if case .adam = rule { true } else { false }
  }

  /// Forgets what was learned about earlier gradients.
  package mutating func reset() {
    steps = 0
    for index in first.indices { first[index] = 0 }
    for index in second.indices { second[index] = 0 }
  }

  /// One step of size `rate` over what the gradient visits.
  package mutating func step(_ parameters: inout [Float], _ gradients: Gradients, rate: Float) {
    steps += 1
    for range in gradients.ranges {
      step(&parameters, gradients.values, in: range, rate: rate)
    }
  }

  private mutating func step(
    _ parameters: inout [Float], _ gradient: [Float], in range: Range<Int>, rate: Float
  ) {
    if weightDecay > 0, !decaysInStep {
      let factor = 1 - rate * weightDecay
      for index in range { parameters[index] *= factor }
    }
    switch rule {
    case .sgd:
      NeuralKernels.axpy(
        -rate, gradient, at: range.lowerBound, into: &parameters, at: range.lowerBound,
        count: range.count)
    case .momentum(let momentum):
      for index in range {
        first[index] = momentum * first[index] + gradient[index]
        parameters[index] -= rate * first[index]
      }
    case .adagrad(let epsilon):
      StepKernels.adagrad(
        &parameters, gradient, sums: &first, in: range, rate: rate, epsilon: epsilon)
    case .adam(let beta1, let beta2, let epsilon):
      StepKernels.adam(
        &parameters, gradient, first: &first, second: &second, in: range,
        StepKernels.Adam(
          rate: rate, beta1: beta1, beta2: beta2,
          correction1: Float(1 / (1 - pow(Double(beta1), Double(steps)))),
          correction2: Float(1 / (1 - pow(Double(beta2), Double(steps)))), epsilon: epsilon,
          decay: weightDecay))
    }
  }
}

/// The learning rate of each step.
package struct LearningRateSchedule: Sendable, Equatable {
  /// What follows the warm-up.
  package enum Decay: Sendable, Equatable {
    case constant
    /// To zero at the last step, along a straight line.
    case linear
    /// To zero at the last step, along half a cosine.
    case cosine
  }

  package let peak: Float
  package let warmUpSteps: Int
  package let steps: Int
  package let decay: Decay

  /// - Parameters:
  ///   - warmUpSteps: over which the rate rises along a straight line.
  ///   - steps: of the whole training.
  package init(peak: Float, warmUpSteps: Int = 0, steps: Int, decay: Decay = .constant) {
    self.peak = peak
    self.warmUpSteps = min(warmUpSteps, steps)
    self.steps = steps
    self.decay = decay
  }

  /// The rate of a step; steps are numbered from 0.
  package func rate(at step: Int) -> Float {
    if step < warmUpSteps { return peak * Float(step + 1) / Float(warmUpSteps) }
    let rest = max(steps - warmUpSteps, 1)
    let progress = min(Float(step - warmUpSteps) / Float(rest), 1)
    switch decay {
    case .constant: return peak
    case .linear: return peak * (1 - progress)
    case .cosine: return peak * (1 + cosf(.pi * progress)) / 2
    }
  }
}
