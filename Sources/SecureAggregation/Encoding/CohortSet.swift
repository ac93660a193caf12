/// A set of cohort indices.
package struct CohortSet: Sendable, Hashable {
  /// n: indices are below it.
  package let cohortSize: Int
  /// Bit i is bit i mod 8, least significant first, of byte i / 8.
  package private(set) var bitmap: [UInt8]
  package private(set) var count: Int

  /// The empty set.
  package init(cohortSize: Int) {
    self.cohortSize = cohortSize
    bitmap = [UInt8](repeating: 0, count: (cohortSize + 7) / 8)
    count = 0
  }

  /// The set of the given indices.
  package init(_ indices: some Sequence<Int>, cohortSize: Int) {
    self.init(cohortSize: cohortSize)
    for index in indices { insert(index) }
  }

  /// The set with the given bitmap, or nil if that has a wrong length or a bit beyond the cohort.
  package init?(bitmap: [UInt8], cohortSize: Int) {
    guard bitmap.count == (cohortSize + 7) / 8 else { return nil }
    if !cohortSize.isMultiple(of: 8), let last = bitmap.last {
      guard last >> UInt8(cohortSize % 8) == 0 else { return nil }
    }
    self.cohortSize = cohortSize
    self.bitmap = bitmap
    count = bitmap.reduce(0) { $0 + $1.nonzeroBitCount }
  }

  /// Whether `index` is in the set; no index beyond the cohort is.
  package func contains(_ index: Int) -> Bool {
    guard (0..<cohortSize).contains(index) else { return false }
    return bitmap[index / 8] >> UInt8(index % 8) & 1 == 1
  }

  /// Puts an index below `cohortSize` into the set.
  package mutating func insert(_ index: Int) {
    precondition(
      (0..<cohortSize).contains(index), "no client \(index) in a cohort of \(cohortSize)")
    guard !contains(index) else { return }
    bitmap[index / 8] |= 1 << UInt8(index % 8)
    count += 1
  }

  /// The members in ascending order.
  package var indices: [Int] { (0..<cohortSize).filter { contains($0) } }

  package func isSubset(of other: CohortSet) -> Bool {
    cohortSize == other.cohortSize && zip(bitmap, other.bitmap).allSatisfy { $0 & ~$1 == 0 }
  }

  package func isDisjoint(with other: CohortSet) -> Bool {
    zip(bitmap, other.bitmap).allSatisfy { $0 & $1 == 0 }
  }

  /// The members that are not in `other`.
  package func subtracting(_ other: CohortSet) -> CohortSet {
    CohortSet(indices.filter { !other.contains($0) }, cohortSize: cohortSize)
  }

  /// Adds the members of another set over the same cohort.
  package mutating func formUnion(_ other: CohortSet) {
    precondition(other.cohortSize == cohortSize, "sets over different cohorts")
    for index in bitmap.indices { bitmap[index] |= other.bitmap[index] }
    count = bitmap.reduce(0) { $0 + $1.nonzeroBitCount }
  }
}
