internal import RingArithmetic
internal import SecureAggregation

/// packing.json: vectors as bytes, and bytes whose padding is not zero.
struct PackingVectors: VectorSuite {
  struct Packing: Decodable {
    let name: String
    let b: Int
    let d: Int
    let values: [UInt32]
    let packed: Hex
  }
  struct Bad: Decodable {
    let name: String
    let b: Int
    let d: Int
    let packed: Hex
    let code: UInt32
  }
  let packings: [Packing]
  let bad: [Bad]

  func verify(
    _ checks: inout VectorChecks, rounds: RoundScripts
  ) async throws(ProtocolVectorError) {
    for vector in try checks.list("packings", packings) { try verify(vector, &checks) }
    for vector in try checks.list("bad", bad) {
      try checks.begin(vector.name)
      let packing = try checks.packing(vector.b)
      try checks.limited("d", vector.d, 1...RoundConfig.mostDimension)
      do throws(PackingError) {
        _ = try Self.unpacked(vector.packed.bytes, vector.d, packing)
        checks.fail("code", found: "accepted", expected: "\(vector.code)")
      } catch {
        let code = error == .nonZeroPadding ? AbortCode.padding : .length
        checks.equal("code", code.rawValue, vector.code)
      }
    }
  }

  private func verify(_ vector: Packing, _ checks: inout VectorChecks) throws(ProtocolVectorError) {
    try checks.begin(vector.name)
    let packing = try checks.packing(vector.b)
    try checks.limited("d", vector.d, 1...RoundConfig.mostDimension)
    let values = RingVector(reducing: vector.values, modulus: packing.modulus)
    checks.equal("packed", packing.pack(values), vector.packed.bytes)
    do {
      let sum = try Self.unpacked(vector.packed.bytes, vector.d, packing)
      checks.equal("values", sum.words, vector.values)
    } catch {
      checks.fail("values", found: "refused: \(error)", expected: "the vector")
    }
  }

  private static func unpacked(
    _ bytes: [UInt8], _ count: Int, _ packing: BitPacking
  ) throws(PackingError) -> RingVector {
    var sum = RingVector(zeros: count, modulus: packing.modulus)
    try unsafe packing.add(bytes.span.bytes, to: &sum, 0..<count)
    return sum
  }
}
