internal import CryptoPrimitives
internal import RingArithmetic

/// A stretch of keystream that stays in the first-level cache: 16 KiB of guarded memory.
struct MaskTile: ~Copyable {
  private static let byteCount = 1 << 14

  private var keystream = SecretBytes(zeros: byteCount)
  private let wordByteCount: Int

  init(for modulus: RingModulus) { wordByteCount = modulus.maskWordByteCount }

  /// Coordinates that one tile masks.
  static func coordinateCount(for modulus: RingModulus) -> Int {
    byteCount / modulus.maskWordByteCount
  }

  var coordinateCount: Int { Self.byteCount / wordByteCount }

  /// Applies one tile of mask `index` to `vector` from coordinate `offset` on.
  ///
  /// - Parameter position: The place of that coordinate in the whole vector, a multiple of
  ///   `coordinateCount`.
  mutating func apply(
    _ keys: borrowing SecretBytes, _ index: Int, to vector: inout RingVector, at offset: Int,
    ofWhole position: Int, _ sign: MaskSign
  ) {
    precondition(
      position.isMultiple(of: coordinateCount), "a tile starts at a multiple of its size")
    let byteCount = min(coordinateCount, vector.count - offset) * wordByteCount
    let firstBlock = UInt64(position * wordByteCount / ChaCha20.blockByteCount)
    unsafe keystream.withUnsafeMutableBuffer { tile in
      let part = unsafe UnsafeMutableRawBufferPointer(rebasing: tile[..<byteCount])
      unsafe ChaCha20.keystream(keys: keys, index: index, firstBlock: firstBlock, into: part)
      unsafe vector.apply(UnsafeRawBufferPointer(part), at: offset, sign)
    }
  }
}
