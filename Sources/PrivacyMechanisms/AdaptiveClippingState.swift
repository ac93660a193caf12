internal import PrivacyAccounting

/// Clipping at a quantile of the users' norms, which are learned from noisy counts round by round.
///
/// A device sends its clipped update and one coordinate more: w (b - 1/2), where b is 1 if the update's
/// norm was at most C. With w = z_delta C / sigma_b the noise that protects the vector is z_delta C on the
/// update and, in units of bits, sigma_b on the sum of bits: the joint vector has norm at most
/// C' = C sqrt(1 + (z_delta / (2 sigma_b))^2), and z C' = z_delta C. So the bit goes through the same
/// path in the same message, and the one event of the round pays for it.
///
/// The state is a value: C of a round follows from the settings and what earlier rounds released.
/// - Source: Andrew, Thakkar, McMahan, Ramaswamy 2021, arXiv:1905.03871, Theorem 1.
package struct AdaptiveClippingState: Sendable, Equatable {
  /// What is fixed before the first round.
  package struct Settings: Sendable, Equatable {
    /// C of the first round.
    package var firstClipNorm: Double
    /// gamma: the share of updates that should not be clipped.
    package var quantile: Double
    /// eta: how fast C follows.
    package var rate: Double
    /// sigma_b: standard deviation of the noise that the sum of bits is certain to hold.
    ///
    /// A twentieth of the cohort is usual.
    package var bitDeviation: Double
    /// z: what one round is charged as.
    package var noiseMultiplier: Double

    package init(
      firstClipNorm: Double, quantile: Double = 0.5, rate: Double = 0.2, bitDeviation: Double,
      noiseMultiplier: Double
    ) {
      self.firstClipNorm = firstClipNorm
      self.quantile = quantile
      self.rate = rate
      self.bitDeviation = bitDeviation
      self.noiseMultiplier = noiseMultiplier
    }
  }

  /// C stays in this range, in which every mechanism has a scale.
  static let supportedClipNorms = 0x1p-40...0x1p40

  package let settings: Settings
  /// z_delta: noise on the update over C.
  package let updateMultiplier: Double
  /// C of the round that comes next.
  package private(set) var clipNorm: Double
  /// Rounds that were taken in.
  package private(set) var rounds = 0

  /// - Throws: `AdaptiveClippingError`; 2 sigma_b has to be above z.
  package init(_ settings: Settings) throws(AdaptiveClippingError) {
    func check(
      _ field: String, _ value: Double, _ allowed: String, _ isAllowed: Bool
    ) throws(AdaptiveClippingError) {
      guard isAllowed else { throw .outOfRange(field: field, value: value, allowed: allowed) }
    }
    try check(
      "firstClipNorm", settings.firstClipNorm, "2^-40 to 2^40",
      Self.supportedClipNorms.contains(settings.firstClipNorm))
    try check(
      "quantile", settings.quantile, "above 0 and below 1",
      settings.quantile > 0 && settings.quantile < 1)
    try check(
      "rate", settings.rate, "finite and above 0", settings.rate > 0 && settings.rate.isFinite)
    let multiplier = settings.noiseMultiplier
    try check(
      "noiseMultiplier", multiplier, "finite and above 0", multiplier > 0 && multiplier.isFinite)
    do {
      updateMultiplier = try AdaptiveClipping.noiseMultiplier(
        total: multiplier, countDeviation: settings.bitDeviation)
    } catch {
      throw .outOfRange(
        field: "bitDeviation", value: settings.bitDeviation,
        allowed: "finite and above half the noise multiplier of \(multiplier)")
    }
    self.settings = settings
    clipNorm = settings.firstClipNorm
  }

  /// w: what one bit is worth in update units.
  package var bitWeight: Double { updateMultiplier * clipNorm / settings.bitDeviation }

  /// The request of the coming round's mechanism: one coordinate more, noise and clip norm for both.
  ///
  /// - Parameter base: everything else; its clip norm and noise multiplier do not count.
  package func request(
    _ base: ContributionMechanism.Request
  ) -> ContributionMechanism.Request {
    var request = base
    request.dimension += 1
    let half = updateMultiplier / (2 * settings.bitDeviation)
    request.clipNorm = clipNorm * (1 + half * half).squareRoot()
    request.noiseMultiplier = settings.noiseMultiplier
    return request
  }

  /// A device's vector for the coming round: its update, clipped to C, and the weighted bit.
  ///
  /// NaN and infinity stay in it, for the mechanism to refuse.
  package func vector(for update: [Float]) -> [Float] {
    let norm = update.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    let isInside = norm <= clipNorm
    let factor = isInside ? 1 : clipNorm / norm
    var vector = isInside ? update : update.map { Float(Double($0) * factor) }
    vector.append(Float((isInside ? 0.5 : -0.5) * bitWeight))
    return vector
  }

  /// What the round released, apart.
  package struct Outcome: Sendable, Equatable {
    /// The noisy sum of clipped updates.
    package var values: [Float]
    /// The noisy share of updates that were not clipped, cut to [0, 1].
    package var insideShare: Double
  }

  /// Takes a round's release apart and moves C for the next one.
  ///
  /// The number of contributors is public under `zeroOut`, so the mean costs nothing beyond the sum.
  /// - Formula: C <- C exp(-eta (mean - gamma)).
  package mutating func absorb(_ release: Release) -> Outcome {
    var values = release.values
    let last = values.popLast() ?? 0
    let count = Double(max(1, release.contributors))
    let mean = Double(last) / bitWeight / count + 0.5
    let share = min(1, max(0, mean))
    let next = AdaptiveClipping.nextClip(
      clipNorm, fraction: share, quantile: settings.quantile, rate: settings.rate)
    clipNorm = min(
      Self.supportedClipNorms.upperBound, max(Self.supportedClipNorms.lowerBound, next))
    rounds += 1
    return Outcome(values: values, insideShare: share)
  }
}
