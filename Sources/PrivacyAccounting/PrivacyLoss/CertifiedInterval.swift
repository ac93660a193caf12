/// A value together with a proof of how far off it can be.
///
/// `upper` is the number to state; the truth is between the two.
package struct CertifiedInterval: Sendable, Equatable {
  package var lower: Double
  package var upper: Double

  package init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  /// What both intervals allow.
  func intersection(_ other: CertifiedInterval) -> CertifiedInterval {
    let upper = min(upper, other.upper)
    return CertifiedInterval(lower: min(upper, max(lower, other.lower)), upper: upper)
  }
}
