/// How many contributions of a round carry noise that the adversary does not know.
///
/// Noise that is made on the devices is calibrated to `leastHonest`, never to the size of the
/// cohort: devices drop out, and devices that work with the coordinator tell it their noise.
package struct CohortAssurance: Sendable, Equatable, Hashable, Codable {
  /// The round is abandoned when fewer contributions than this arrive.
  package let leastSurvivors: Int
  /// At most this many of the cohort's devices work with the coordinator.
  package let mostColluding: Int

  /// - Range: 0 <= `mostColluding` < `leastSurvivors`.
  package init(leastSurvivors: Int, mostColluding: Int) {
    self.leastSurvivors = leastSurvivors
    self.mostColluding = mostColluding
  }

  /// The assurance of a cohort of which shares may drop out and collude.
  ///
  /// - Formula: hMin = uMin - floor(gamma n), with uMin = n - floor(dropout n).
  package init(cohort: Int, dropoutShare: Double, colludingShare: Double) {
    self.init(
      leastSurvivors: cohort - Self.devices(dropoutShare, of: cohort),
      mostColluding: Self.devices(colludingShare, of: cohort))
  }

  /// floor(share n), with a share that is meant as a decimal: 0.29 of 100 devices are 29.
  ///
  /// As a binary number 0.29 lies a little below, and the product with it.
  private static func devices(_ share: Double, of cohort: Int) -> Int {
    Int((share * Double(cohort) * (1 + 0x1p-50)).rounded(.down))
  }

  /// The least cohort of which, and of every larger one, at least `honest` honest devices arrive.
  ///
  /// hMin falls by one where both shares take another device at once, so a smaller cohort may do by
  /// chance. From honest / (1 - dropout - gamma) on none does not, for hMin is at least that part of n.
  /// - Range: `honest` >= 1, shares of at least 0 that sum to less than 1; nil beyond 2^53 devices.
  package static func leastCohort(
    honest: Int, dropoutShare: Double, colludingShare: Double
  ) -> Int? {
    let certain = (Double(honest) / (1 - dropoutShare - colludingShare)).rounded(.up) + 1
    guard certain < 0x1p53 else { return nil }
    var cohort = Int(certain)
    while cohort > 1,
      CohortAssurance(
        cohort: cohort - 1, dropoutShare: dropoutShare, colludingShare: colludingShare
      ).leastHonest >= honest
    {
      cohort -= 1
    }
    return cohort
  }

  /// hMin: honest devices whose noise is certain to be in the sum.
  package var leastHonest: Int { leastSurvivors - mostColluding }
}
