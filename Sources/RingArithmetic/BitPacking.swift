internal import CKernels

/// How coordinates of b bits travel: without gaps, least significant bit first.
///
/// Coordinate e fills bits b e to b (e + 1) - 1 of a little-endian bit string. Its length is rounded up
/// to whole groups of eight coordinates, b bytes each; the bits after the last coordinate are zero, and
/// whoever unpacks refuses any that are not, so that a vector has exactly one encoding.
package struct BitPacking: Sendable, Equatable {
  /// The widths that travel.
  package static let supportedBits = [16, 20, 24, 32]

  package let modulus: RingModulus

  /// The packing of vectors over the ring, or nil if its width is not among `supportedBits`.
  package init?(_ modulus: RingModulus) {
    guard Self.supportedBits.contains(modulus.bits) else { return nil }
    self.modulus = modulus
  }

  /// Coordinates in a group: the least number that fills whole bytes at every width.
  package static let groupCount = 8

  /// Bytes that `count` coordinates take.
  package func byteCount(of count: Int) -> Int {
    (count + Self.groupCount - 1) / Self.groupCount * modulus.bits
  }

  /// The coordinates of `range`, packed.
  ///
  /// - Range: `range` starts at a multiple of eight; unless it is the last, it ends at one.
  package func pack(_ vector: RingVector, _ range: Range<Int>) -> [UInt8] {
    check(vector, range)
    return unsafe [UInt8](unsafeUninitializedCapacity: byteCount(of: range.count)) {
      packed, filled in
      filled = byteCount(of: range.count)
      guard let target = packed.baseAddress else { return }
      // Only the last group is not filled whole by its coordinates.
      let tail = unsafe UnsafeMutableRawBufferPointer(packed).suffix(modulus.bits)
      unsafe UnsafeMutableRawBufferPointer(rebasing: tail)
        .initializeMemory(as: UInt8.self, repeating: 0)
      unsafe vector.words.withUnsafeBufferPointer { words in
        guard let source = words.baseAddress else { return }
        unsafe silhouette_ring_pack(
          source + range.lowerBound, range.count, UInt32(modulus.bits), target)
      }
    }
  }

  /// The whole vector, packed.
  package func pack(_ vector: RingVector) -> [UInt8] { pack(vector, 0..<vector.count) }

  /// Adds packed coordinates to those of `range`.
  ///
  /// - Throws: `PackingError`; `vector` is then unchanged.
  package func add(
    _ packed: RawSpan, to vector: inout RingVector, _ range: Range<Int>
  ) throws(PackingError) {
    check(vector, range)
    guard packed.byteCount == byteCount(of: range.count) else {
      throw .wrongLength(byteCount: packed.byteCount, expected: byteCount(of: range.count))
    }
    guard hasZeroPadding(packed, after: range.count) else { throw .nonZeroPadding }
    unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.tileCount) { tile in
      guard let words = tile.baseAddress else { return }
      unsafe packed.withUnsafeBytes { packed in
        guard let source = unsafe packed.baseAddress?.assumingMemoryBound(to: UInt8.self)
        else { return }
        for start in stride(from: 0, to: range.count, by: Self.tileCount) {
          let count = min(Self.tileCount, range.count - start)
          unsafe silhouette_ring_unpack(
            source + byteCount(of: start), count, UInt32(modulus.bits), words)
          unsafe vector.add(
            UnsafeBufferPointer(start: words, count: count), at: range.lowerBound + start)
        }
      }
    }
  }

  /// Coordinates unpacked at once, 8 KiB of words: a multiple of eight that stays in cache.
  private static let tileCount = 2048

  private func hasZeroPadding(_ packed: RawSpan, after count: Int) -> Bool {
    let usedBits = count % Self.groupCount * modulus.bits
    guard usedBits > 0 else { return true }
    let start = packed.byteCount - modulus.bits
    for index in usedBits / 8..<modulus.bits {
      let byte = unsafe packed.unsafeLoad(fromByteOffset: start + index, as: UInt8.self)
      let usedInByte = max(0, usedBits - 8 * index)
      if usedInByte < 8 && byte >> UInt8(usedInByte) != 0 { return false }
    }
    return true
  }

  private func check(_ vector: RingVector, _ range: Range<Int>) {
    precondition(vector.modulus == modulus, "a vector of another ring")
    precondition(
      range.lowerBound >= 0 && range.upperBound <= vector.count, "no coordinates \(range)")
    precondition(range.lowerBound.isMultiple(of: Self.groupCount), "a group is not split")
    precondition(
      range.upperBound == vector.count || range.upperBound.isMultiple(of: Self.groupCount),
      "a group is not split")
  }
}

/// Why packed coordinates were refused.
package enum PackingError: Error, Equatable {
  /// The bytes are not those of so many coordinates.
  case wrongLength(byteCount: Int, expected: Int)
  /// A bit after the last coordinate is set.
  case nonZeroPadding
}
