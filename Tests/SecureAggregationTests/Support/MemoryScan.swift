#if os(Linux)
  import Foundation
  import Synchronization

  /// Looks for bytes in all memory that this process can write to.
  ///
  /// The memory is read through the kernel, so that a stretch that another thread gives back meanwhile is
  /// left out and not a crash.
  enum MemoryScan {
    /// Which memory is read.
    enum Extent {
      case all
      /// What the kernel would write into a core file: all that was not marked as "do not dump".
      case coreFile
    }

    /// One scan at a time: what one reads and looks for would lie in the memory that another reads.
    private static let turn = Mutex(())

    /// How many copies of some bytes there are.
    ///
    /// - Parameter complement: The bytes with every bit flipped, so that asking makes no copy that lasts.
    static func copies(ofComplementOf complement: [UInt8], in extent: Extent = .all) throws -> Int {
      try turn.withLock { _ in try scan(complement, in: extent) }
    }

    private static func scan(_ complement: [UInt8], in extent: Extent) throws -> Int {
      // Two pages of the window repeat, so that bytes across the end of one read are found by the next.
      let window = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
      let needle = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: complement.count)
      defer {
        unsafe window.initializeMemory(as: UInt8.self, repeating: 0)
        unsafe window.deallocate()
        unsafe needle.initialize(repeating: 0)
        unsafe needle.deallocate()
      }
      for (index, byte) in complement.enumerated() { unsafe needle[index] = ~byte }
      let memory = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/mem"))
      defer { try? memory.close() }
      let own = [
        UInt(bitPattern: window.baseAddress), UInt(bitPattern: needle.baseAddress),
      ]
      var count = 0
      for stretch in try writableMemory(extent) {
        var position = stretch.lowerBound
        while position < stretch.upperBound {
          let length = min(window.count, Int(stretch.upperBound - position))
          let read = unsafe pread(
            memory.fileDescriptor, window.baseAddress, length, off_t(Int(bitPattern: position)))
          guard read > 0 else { break }
          for offset in unsafe places(
            of: UnsafeRawBufferPointer(needle),
            in: UnsafeRawBufferPointer(rebasing: window[..<read]))
          {
            let address = position + UInt(offset)
            let isOwn =
              address == own[1] || (own[0]..<(own[0] + UInt(window.count))).contains(address)
            if !isOwn { count += 1 }
          }
          if read < length || read == Int(stretch.upperBound - position) { break }
          position += UInt(read - needle.count + 1)
        }
      }
      return count
    }

    private static func writableMemory(_ extent: Extent) throws -> [Range<UInt>] {
      // Foundation takes the size of the file, which is 0 here, for a hint, and stops after a page.
      let maps = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/smaps"))
      defer { try? maps.close() }
      var text = Data()
      while let part = try maps.read(upToCount: 1 << 16), !part.isEmpty { text += part }
      var stretches: [Range<UInt>] = []
      var stretch: Range<UInt>?
      for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
        let fields = line.split(separator: " ", omittingEmptySubsequences: true)
        let bounds = fields[0].split(separator: "-").compactMap { UInt(String($0), radix: 16) }
        if bounds.count == 2, fields.count >= 2 {
          let isRead = fields[1].hasPrefix("rw") && !line.hasSuffix("[vvar]")
          stretch = isRead ? bounds[0]..<bounds[1] : nil
        } else if fields[0] == "VmFlags:", let found = stretch {
          // The last line of each stretch; "dd" is "do not dump".
          if extent == .all || !fields.contains("dd") { stretches.append(found) }
        }
      }
      return stretches
    }

    private static func places(
      of needle: UnsafeRawBufferPointer, in haystack: UnsafeRawBufferPointer
    ) -> [Int] {
      guard let pattern = needle.baseAddress, let start = haystack.baseAddress else { return [] }
      var places: [Int] = []
      var position = 0
      while position + needle.count <= haystack.count,
        let found = unsafe memchr(
          start + position, Int32(needle[0]), haystack.count - needle.count + 1 - position)
      {
        let offset = unsafe UnsafeRawPointer(found) - start
        if unsafe memcmp(found, pattern, needle.count) == 0 { places.append(offset) }
        position = offset + 1
      }
      return places
    }
  }
#endif
