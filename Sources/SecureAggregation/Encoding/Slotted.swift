internal import CryptoPrimitives

/// Something that belongs to a slot: the place of one client among the holders of another's shares.
package struct Slotted<Value: Sendable>: Sendable {
  /// From 1 on, as seen by the client that sends or receives the list.
  package let slot: Int
  package let value: Value

  package init(slot: Int, value: Value) {
    self.slot = slot
    self.value = value
  }
}

extension Slotted: Equatable where Value: Equatable {}

enum SlotLimits {
  /// Entries in a list, and the largest slot.
  static let mostEntries = 1_023
}

extension [UInt8] {
  /// Appends a count and that many slots, each followed by its value.
  mutating func append<Value>(
    _ entries: [Slotted<Value>], _ appendValue: (inout [UInt8], Value) -> Void
  ) {
    append(littleEndian: UInt32(entries.count))
    for entry in entries {
      append(littleEndian: UInt32(entry.slot))
      appendValue(&self, entry.value)
    }
  }
}

extension ByteReader {
  /// A list of entries, each with a slot, in ascending slots.
  mutating func slotted<Value>(
    _ place: StaticString, _ value: (inout ByteReader) throws(ProtocolError) -> Value
  ) throws(ProtocolError) -> [Slotted<Value>] {
    var entries: [Slotted<Value>] = []
    for _ in 0..<(try count(0...SlotLimits.mostEntries, place)) {
      let slot = try count(1...SlotLimits.mostEntries, place)
      guard slot > entries.last?.slot ?? 0 else { throw ProtocolError(.order, place) }
      entries.append(Slotted(slot: slot, value: try value(&self)))
    }
    return entries
  }
}
