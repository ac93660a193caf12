package import CryptoPrimitives
package import RingArithmetic

/// A masked vector on its way to the coordinator: message kind 6.
///
/// It hides the contribution perfectly as long as one mask in it is unknown. Its bytes are made piece
/// by piece, so no second copy of the vector is needed to send it, and are the same each time.
package struct MaskedInput: Sendable {
  /// Header and signature: what is sent first.
  package let header: [UInt8]
  package let vector: RingVector
  private let packing: BitPacking

  /// Coordinates in a piece, a multiple of the group that fills whole bytes.
  private static let pieceCount = 1 << 13

  init(
    _ vector: consuming RingVector, packing: BitPacking, transcript: Bytes32, index: Int,
    signedBy identity: Identity
  ) {
    let length = packing.byteCount(of: vector.count)
    var digest = VectorDigest(length: length)
    Self.forEachPiece(of: vector, packing) { piece in unsafe digest.update(piece.span.bytes) }
    header =
      identity.message(
        InputHeader(
          transcript: transcript, index: index, length: length, digest: digest.finalize())
      )
    self.vector = vector
    self.packing = packing
  }

  /// Bytes of the whole message.
  package var byteCount: Int { header.count + packing.byteCount(of: vector.count) }

  /// At most `count` bytes of the message, from byte `offset` on; none behind its end.
  package func bytes(from offset: Int, count: Int) -> [UInt8] {
    let end = min(offset + count, byteCount)
    guard offset < end else { return [] }
    var bytes = Array(header[min(offset, header.count)..<min(end, header.count)])
    let body = max(offset - header.count, 0)..<max(end - header.count, 0)
    // A group of eight coordinates fills as many bytes as a coordinate has bits.
    let group = vector.modulus.bits
    let groups = body.lowerBound / group..<(body.upperBound + group - 1) / group
    guard !groups.isEmpty else { return bytes }
    let first = groups.lowerBound * BitPacking.groupCount
    let packed = packing.pack(
      vector, first..<min(groups.upperBound * BitPacking.groupCount, vector.count))
    let start = groups.lowerBound * group
    bytes += packed[(body.lowerBound - start)..<(body.upperBound - start)]
    return bytes
  }

  /// The digest of the whole message, which a coordinator acknowledges it with.
  package var digest: Bytes32 {
    var digest = Blake2bDigest()
    digest.update(header)
    Self.forEachPiece(of: vector, packing) { piece in digest.update(piece) }
    return digest.finalize()
  }

  /// The whole message at once.
  package var encoded: [UInt8] { header + packing.pack(vector) }

  private static func forEachPiece<Failure: Error>(
    of vector: RingVector, _ packing: BitPacking, _ body: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    for start in stride(from: 0, to: vector.count, by: pieceCount) {
      try body(packing.pack(vector, start..<min(start + pieceCount, vector.count)))
    }
  }
}
