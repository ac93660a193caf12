internal import RoundVocabulary

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// How far releases are from one release of continuous Gaussian noise, which stands for them.
///
/// An event of probability x under one law has at most e^K x + d under the other, in both directions and for
/// both neighbors: protocols/privacy-accounting.md, section 4.
package struct GaussianLikeness: Sendable, Hashable {
  /// K.
  let excess: Double
  /// d.
  let exception: Double
  /// mu of the noise that stands for the releases, over that of noise that is as near to what can be computed
  /// from them.
  package let widening: Double

  /// Gaussian noise itself.
  package static let exact = GaussianLikeness(excess: 0, exception: 0, widening: 1)

  /// The least probability, under the one law, of an event that has probability `x` under the other.
  package func least(ofLikely x: Double) -> Double { max(0, exp(-excess) * (x - exception)) }

  /// The greatest probability, under the one law, of an event that has probability `x` under the other.
  package func most(ofUnlikely x: Double) -> Double { min(1, exp(excess) * x + exception) }

  /// An epsilon that no claim about the releases at `delta` may be below.
  ///
  /// Noise that is computed from (epsilon, delta)-private releases, but for K and d, is (epsilon + 2K, delta')-private
  /// with delta' = e^K (delta + e^epsilon d) + d. So epsilon is at least x or at least 2K below what that noise has at
  /// the delta' of x, whatever x is; the best x is where they meet.
  /// - Parameter noise: a bound from below on epsilon of Gaussian noise that is narrower by `widening`, at a delta.
  package func epsilonFromBelow(
    delta: Double, ofNoise noise: (_ delta: Double) -> Double
  ) -> Double {
    let upper = noise(delta)
    guard self != .exact else { return upper }
    func isProved(_ x: Double) -> Bool {
      let raised = exp(excess) * (delta + exp(x) * exception) + exception
      return raised < 1 && noise(raised) - 2 * excess >= x
    }
    var (proved, unproved) = (0.0, upper)
    for _ in 0..<40 {
      let middle = (proved + unproved) / 2
      if isProved(middle) { proved = middle } else { unproved = middle }
    }
    return proved
  }
}

extension MechanismEvent {
  /// How near the event is to Gaussian noise, under zero-out neighbors; nil where nothing is proved about it.
  package var gaussianLikeness: GaussianLikeness? {
    let flat = Self.flattened([self])
    var surrogate = GaussianSurrogate()
    for counted in flat.events where !surrogate.absorb(counted, neighbors: .zeroOut) { return nil }
    return surrogate.likeness(apart: flat.totalVariation)
  }
}

extension GaussianSurrogate {
  /// A probability that no audit tells from 0, as wide as noise may be that is not bounded.
  private static let unseen = 1e-16

  /// - Parameter totalVariation: between the law of the releases and the one that was absorbed.
  fileprivate func likeness(apart totalVariation: Double) -> GaussianLikeness? {
    guard lowerSquaredMu > 0, lowerSquaredMu.isFinite,
      let charge = charge(delta: Self.unseen, epsilon: 0)
    else {
      return nil
    }
    return GaussianLikeness(
      excess: charge.slack, exception: Self.unseen + exp(charge.slack) * totalVariation,
      widening: mu / lowerSquaredMu.squareRoot())
  }
}
