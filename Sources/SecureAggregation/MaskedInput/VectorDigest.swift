package import CryptoPrimitives
package import RingArithmetic

/// The digest of a packed vector, taken piece by piece: H(`fsa1/vector`; packed vector).
package struct VectorDigest: ~Copyable {
  private var digest = Blake2bDigest()
  private var missingByteCount: Int

  /// - Parameter length: Bytes of the whole packed vector.
  package init(length: Int) {
    missingByteCount = length
    var start = DomainLabel.vector.bytes
    start.append(littleEndian: UInt32(length))
    digest.update(start)
  }

  /// Takes in the next bytes.
  package mutating func update(_ bytes: RawSpan) {
    missingByteCount -= bytes.byteCount
    digest.update(bytes)
  }

  /// The digest of all bytes.
  ///
  /// - Range: exactly `length` bytes were taken in.
  package consuming func finalize() -> Bytes32 {
    precondition(missingByteCount == 0, "\(missingByteCount) bytes of the vector are missing")
    return digest.finalize()
  }
}

extension VectorDigest {
  /// The digest of a whole vector, packed: what a log names a sum by.
  package static func digest(of vector: RingVector, packing: BitPacking) -> Bytes32 {
    let packed = packing.pack(vector)
    var digest = VectorDigest(length: packed.count)
    unsafe digest.update(packed.span.bytes)
    return digest.finalize()
  }
}
