internal import SecureAggregation

/// partial_sums.json: masked partial sums that can be combined, and those that cannot.
struct PartialSumVectors: VectorSuite {
  struct Combination: Decodable {
    let name: String
    let left: Hex
    let right: Hex
    let combined: Hex?
    let code: UInt32?
    let reason: String?
  }
  let combinations: [Combination]
  let refusals: [Combination]

  func verify(
    _ checks: inout VectorChecks, rounds: RoundScripts
  ) async throws(ProtocolVectorError) {
    for vector in try checks.list("combinations", combinations) {
      var (sum, right) = try parts(vector, &checks)
      let combined = try checks.required("combined", vector.combined)
      do throws(ProtocolError) {
        try sum.add(right)
        checks.equal("combined", sum.encoded, combined.bytes)
      } catch {
        checks.fail("combined", found: "refused: \(error)", expected: "a sum")
      }
    }
    for vector in try checks.list("refusals", refusals) {
      let (left, right) = try parts(vector, &checks)
      var sum = left
      let code = try checks.required("code", vector.code)
      checks.refused("code", code, vector.reason) { () throws(ProtocolError) in
        try sum.add(right)
      }
      checks.equal("left, after the refusal,", sum.encoded, left.encoded)
    }
  }

  private func parts(
    _ vector: Combination, _ checks: inout VectorChecks
  ) throws(ProtocolVectorError) -> (left: PartialSum, right: PartialSum) {
    try checks.begin(vector.name)
    let left = try checks.input("left") { () throws(ProtocolError) in
      try PartialSum(decoding: vector.left.bytes)
    }
    let right = try checks.input("right") { () throws(ProtocolError) in
      try PartialSum(decoding: vector.right.bytes)
    }
    return (left, right)
  }
}
