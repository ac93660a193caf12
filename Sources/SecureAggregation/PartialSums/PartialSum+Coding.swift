internal import CryptoPrimitives
internal import RingArithmetic

extension PartialSum {
  /// The message, which is not signed: it passes between parts of one coordinator.
  ///
  /// - Range: the ring has a width that travels.
  package var encoded: [UInt8] {
    guard let packing = BitPacking(vector.modulus) else {
      preconditionFailure("no packing for \(vector.modulus.bits) bits")
    }
    var bytes = MessageKind.partialSum.header
    transcript.append(to: &bytes)
    bytes.append(littleEndian: UInt32(members.cohortSize))
    bytes.append(littleEndian: UInt32(members.count))
    bytes += members.bitmap
    bytes.append(littleEndian: UInt32(vector.count))
    bytes.append(littleEndian: UInt32(vector.modulus.bits))
    return bytes + packing.pack(vector)
  }

  /// The partial sum that `bytes` encode.
  package init(decoding bytes: [UInt8]) throws(ProtocolError) {
    var reader = ByteReader(bytes)
    guard try reader.header() == .partialSum else { throw ProtocolError(.kind, "header.kind") }
    let transcript = try reader.bytes32("PartialSum.T3")
    let cohortSize = try reader.cohortSize("PartialSum.n")
    let count = Int(try reader.u32("PartialSum.count"))
    guard 1...cohortSize ~= count else { throw ProtocolError(.count, "PartialSum.count") }
    let members = try reader.bitmap(cohortSize, "PartialSum.members")
    let dimension = try reader.dimension("PartialSum.d")
    let modulus = RingModulus(bits: try reader.ringBits("PartialSum.b"))
    guard let packing = BitPacking(modulus) else {
      throw ProtocolError(.range, "PartialSum.b")
    }
    let packed = try reader.bytes(packing.byteCount(of: dimension), "PartialSum.vector")
    var sum = PartialSum(
      transcript: transcript, members: CohortSet(cohortSize: cohortSize),
      vector: RingVector(zeros: dimension, modulus: modulus))
    // Any index will do: the real members replace it.
    try unsafe sum.add(packed.span.bytes, of: 0, packing: packing)
    try reader.finish("PartialSum.vector")
    guard members.count == count else { throw ProtocolError(.count, "PartialSum.count") }
    self.init(transcript: transcript, members: members, vector: sum.vector)
  }
}
