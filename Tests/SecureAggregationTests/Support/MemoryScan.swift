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
      try copies(ofComplementsOf: [complement], in: extent)[0]
    }

    /// How many copies of each of several byte strings of one length there are, found in one pass.
    static func copies(
      ofComplementsOf complements: [[UInt8]], in extent: Extent = .all
    ) throws -> [Int] {
      try turn.withLock { _ in try scan(complements, in: extent) }
    }

    private static func scan(_ complements: [[UInt8]], in extent: Extent) throws -> [Int] {
      // The end of each read is read again, so that bytes across it are found by the next.
      let window = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
      let length = complements.first?.count ?? 0
      precondition(complements.allSatisfy { $0.count == length }, "byte strings of several lengths")
      let needles = UnsafeMutableRawBufferPointer.allocate(
        byteCount: length * complements.count, alignment: 1)
      defer {
        unsafe window.initializeMemory(as: UInt8.self, repeating: 0)
        unsafe window.deallocate()
        unsafe needles.initializeMemory(as: UInt8.self, repeating: 0)
        unsafe needles.deallocate()
      }
      for (place, complement) in complements.enumerated() {
        for (index, byte) in complement.enumerated() {
          unsafe needles[place * length + index] = ~byte
        }
      }
      let memory = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/mem"))
      defer { try? memory.close() }
      let own = unsafe [window, needles].map { buffer in
        let start = UInt(bitPattern: buffer.baseAddress)
        return start..<start + UInt(buffer.count)
      }
      var counts = [Int](repeating: 0, count: complements.count)
      for stretch in try writableMemory(extent) {
        var position = stretch.lowerBound
        while position < stretch.upperBound {
          let count = min(window.count, Int(stretch.upperBound - position))
          let read = unsafe pread(
            memory.fileDescriptor, window.baseAddress, count, off_t(Int(bitPattern: position)))
          guard read > 0 else { break }
          let found = unsafe UnsafeRawBufferPointer(rebasing: window[..<read])
          for place in complements.indices {
            let needle = unsafe needles[place * length..<(place + 1) * length]
            for offset in unsafe places(of: UnsafeRawBufferPointer(rebasing: needle), in: found) {
              let address = position + UInt(offset)
              if !own.contains(where: { $0.contains(address) }) { counts[place] += 1 }
            }
          }
          if read < count || read == Int(stretch.upperBound - position) { break }
          position += UInt(read - length + 1)
        }
      }
      return counts
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
        let found = unsafe findBytes(
          start + position, haystack.count - position, pattern, needle.count)
      {
        let offset = unsafe UnsafeRawPointer(found) - start
        places.append(offset)
        position = offset + 1
      }
      return places
    }
  }

  /// The C library's `memmem`, which its module does not export.
  @_silgen_name("memmem")
  private func findBytes(
    _ haystack: UnsafeRawPointer, _ haystackCount: Int, _ needle: UnsafeRawPointer,
    _ needleCount: Int
  ) -> UnsafeMutableRawPointer?
#endif
