internal import CryptoPrimitives

/// Draws signed integers with given probabilities in constant time, but for the caches.
///
/// Magnitudes come from Walker's alias method over 2^k columns of equal mass 2^(127-k): a column
/// holds a threshold and an alias, and a uniform number below the column's mass yields the column
/// itself when it is below the threshold, else its alias. A sign is a coin of its own. One sample
/// takes exactly 128 random bits: a sign, 127 - k digits and k index bits.
/// - Privacy: the probabilities are exactly those of the masses that it was built from.
/// - Timing: the same instructions and the same number of random words for every sample. The address
///   that is read depends on uniformly random bits, of which the sample is a function: someone who
///   sees which cache lines a process touches learns about samples.
/// - Source: Walker 1977, "An efficient method for generating discrete random variables with general
///   distributions"; built as by Vose 1991, in integers.
struct AliasTable: Sendable {
  /// A column, as the 127-bit number threshold * 2^k + alias.
  struct Column: Sendable, Equatable {
    var high: UInt64
    var low: UInt64
  }

  /// Base-2 logarithm of the number of columns that a table may have.
  static let supportedIndexBits = 1...20

  /// k: base-2 logarithm of the number of columns.
  let indexBits: Int
  let columns: [Column]

  /// The table of a distribution, from the mass of zero and those of +v and -v together.
  ///
  /// - Range: at most 2^20 masses, whose sum is 2^127.
  init(folded masses: [UInt128]) {
    let bits = max(1, (masses.count - 1).bitWidth - (masses.count - 1).leadingZeroBitCount)
    precondition(
      Self.supportedIndexBits.contains(bits), "\(masses.count) values do not fit a table")
    precondition(
      masses.reduce(0, +) == UInt128(1) << UInt128(SymmetricMasses.totalBits),
      "the masses of a table must add up to one")
    indexBits = bits
    columns = Self.columns(of: masses, indexBits: bits)
  }

  /// How many random words one sample takes.
  static let wordsPerSample = 2

  /// One sample.
  func sample(using randomness: inout RandomStream) -> Int64 {
    let high = randomness.nextWord()
    return sample(high, randomness.nextWord())
  }

  /// The sample that two random words give.
  // The masks are arithmetic, so that no compiler has a condition to branch on.
  @inline(__always)
  func sample(_ high: UInt64, _ low: UInt64) -> Int64 {
    let indexMask = 1 &<< UInt64(truncatingIfNeeded: indexBits) &- 1
    let index = low & indexMask
    let column = columns[Int(truncatingIfNeeded: index)]
    // digits * 2^k + (2^k - 1) < threshold * 2^k + alias if and only if digits < threshold.
    let digits = low | indexMask
    let difference = digits &- column.low
    let borrow = ((~digits & column.low) | (~(digits ^ column.low) & difference)) >> 63
    // Both sides are below 2^63, so bit 63 of the difference says which is less.
    let isBelow = 0 &- (((high & (.max >> 1)) &- column.high &- borrow) >> 63)
    let magnitude = (index & isBelow) | (column.low & indexMask & ~isBelow)
    let sign = 0 &- (high >> 63)
    return Int64(bitPattern: (magnitude ^ sign) &- sign)
  }

  /// Adds an independent sample to every number, modulo its width.
  func add<Number: FixedWidthInteger>(
    to numbers: inout [Number], using randomness: inout RandomStream
  ) {
    var index = 0
    unsafe randomness.take(numbers.count, of: Self.wordsPerSample) { words in
      for first in stride(from: 0, to: words.count, by: Self.wordsPerSample) {
        let sample = unsafe sample(words[first], words[first + 1])
        numbers[index] &+= Number(truncatingIfNeeded: sample)
        index += 1
      }
    }
  }

  /// Vose's construction: columns that are too light are filled up from those that are too heavy.
  // Exact: a column receives precisely what it lacks, so after the last one nothing is left over.
  private static func columns(of masses: [UInt128], indexBits: Int) -> [Column] {
    let size = 1 << indexBits
    let capacity = UInt128(1) << UInt128(SymmetricMasses.totalBits - indexBits)
    var rest = masses + [UInt128](repeating: 0, count: size - masses.count)
    var columns = [Column](repeating: Column(high: 0, low: 0), count: size)
    // All columns before it that were too heavy have been brought down to their capacity.
    var donor = rest.firstIndex { $0 > capacity } ?? size
    for index in 0..<size where index >= masses.count || masses[index] <= capacity {
      var current = index
      while true {
        let isFull = rest[current] == capacity
        // A full column is its own alias, so its threshold may be anything below the capacity.
        let alias = isFull ? current : donor
        let threshold = isFull ? 0 : rest[current]
        let packed = threshold << UInt128(indexBits) | UInt128(alias)
        columns[current] = Column(
          high: UInt64(truncatingIfNeeded: packed >> 64), low: UInt64(truncatingIfNeeded: packed))
        if isFull { break }
        rest[donor] -= capacity - rest[current]
        guard rest[donor] <= capacity else { break }
        // The donor has become a column to fill, by the next donor.
        current = donor
        donor += 1
        while donor < size, rest[donor] <= capacity { donor += 1 }
      }
    }
    return columns
  }
}
