internal import NumericalMethods
internal import PrivacyAuditing

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What counts of seeded trials say about probabilities.
package enum StatisticalLimit {
  /// The least count that a test of level `alpha` reaches in `trials` with probability at most 1e-9.
  package static func failures(of trials: Int, at alpha: Double) -> Int {
    let count = (0...trials).first { count in
      Binomial.logUpperTail(from: count, trials: trials, probability: alpha) <= log(1e-9)
    }
    return count ?? trials + 1
  }

  /// A power that a test with `caught` of `trials` has, but for a probability of 1e-6.
  package static func power(caught: Int, of trials: Int) -> Double {
    ClopperPearson.lowerBound(successes: caught, trials: trials, significance: 1e-6)
  }
}
