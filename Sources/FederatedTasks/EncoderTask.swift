package import PrivacyMechanisms

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The task `encoder`, coordinator's half: sums of changes that devices made become a step.
///
/// A device's vector is its parameters after local training minus those it was given, for the
/// trained parameters only. Shape: [trained parameters].
package struct EncoderTask: Sendable {
  /// What is done with the mean change.
  package enum Algorithm: Sendable, Equatable {
    /// Added, times the rate.
    ///
    /// - Source: McMahan et al. 2017, arXiv:1602.05629.
    case average
    /// Added up with momentum before it is added.
    ///
    /// - Source: Hsu, Qi, Brown 2019, arXiv:1909.06335.
    case averageWithMomentum(Float)
    /// Taken as the gradient of Adam; the rate falls to zero along half a cosine.
    ///
    /// - Source: Reddi et al. 2021, "Adaptive federated optimization", arXiv:2003.00295.
    case adam(beta1: Float, beta2: Float, epsilon: Float)
    /// Added, times a rate that falls to zero along a straight line.
    ///
    /// - Source: Nichol, Achiam, Schulman 2018, "On first-order meta-learning algorithms",
    ///   arXiv:1803.02999, algorithm 2.
    case reptile
  }

  /// How the parameters move.
  package struct Configuration: Sendable {
    package let algorithm: Algorithm
    package let rounds: Int
    package let rate: Double
    /// The public number of devices that a round is planned for: the divisor of every sum.
    package let expectedCohort: Int

    package init(algorithm: Algorithm, rounds: Int, rate: Double, expectedCohort: Int) {
      self.algorithm = algorithm
      self.rounds = rounds
      self.rate = rate
      self.expectedCohort = expectedCohort
    }
  }

  /// All that the next round follows from.
  package struct State: Sendable, Equatable {
    /// The trained parameters as devices are given them.
    package var parameters: [Float]
    /// Momentum; empty where the algorithm has none.
    package var first: [Float]
    /// Mean squares of Adam; empty for the other algorithms.
    package var second: [Float]
    package var completedRounds: Int

    package init(
      parameters: [Float], first: [Float], second: [Float], completedRounds: Int
    ) {
      self.parameters = parameters
      self.first = first
      self.second = second
      self.completedRounds = completedRounds
    }
  }

  package let configuration: Configuration
  package private(set) var state: State
  /// The trained parameters as devices are given them.
  package var parameters: [Float] { state.parameters }
  package var completedRounds: Int { state.completedRounds }

  /// Share of all rounds in which Adam's rate rises.
  private static let warmUpShare = 0.1

  package init(configuration: Configuration, initial: [Float]) {
    self.configuration = configuration
    state = State(parameters: initial, first: [], second: [], completedRounds: 0)
    let zeros = [Float](repeating: 0, count: initial.count)
    switch configuration.algorithm {
    case .average, .reptile: break
    case .averageWithMomentum: state.first = zeros
    case .adam: (state.first, state.second) = (zeros, zeros)
    }
  }

  /// Goes on from a kept state; false, and nothing changes, where it belongs to another training.
  package mutating func resume(_ kept: State) -> Bool {
    guard kept.parameters.count == state.parameters.count,
      kept.first.count == state.first.count, kept.second.count == state.second.count,
      (0...configuration.rounds).contains(kept.completedRounds)
    else { return false }
    state = kept
    return true
  }

  /// A step that would leave the range of numbers.
  package struct Divergence: Error, Equatable, CustomStringConvertible {
    package let round: Int
    package let serverRate: Double

    package init(round: Int, serverRate: Double) {
      self.round = round
      self.serverRate = serverRate
    }

    package var description: String {
      "the encoder left the range of numbers in the coordinator's step after round \(round): lower "
        + "tasks.encoder.serverRate, now \(serverRate)"
    }
  }

  /// Takes one step along a released sum of changes.
  ///
  /// - Throws: nothing has changed then.
  package mutating func step(_ release: Release) throws(Divergence) {
    let before = state
    move(along: release)
    guard state.parameters.allSatisfy(\.isFinite) else {
      state = before
      throw Divergence(round: completedRounds + 1, serverRate: configuration.rate)
    }
  }

  private mutating func move(along release: Release) {
    precondition(completedRounds < configuration.rounds)
    precondition(release.values.count == state.parameters.count)
    let divisor = Float(configuration.expectedCohort)
    let rate = self.rate
    switch configuration.algorithm {
    case .average, .reptile:
      for index in state.parameters.indices {
        state.parameters[index] += rate * release.values[index] / divisor
      }
    case .averageWithMomentum(let momentum):
      for index in state.parameters.indices {
        state.first[index] = momentum * state.first[index] + release.values[index] / divisor
        state.parameters[index] += rate * state.first[index]
      }
    case .adam(let beta1, let beta2, let epsilon):
      let step = Double(completedRounds + 1)
      let correction1 = Float(1 / (1 - pow(Double(beta1), step)))
      let correction2 = Float(1 / (1 - pow(Double(beta2), step)))
      for index in state.parameters.indices {
        let mean = release.values[index] / divisor
        state.first[index] = beta1 * state.first[index] + (1 - beta1) * mean
        state.second[index] = beta2 * state.second[index] + (1 - beta2) * mean * mean
        state.parameters[index] +=
          rate * state.first[index] * correction1
          / ((state.second[index] * correction2).squareRoot() + epsilon)
      }
    }
    state.completedRounds += 1
  }

  /// The rate of the next round.
  private var rate: Float {
    let progress = Double(completedRounds) / Double(configuration.rounds)
    switch configuration.algorithm {
    case .average, .averageWithMomentum: return Float(configuration.rate)
    case .reptile: return Float(configuration.rate * (1 - progress))
    case .adam:
      let warmUp = (Self.warmUpShare * Double(configuration.rounds)).rounded(.up)
      if Double(completedRounds) < warmUp {
        return Float(configuration.rate * Double(completedRounds + 1) / warmUp)
      }
      let rest = (Double(completedRounds) - warmUp) / max(Double(configuration.rounds) - warmUp, 1)
      return Float(configuration.rate * (1 + cos(.pi * rest)) / 2)
    }
  }
}
