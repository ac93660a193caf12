package import CryptoPrimitives
package import RingArithmetic

/// The keys of several masks, in one piece of guarded memory, and what becomes of each mask.
package struct MaskKeys: ~Copyable, Sendable {
  private var keys: SecretBytes
  package private(set) var signs: [MaskSign] = []

  /// Room for `capacity` keys.
  package init(capacity: Int) {
    keys = SecretBytes(zeros: capacity * ChaCha20.keyByteCount)
    signs.reserveCapacity(capacity)
  }

  package var count: Int { signs.count }

  /// Appends the key that `secret` and `message` give.
  package mutating func append(
    derivedFrom secret: borrowing SecretBytes, message: LabeledMessage, _ sign: MaskSign
  ) {
    KeyDerivation.derive(
      from: secret, message: message, into: &keys, at: signs.count * ChaCha20.keyByteCount)
    signs.append(sign)
  }

  /// Applies all masks to the coordinates from `start` of the round's vector on, tile by tile.
  ///
  /// Every tile of the vector is loaded once and stays in cache while all keystreams pass over it.
  /// - Parameter vector: Coordinates `start` ..< `start + vector.count` of the whole vector.
  /// - Range: `start` is a multiple of `MaskTile.coordinateCount`.
  /// - Timing: depends on the number of keys and coordinates only.
  package func apply(to vector: inout RingVector, from start: Int = 0, inverted: Bool = false) {
    var tile = MaskTile(for: vector.modulus)
    for offset in stride(from: 0, to: vector.count, by: tile.coordinateCount) {
      for (index, sign) in signs.enumerated() {
        tile.apply(
          keys, index, to: &vector, at: offset, ofWhole: start + offset,
          inverted ? sign.inverse : sign)
      }
    }
  }
}
