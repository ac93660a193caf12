/// Writes zip archives of stored entries, including ones that no honest tool would write.
///
/// - Source: PKWARE APPNOTE 6.3.10 (2022), sections 4.3.7, 4.3.12 and 4.3.16.
struct ZipFixture {
  struct Entry {
    var name: String
    var content: [UInt8]
    /// Unix mode of the entry; 0o120000 marks a symbolic link.
    var mode: UInt32 = 0o100644
  }

  static func archive(_ entries: [Entry]) -> [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for entry in entries {
      let offset = UInt32(file.count)
      let name = Array(entry.name.utf8)
      var common: [UInt8] = little16(20) + little16(0) + little16(0) + little16(0) + little16(33)
      common += little32(checksum(entry.content))
      common += little32(UInt32(entry.content.count)) + little32(UInt32(entry.content.count))
      common += little16(UInt16(name.count)) + little16(0)
      file += little32(0x0403_4b50) + common + name + entry.content
      // "Version made by" 3.0 on Unix makes readers look at the mode.
      directory += little32(0x0201_4b50) + little16(0x031e) + common
      directory += little16(0) + little16(0) + little16(0) + little32(entry.mode << 16)
      directory += little32(offset) + name
    }
    let count = little16(UInt16(entries.count))
    let tail: [UInt8] =
      little32(0x0605_4b50) + little16(0) + little16(0) + count + count
      + little32(UInt32(directory.count)) + little32(UInt32(file.count)) + little16(0)
    return file + directory + tail
  }

  private static func little16(_ value: UInt16) -> [UInt8] {
    [UInt8(truncatingIfNeeded: value), UInt8(value >> 8)]
  }

  private static func little32(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// CRC-32 as in ISO 3309.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var remainder: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      remainder ^= UInt32(byte)
      for _ in 0..<8 {
        remainder = remainder & 1 == 1 ? (remainder >> 1) ^ 0xEDB8_8320 : remainder >> 1
      }
    }
    return ~remainder
  }
}
