internal import CryptoPrimitives
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

  /// Calls `body` with the packed vector, piece by piece, which follows the header.
  package func forEachPiece<Failure: Error>(
    _ body: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    try Self.forEachPiece(of: vector, packing, body)
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
