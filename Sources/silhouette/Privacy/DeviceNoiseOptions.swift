internal import ArgumentParser
internal import PrivacyAccounting
internal import RoundVocabulary

/// Options that describe the noise of one device, and how much of a cohort's may be missing.
struct DeviceNoiseOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Skellam noise of one device with this variance.", valueName: "variance"))
  var skellam: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Discrete Gaussian noise of one device with this parameter.", valueName: "variance"))
  var discreteGaussian: Double?

  @Option(
    parsing: .unconditional,
    help: "Greatest squared L2 norm of a contribution in integers (default: 1).")
  var squaredSensitivity: Double?

  @Option(parsing: .unconditional, help: "Length of the vector (default: 1).")
  var dimension: Int?

  @Option(
    parsing: .unconditional, help: "Greatest share of a cohort that may drop out (default: 0).")
  var dropoutShare: Double?

  @Option(
    parsing: .unconditional,
    help: "Greatest share of a cohort that may work with the coordinator (default: 0).")
  var colludingShare: Double?

  /// Refuses what cannot be, or options where no cohort is looked for.
  func check(isUsed: Bool) throws {
    let given: [(String, Bool)] = [
      ("--skellam", skellam != nil), ("--discrete-gaussian", discreteGaussian != nil),
      ("--squared-sensitivity", squaredSensitivity != nil), ("--dimension", dimension != nil),
      ("--dropout-share", dropoutShare != nil), ("--colluding-share", colludingShare != nil),
    ]
    guard isUsed else {
      if let (name, _) = given.first(where: \.1) {
        throw ValidationError("\(name) goes with --find cohort; leave it out")
      }
      return
    }
    guard (skellam == nil) != (discreteGaussian == nil) else {
      throw ValidationError(
        "--find cohort needs the noise of one device; write one of --skellam and --discrete-gaussian"
      )
    }
    for (name, variance) in [("--skellam", skellam), ("--discrete-gaussian", discreteGaussian)] {
      if let variance, !(variance > 0 && variance.isFinite) {
        throw ValidationError("\(name) is \(variance); write a finite number above 0")
      }
    }
    let (dropout, colluding) = (dropoutShare ?? 0, colludingShare ?? 0)
    guard dropout >= 0, colluding >= 0, dropout + colluding < 1 else {
      throw ValidationError(
        "--dropout-share \(dropout) and --colluding-share \(colluding) are not possible together; "
          + "write shares of at least 0 that sum to less than 1")
    }
    if let squaredSensitivity, !(squaredSensitivity >= 0 && squaredSensitivity.isFinite) {
      throw ValidationError(
        "--squared-sensitivity is \(squaredSensitivity); write a finite number, 0 or more")
    }
    if let dimension, dimension < 1 {
      throw ValidationError("--dimension is \(dimension); write 1 or more")
    }
  }

  /// One release with the noise of this many honest devices.
  func event(honest: Int) -> MechanismEvent {
    let shift = MechanismEvent.IntegerShift.norm(
      squared: squaredSensitivity ?? 1, dimension: dimension ?? 1)
    if let skellam { return .skellam(variance: skellam * Double(honest), shift: shift) }
    return .discreteGaussianSum(
      variance: discreteGaussian ?? 0, contributors: honest, shift: shift)
  }

  func leastCohort(honest: Int) -> Int? {
    CohortAssurance.leastCohort(
      honest: honest, dropoutShare: dropoutShare ?? 0, colludingShare: colludingShare ?? 0)
  }

  /// What has to be true of the cohort.
  var assumption: String {
    "at most \(dropoutShare ?? 0) of the cohort drop out and at most \(colludingShare ?? 0) of it work "
      + "with the coordinator, who sees sums only"
  }
}
