package import PrivacyAccounting
package import RoundVocabulary

/// The functions that are under test.
///
/// `standard` has those of this program; tests put wrong ones in, which have to be found. What is nil
/// does not exist, and its results count as unsupported.
package struct AccountingCalls: Sendable {
  package typealias Family<Parameter> = @Sendable (Parameter) -> [MechanismEvent]

  package var epsilon:
    @Sendable ([MechanismEvent], _ delta: Double, NeighboringRelation) throws(AccountingError)
      -> Accountant.Bound
  package var delta:
    @Sendable ([MechanismEvent], _ epsilon: Double, NeighboringRelation) throws(AccountingError)
      -> Accountant.Bound
  /// Epsilon at delta 0.
  package var pureEpsilon:
    (@Sendable ([MechanismEvent], NeighboringRelation) throws(AccountingError) -> Double)?
  /// The Renyi divergence of a composition at an order.
  package var renyi:
    (
      @Sendable ([MechanismEvent], _ order: Double, NeighboringRelation) throws(AccountingError)
        -> Double
    )?
  /// Epsilon by Renyi divergences at no other than these orders.
  package var renyiEpsilon:
    (
      @Sendable ([MechanismEvent], _ delta: Double, NeighboringRelation, _ orders: [Double])
        throws(AccountingError) -> Double
    )?
  package var noiseMultiplier:
    @Sendable (
      _ epsilon: Double, _ delta: Double, NeighboringRelation, Family<Double>
    ) throws(AccountingError) -> Double
  package var rounds:
    @Sendable (
      _ epsilon: Double, _ delta: Double, NeighboringRelation, Family<Int>
    ) throws(AccountingError) -> Int
  /// See `Question.clippedNoiseMultiplier`.
  package var clippedNoiseMultiplier:
    (@Sendable (_ total: Double, _ bitDeviation: Double) throws(AccountingError) -> Double)?
  /// The squared L2 sensitivity of a strategy.
  package var squaredSensitivity: (@Sendable (NoiseStrategy) throws(AccountingError) -> Double)?
  package var prefixSumError:
    (@Sendable (NoiseStrategy, PrefixSumError) throws(AccountingError) -> Double)?
}

extension Question {
  /// Asks; an accountant that refuses has no proof, which is not the same as a wrong number.
  func answer(by calls: AccountingCalls) -> Answer {
    do throws(AccountingError) {
      return try asked(of: calls)
    } catch {
      return .refused(reason: error.description)
    }
  }

  private func asked(of calls: AccountingCalls) throws(AccountingError) -> Answer {
    switch self {
    case .epsilon(let events, 0, let neighbors):
      guard let call = calls.pureEpsilon else { return Self.missing("epsilon at delta 0") }
      return .number(try call(events, neighbors), lower: nil)
    case .epsilon(let events, let delta, let neighbors):
      return .bound(try calls.epsilon(events, delta, neighbors))
    case .delta(let events, let epsilon, let neighbors):
      return .bound(try calls.delta(events, epsilon, neighbors))
    case .renyi(let events, let order, let neighbors):
      guard let call = calls.renyi else { return Self.missing("Renyi divergence at an order") }
      return .number(try call(events, order, neighbors), lower: nil)
    case .noiseMultiplier(let target, let family):
      return .number(
        try calls.noiseMultiplier(target.epsilon, target.delta, target.neighbors, family),
        lower: nil)
    case .rounds(let target, let family):
      return .number(
        Double(try calls.rounds(target.epsilon, target.delta, target.neighbors, family)),
        lower: nil)
    case .elsewhere(let reason): return .refused(reason: reason)
    default: return try strategyAsked(of: calls)
    }
  }

  private func strategyAsked(of calls: AccountingCalls) throws(AccountingError) -> Answer {
    switch self {
    case .clippedNoiseMultiplier(let total, let bitDeviation):
      guard let call = calls.clippedNoiseMultiplier else {
        return Self.missing("adaptive clipping")
      }
      return .number(try call(total, bitDeviation), lower: nil)
    case .prefixSumError(let strategy, let error):
      guard let call = calls.prefixSumError else {
        return Self.missing("the error of prefix sums, which is no privacy loss")
      }
      return .number(try call(strategy, error), lower: nil)
    case .squaredSensitivity(let strategy):
      guard let call = calls.squaredSensitivity else { return Self.missing("correlated noise") }
      return .number(try call(strategy), lower: nil)
    case .strategyEpsilon(let strategy, let noise, let delta):
      guard let call = calls.squaredSensitivity else { return Self.missing("correlated noise") }
      let event = MechanismEvent.gaussian(
        noiseMultiplier: noise / (try call(strategy)).squareRoot())
      return try Question.epsilon([event], delta: delta, .zeroOut).asked(of: calls)
    case .strategyRenyi(let strategy, let noise, let order):
      guard let call = calls.squaredSensitivity else { return Self.missing("correlated noise") }
      let event = MechanismEvent.gaussian(
        noiseMultiplier: noise / (try call(strategy)).squareRoot())
      return try Question.renyi([event], order: order, .zeroOut).asked(of: calls)
    default: return .refused(reason: "not a question about noise strategies")
    }
  }

  private static func missing(_ what: String) -> Answer {
    .refused(reason: "this version does not compute \(what)")
  }
}

extension Answer {
  fileprivate static func bound(_ bound: Accountant.Bound) -> Answer {
    .number(bound.upper, lower: bound.lower)
  }
}
