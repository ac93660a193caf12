internal import NumericalMethods
package import RoundVocabulary

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// States the privacy loss of composed mechanisms.
///
/// Every answer is a certified interval whose upper end is the number to state. What is known
/// exactly is computed exactly; else privacy loss distributions are composed; Renyi divergences are
/// the bound where no loss distribution is known, and a check everywhere else: the smaller upper
/// end is the answer. A mechanism that no method can bound is an error.
package enum Accountant {
  /// How an upper end was found.
  package enum Method: String, Sendable, CaseIterable {
    /// The closed form of Gaussian noise.
    case gaussian
    /// Composed privacy loss distributions.
    case lossDistribution
    /// Renyi divergences at the best order.
    case renyi
  }

  /// An interval for epsilon or delta.
  package struct Bound: Sendable, Equatable {
    /// What is certain to be enough: the number to state.
    package var upper: Double
    /// What is certain to be needed, as far as it is known; 0 if nothing is.
    package var lower: Double
    package var method: Method
  }

  /// The least epsilon at which all `events` together are (epsilon, delta)-private.
  ///
  /// - Range: `delta` in (0, 1). No events give 0, a mechanism without noise infinity.
  /// - Throws: `AccountingError`.
  package static func epsilon(
    of events: [MechanismEvent], delta: Double, neighbors: NeighboringRelation = .zeroOut
  ) throws(AccountingError) -> Bound {
    try require(delta: delta)
    let release = try Composition(events, neighbors: neighbors)
    return try release.epsilon(delta: delta)
  }

  /// The least delta at which all `events` together are (epsilon, delta)-private.
  ///
  /// - Range: `epsilon` >= 0.
  /// - Throws: `AccountingError`.
  package static func delta(
    of events: [MechanismEvent], epsilon: Double, neighbors: NeighboringRelation = .zeroOut
  ) throws(AccountingError) -> Bound {
    try MechanismEvent.require(epsilon, "epsilon", atLeast: 0)
    let release = try Composition(events, neighbors: neighbors)
    return try release.delta(epsilon: epsilon)
  }

  /// Epsilon by one method alone; nil where it does not apply.
  package static func epsilon(
    of events: [MechanismEvent], delta: Double, neighbors: NeighboringRelation = .zeroOut,
    by method: Method
  ) throws(AccountingError) -> Bound? {
    try require(delta: delta)
    let release = try Composition(events, neighbors: neighbors)
    return try release.epsilon(delta: delta, by: method)
  }

  static func require(delta: Double) throws(AccountingError) {
    guard delta > 0, delta < 1 else {
      throw .outOfRange(field: "delta", value: delta, allowed: "between 0 and 1, both excluded")
    }
  }
}
