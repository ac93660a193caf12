internal import NumericalMethods

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Exact one-sided confidence bounds on the probability of success.
///
/// - Source: Clopper, Pearson 1934, "The use of confidence or fiducial limits illustrated in the case
///   of the binomial".
package enum ClopperPearson {
  /// The greatest p at which `successes` or more have a probability of at most `significance`.
  ///
  /// Relative error below 1e-9.
  /// - Range: 0 <= `successes` <= `trials`, `significance` in (0, 1); 0 without successes.
  package static func lowerBound(successes: Int, trials: Int, significance: Double) -> Double {
    precondition(successes >= 0 && successes <= trials, "successes are among the trials")
    guard successes > 0 else { return 0 }
    let target = log(significance)
    return RootFinding.bisect(from: 0, to: 1) { probability in
      Binomial.logUpperTail(from: successes, trials: trials, probability: probability) >= target
    }.lower
  }

  /// The least p at which `successes` or fewer have a probability of at most `significance`.
  ///
  /// - Range: as `lowerBound`; 1 without failures.
  package static func upperBound(successes: Int, trials: Int, significance: Double) -> Double {
    1 - lowerBound(successes: trials - successes, trials: trials, significance: significance)
  }
}
