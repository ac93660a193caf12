internal import NumericalMethods
package import RoundVocabulary

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// How many guesses about canaries of one run were right.
///
/// Each of `canaries` was in with probability 1/2, independently of all others and of everything
/// else. `guesses` was fixed before anyone looked: whoever tries several numbers and keeps the best
/// fails honest mechanisms far more often than the stated significance.
package struct OneRunOutcome: Sendable, Equatable {
  /// m: how many canaries had their inclusion drawn.
  package let canaries: Int
  /// r: for how many of them a guess was made.
  package let guesses: Int
  /// v: how many guesses were right.
  package let correct: Int

  /// - Range: 1 <= `canaries` <= 10^6, `guesses` <= `canaries`, `correct` <= `guesses`.
  /// - Throws: `AuditError.outOfRange`.
  package init(canaries: Int, guesses: Int, correct: Int) throws(AuditError) {
    try AuditError.require(canaries, "the number of canaries", in: 1...1_000_000)
    try AuditError.require(guesses, "the number of guesses", in: 0...canaries)
    try AuditError.require(correct, "the number of correct guesses", in: 0...guesses)
    self.canaries = canaries
    self.guesses = guesses
    self.correct = correct
  }

  /// The same test with every guess right.
  var best: OneRunOutcome { OneRunOutcome(canaries: canaries, guesses: guesses) }

  private init(canaries: Int, guesses: Int) {
    self.canaries = canaries
    self.guesses = guesses
    self.correct = guesses
  }

  /// An upper bound on the probability that an (epsilon, delta)-private mechanism lets at least
  /// this many guesses be right.
  ///
  /// - Range: `epsilon` >= 0, `delta` in [0, 1).
  /// - Formula: P(X >= v) + 2 m delta max over i in 1...v of P(v > X >= v - i) / i, with X binomial of
  ///   r trials that succeed with probability e^epsilon / (1 + e^epsilon). Note m, not r.
  /// - Source: Steinke, Nasr, Jagielski 2023, arXiv:2305.08846, the main theorem for approximate
  ///   differential privacy and its code in the appendix.
  /// - Throws: `AuditError.outOfRange`.
  package func pValue(epsilon: Double, delta: Double) throws(AuditError) -> Double {
    try AuditError.require(epsilon: epsilon)
    try AuditError.require(delta: delta)
    return pValue(checkedEpsilon: epsilon, delta: delta)
  }

  /// The greatest epsilon found at which the outcome refutes (epsilon, delta)-privacy.
  ///
  /// 0 if none is refuted. The answer is one whose p-value was computed and found below
  /// `significance`, so it holds whatever the shape of the p-value's curve.
  /// - Throws: `AuditError.outOfRange`.
  package func epsilonLowerBound(
    delta: Double, significance: Double
  ) throws(AuditError) -> Double {
    try AuditError.require(delta: delta)
    try AuditError.require(significance: significance)
    func isKept(_ epsilon: Double) -> Bool {
      pValue(checkedEpsilon: epsilon, delta: delta) >= significance
    }
    guard !isKept(0) else { return 0 }
    return RootFinding.bracketUpward(from: 1, isReached: isKept)?.lower ?? 0
  }

  /// Measures a claim.
  ///
  /// - Throws: `AuditError.outOfRange`.
  package func audit(
    of claim: PrivacyGuarantee, significance: Double
  ) throws(AuditError) -> AuditResult {
    try AuditResult(of: claim, by: .oneRun, significance: significance) {
      (delta, significance) throws(AuditError) in
      (
        try epsilonLowerBound(delta: delta, significance: significance),
        try best.epsilonLowerBound(delta: delta, significance: significance)
      )
    }
  }

  /// Raised over the relative error of the binomial law.
  private func pValue(checkedEpsilon epsilon: Double, delta: Double) -> Double {
    let accuracy = 1 / (1 + exp(-epsilon))
    // Beyond an epsilon of 37 the accuracy is 1 in double precision.
    guard accuracy < 1 else { return 1 }
    let tail = exp(
      Binomial.logUpperTail(from: correct, trials: guesses, probability: accuracy))
    let correction =
      delta > 0
      ? 2 * Double(canaries) * delta * greatestAverage(epsilon: epsilon, accuracy: accuracy) : 0
    return min(1, (tail + correction) * (1 + 1e-8))
  }

  /// max over i in 1...v of P(v > X >= v - i) / i: the greatest mean of the masses just below v.
  ///
  /// Going down the masses rise to the mode and fall from there. The mean rises as long as the next
  /// mass is above it; the first one that is not lies beyond the mode, where nothing raises it again.
  private func greatestAverage(epsilon: Double, accuracy: Double) -> Double {
    guard correct > 0 else { return 0 }
    var logMass = Binomial.logMass(correct - 1, trials: guesses, probability: accuracy)
    var sum = 0.0
    var greatest = 0.0
    for i in 1...correct {
      let mass = exp(logMass)
      guard mass >= greatest else { break }
      sum += mass
      greatest = max(greatest, sum / Double(i))
      let k = correct - i
      guard k > 0 else { break }
      // The odds of the binomial law are e^epsilon.
      logMass += log(Double(k) / Double(guesses - k + 1)) - epsilon
    }
    return greatest
  }
}
