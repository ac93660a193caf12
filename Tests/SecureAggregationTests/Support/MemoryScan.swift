#if os(Linux)
  import Foundation

  /// Looks for bytes in all memory that this process can write to.
  enum MemoryScan {
    /// How many copies of some bytes there are.
    ///
    /// - Parameter complement: The bytes with every bit flipped, so that asking makes no copy that lasts.
    static func copies(ofComplementOf complement: [UInt8]) throws -> Int {
      let maps = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
      let needle = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: complement.count)
      defer {
        unsafe needle.initialize(repeating: 0)
        unsafe needle.deallocate()
      }
      for (index, byte) in complement.enumerated() { unsafe needle[index] = ~byte }
      var count = 0
      for line in maps.split(separator: "\n") {
        let fields = line.split(separator: " ", omittingEmptySubsequences: true)
        guard fields.count >= 2, fields[1].hasPrefix("rw"), !line.hasSuffix("[vvar]") else {
          continue
        }
        let bounds = fields[0].split(separator: "-").compactMap { UInt(String($0), radix: 16) }
        guard bounds.count == 2 else { continue }
        unsafe count += copies(of: UnsafeRawBufferPointer(needle), from: bounds[0], to: bounds[1])
      }
      return count
    }

    private static func copies(
      of needle: UnsafeRawBufferPointer, from start: UInt, to end: UInt
    ) -> Int {
      guard let first = unsafe needle.first, let pattern = needle.baseAddress else { return 0 }
      var count = 0
      var position = start
      while position + UInt(needle.count) <= end,
        let memory = unsafe UnsafeRawPointer(bitPattern: position),
        let found = unsafe memchr(memory, Int32(first), Int(end - position) - needle.count + 1)
      {
        if unsafe memcmp(found, pattern, needle.count) == 0 && UnsafeRawPointer(found) != pattern {
          count += 1
        }
        position = UInt(bitPattern: found) + 1
      }
      return count
    }
  }
#endif
