internal import CryptoPrimitives

/// A signed header and the packed vector that it describes: message kind 6, whole.
package struct InputMessage: Sendable {
  package let header: Signed<InputHeader>
  /// As long as the header says.
  package let packed: ArraySlice<UInt8>

  /// The message that `bytes` encode.
  ///
  /// The vector's digest and padding are not looked at: that takes the round's dimension.
  package init(decoding bytes: [UInt8]) throws(ProtocolError) {
    header = try Signed<InputHeader>(decoding: Array(bytes.prefix(InputHeader.byteCount)))
    let packedByteCount = bytes.count - InputHeader.byteCount
    guard packedByteCount >= header.content.length else {
      throw ProtocolError(.truncated, "Input.vector")
    }
    guard packedByteCount == header.content.length else {
      throw ProtocolError(.trailing, "Input.vector")
    }
    packed = bytes[InputHeader.byteCount...]
  }

  package var encoded: [UInt8] { header.encoded + packed }

  /// Whether the vector is the one whose digest was signed.
  package var hasSignedVector: Bool {
    var digest = VectorDigest(length: packed.count)
    unsafe digest.update(packed.span.bytes)
    return digest.finalize() == header.content.digest
  }
}
