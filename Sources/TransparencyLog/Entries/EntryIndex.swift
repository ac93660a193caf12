/// Where in a log the entry with each key is.
package struct EntryIndex: Sendable {
  private var places: [EntryKey: UInt64] = [:]

  package init() {}

  /// Two entries of a log with one key, by their places: `EntryEvidence` once there are proofs.
  package struct Conflict: Error, Sendable, Equatable {
    package let key: EntryKey
    package let first: UInt64
    package let second: UInt64

    package init(key: EntryKey, first: UInt64, second: UInt64) {
      self.key = key
      self.first = first
      self.second = second
    }
  }

  /// Notes that the entry at `index` has `key`.
  ///
  /// - Throws: if another entry has it; the index keeps the first.
  package mutating func insert(_ key: EntryKey, at index: UInt64) throws(Conflict) {
    if let first = places[key] {
      guard first != index else { return }
      throw Conflict(key: key, first: first, second: index)
    }
    places[key] = index
  }

  /// Where the entry with a key is; nil if there is none yet.
  package subscript(key: EntryKey) -> UInt64? { places[key] }
}
