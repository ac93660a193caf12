/// A symmetric distribution on the integers with probabilities that are multiples of 2^-127.
///
/// It is the finite, integer version of a distribution whose probabilities fall from zero outwards and
/// that is given by the ratios of neighbors, r_v = P(v+1) / P(v). The *unit* below is 2^-127.
struct SymmetricMasses {
  /// Base-2 logarithm of the sum of all masses.
  static let totalBits = 127

  /// Probability of a tail that is left out, in units: 2^-100.
  static let tailCut = UInt128(1) << 27

  /// The mass of zero, then those of +v and -v together for v = 1, 2, ...; their sum is 2^127.
  ///
  /// All but the first are even, for the two signs are equally likely.
  let folded: [UInt128]

  /// An upper bound, in units, on the total-variation distance to the ideal distribution.
  ///
  /// - Formula: N d + 2 N^2 + 2 N + 4 plus the tail cut off, for N ratios with errors of at most d
  ///   times 2^-128. Proof in protocols/discrete-noise.md, section 2.
  let error: UInt128

  /// The masses that follow from ratios r_0 to r_(N-1), fractions of 128 bits.
  ///
  /// - Range: at most 2^20 ratios, each wrong by at most `ratioError` times 2^-128, beyond which
  ///   the ideal distribution has at most 2^-127 left.
  init(ratios: consuming [UInt128], ratioError: UInt128) {
    precondition(ratios.count <= 1 << 20, "too many ratios for the bound on their errors")
    // Slot v-1 holds r_(v-1), then the weight w_v in units of w_0 = 2^127, then the mass of v.
    var slots = ratios
    let total = Self.accumulate(&slots)
    // total = normalized 2^exponent but for a relative 2^-127, with normalized >= 2^127.
    let exponent = total.high.bitWidth - total.high.leadingZeroBitCount
    let normalized =
      exponent == 0
      ? total.low : total.low >> UInt128(exponent) | UInt128(total.high) << UInt128(128 - exponent)
    let inverse = normalized.dividingFullWidth((high: FixedPoint.one - 1, low: .max)).quotient
    var rest = FixedPoint.one
    for index in slots.indices {
      let mass = 2 * (FixedPoint.highProduct(slots[index], inverse) >> UInt128(exponent))
      slots[index] = mass
      rest -= mass
    }
    let steps = UInt128(slots.count)
    var cut: UInt128 = 0
    while let last = slots.last, cut + last <= Self.tailCut {
      cut += last
      slots.removeLast()
    }
    // What was rounded down or cut off goes to zero, so that the sum is exact.
    folded = [rest + cut] + slots
    error = steps * ratioError + 2 * steps * steps + 2 * steps + 4 + cut
  }

  /// How many ratios are needed: beyond 128 + 16 (s + 1) for s = floor(sqrt(variance)) nothing counts.
  ///
  /// Skellam and discrete Gaussian variables of a variance below `variance` + 1 exceed it with
  /// probability below 2^-168 (protocols/discrete-noise.md, section 3).
  static func ratioCount(variance: UInt64) -> Int {
    128 + 16 * (Int(FixedPoint.squareRoot(variance)) + 1)
  }

  /// Turns ratios into weights, in place, and returns w_0 plus twice their sum.
  private static func accumulate(_ slots: inout [UInt128]) -> (high: UInt64, low: UInt128) {
    var weight = FixedPoint.one
    var low = weight
    var high: UInt64 = 0
    for index in slots.indices {
      weight = FixedPoint.highProduct(weight, slots[index])
      slots[index] = weight
      // Twice a weight that is below 2^127.
      let (sum, carries) = low.addingReportingOverflow(weight << 1)
      low = sum
      if carries { high += 1 }
    }
    return (high, low)
  }
}
