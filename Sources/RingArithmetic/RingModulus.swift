/// The modulus 2^b of the ring in which contributions are added.
package struct RingModulus: Sendable, Equatable {
  /// Widths a ring may have: a coordinate must fit a 32-bit word.
  package static let supportedBits = 8...32

  /// The width b.
  package let bits: Int

  /// The ring of integers modulo 2^`bits`.
  ///
  /// - Range: `bits` from 8 to 32; anything else is the caller's bug.
  package init(bits: Int) {
    precondition(
      Self.supportedBits.contains(bits), "a ring has 8 to 32 bits per coordinate, not \(bits)")
    self.bits = bits
  }

  /// The bits of a word that belong to the ring.
  package var mask: UInt32 { UInt32.max >> UInt32(32 - bits) }

  /// The representative of `word` in [-2^(b-1), 2^(b-1)).
  package func centered(_ word: UInt32) -> Int32 {
    let shift = Int32(32 - bits)
    return Int32(bitPattern: word << UInt32(shift)) >> shift
  }
}
