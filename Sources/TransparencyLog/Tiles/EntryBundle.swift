internal import CryptoPrimitives

/// The entries whose hashes one tile of level 0 holds, as one file.
package enum EntryBundle {
  /// What the file holds: each entry after its length.
  package static func encoded(_ entries: some Sequence<[UInt8]>) -> [UInt8] {
    var bytes: [UInt8] = []
    for entry in entries {
      precondition(entry.count <= LogLimits.mostEntryBytes, "an entry of \(entry.count) bytes")
      bytes.append(littleEndian: UInt16(entry.count))
      bytes += entry
    }
    return bytes
  }

  /// The encoded entries of a file, at least as many as `tile` is wide.
  package static func entries(
    of tile: Tile, decoding bytes: [UInt8]
  ) throws(LogRefusal) -> [[UInt8]] {
    var reader = FieldReader(bytes)
    var entries: [[UInt8]] = []
    while !reader.isAtEnd {
      guard entries.count < Tile.fullWidth else { throw reader.refusal(.limit, "entries") }
      let count = Int(try reader.u16("entries.length"))
      guard count <= LogLimits.mostEntryBytes else {
        throw reader.refusal(.limit, "entries.length")
      }
      entries.append(try reader.bytes(count, "entries.entry"))
    }
    guard entries.count >= tile.width else { throw reader.refusal(.truncated, "entries") }
    return entries
  }
}
