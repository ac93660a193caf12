internal import CKernels

/// Whether a mask is added to a vector or taken away.
package enum MaskSign: Sendable {
  case added
  case subtracted

  /// The sign that undoes this one.
  package var inverse: MaskSign { self == .added ? .subtracted : .added }
}

extension RingModulus {
  /// Keystream bytes that make one coordinate of a mask: a little-endian word, reduced modulo 2^b.
  ///
  /// A word of twice 8 or four times 8 bits reduces modulo a power of two without any bias.
  package var maskWordByteCount: Int { bits <= 16 ? 2 : 4 }
}

extension RingVector {
  /// Adds a stretch of a mask to the coordinates from `offset` on, or takes it away.
  ///
  /// - Parameter keystream: `maskWordByteCount` bytes for each coordinate that is touched.
  /// - Timing: depends on the number of coordinates only.
  package mutating func apply(
    _ keystream: UnsafeRawBufferPointer, at offset: Int, _ sign: MaskSign
  ) {
    let wordByteCount = modulus.maskWordByteCount
    let count = keystream.count / wordByteCount
    precondition(keystream.count.isMultiple(of: wordByteCount), "half a mask word")
    precondition(offset >= 0 && offset + count <= self.count, "a mask beyond the vector")
    guard let mask = keystream.baseAddress else { return }
    let modulusMask = modulus.mask
    unsafe withUnsafeMutableWords { words in
      guard let target = unsafe words.baseAddress.map({ unsafe $0 + offset }) else { return }
      if wordByteCount == 2 {
        let narrow = unsafe mask.assumingMemoryBound(to: UInt16.self)
        switch sign {
        case .added: unsafe silhouette_ring_add_narrow(target, narrow, count, modulusMask)
        case .subtracted:
          unsafe silhouette_ring_subtract_narrow(target, narrow, count, modulusMask)
        }
      } else {
        let wide = unsafe mask.assumingMemoryBound(to: UInt32.self)
        switch sign {
        case .added: unsafe silhouette_ring_add(target, wide, count, modulusMask)
        case .subtracted: unsafe silhouette_ring_subtract(target, wide, count, modulusMask)
        }
      }
    }
  }
}
