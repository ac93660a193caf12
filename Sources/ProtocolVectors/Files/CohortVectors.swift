internal import CryptoPrimitives
internal import SecureAggregation

/// cohort.json: leaves, roots, transcripts, graph seeds, rings and holders.
struct CohortVectors: VectorSuite {
  struct Holders: Decodable {
    let index: Int
    let slotsAndHolders: [[Int]]
  }
  struct Cohort: Decodable {
    let name: String
    let n: Int
    let firstLeaf: Hex32
    let lastLeaf: Hex32
    let leavesHash: Hex32
    let root: Hex32
    let t0: Hex32
    let t1: Hex32
    let reveals: [Hex32]
    let graphSeed: Hex32
    let collusion: Int
    let dropout: Int
    let rule: UInt32
    let mode: UInt32
    let k: Int
    let t: Int
    let t2: Hex32
    let ringOrder: [Int]
    let holders: [Holders]
  }
  struct LargeRing: Decodable {
    let n: Int
    let graphSeed: Hex32
    let first16: [Int]
    let orderAsU32Hash: Hex32
  }
  let cohorts: [Cohort]
  let largeRing: LargeRing

  func verify(
    _ checks: inout VectorChecks, rounds: RoundScripts
  ) async throws(ProtocolVectorError) {
    for vector in try checks.list("cohorts", cohorts) { try verify(vector, &checks) }
    try verifyLargeRing(&checks)
  }

  private func verify(_ vector: Cohort, _ checks: inout VectorChecks) throws(ProtocolVectorError) {
    try checks.begin(vector.name)
    try checks.limited("n", vector.n, 3...RoundConfig.mostCohort)
    let tree = CohortTree((0..<vector.n).map { Self.advertise($0).leaf(at: $0) })
    checks.equal("first_leaf", tree.leaves.first, vector.firstLeaf.value)
    checks.equal("last_leaf", tree.leaves.last, vector.lastLeaf.value)
    checks.equal(
      "leaves_hash", Blake2b.digest(tree.leaves.flatMap(\.bytes)), vector.leavesHash.value)
    checks.equal("root", tree.root, vector.root.value)
    let gathered = Transcript.gathered(vector.t0.value, cohort: tree)
    checks.equal("t1", gathered, vector.t1.value)
    let seed = Beacon.graphSeed(cohort: gathered, values: vector.reveals.map(\.value))
    checks.equal("graph_seed", seed, vector.graphSeed.value)
    let parameters = try checks.parameters(
      vector.n, collusion: vector.collusion, dropout: vector.dropout, rule: vector.rule)
    checks.equal("mode", parameters.mode.rawValue, vector.mode)
    checks.equal("k", parameters.degree, vector.k)
    checks.equal("t", parameters.threshold, vector.t)
    checks.equal(
      "t2", Transcript.connected(gathered, seed: seed, parameters: parameters), vector.t2.value)
    let graph = CohortGraph(cohortSize: vector.n, parameters: parameters, seed: seed)
    // The complete graph needs no order; the files list the shuffle there, too.
    if parameters.mode == .ring { checks.equal("ring_order", graph.order, vector.ringOrder) }
    for (place, holders) in vector.holders.enumerated() {
      try checks.limited("holders[\(place)].index", holders.index, 0...vector.n - 1)
      let found = graph.holders(of: holders.index).map { [$0.slot, $0.index] }
      checks.equal("holders[\(place)].slots_and_holders", found, holders.slotsAndHolders)
    }
  }

  private func verifyLargeRing(_ checks: inout VectorChecks) throws(ProtocolVectorError) {
    try checks.begin("large_ring")
    try checks.limited(
      "n", largeRing.n, GraphParameters.mostComplete + 1...RoundConfig.mostCohort)
    let graph = CohortGraph(
      cohortSize: largeRing.n,
      parameters: GraphParameters(cohortSize: largeRing.n, faults: .c500d500, rule: .agreement),
      seed: largeRing.graphSeed.value)
    var bytes: [UInt8] = []
    for index in graph.order { bytes.append(littleEndian: UInt32(index)) }
    checks.equal("first_16", Array(graph.order.prefix(16)), largeRing.first16)
    checks.equal("order_as_u32_hash", Blake2b.digest(bytes), largeRing.orderAsU32Hash.value)
  }

  /// The client that `leaf_rule` describes.
  private static func advertise(_ index: Int) -> AdvertiseMessage {
    let half = fill("r", index).bytes
    guard let signature = Signature(half + half) else {
      // Cannot fail: two digests have as many bytes as a signature.
      preconditionFailure("\(2 * half.count) bytes")
    }
    return AdvertiseMessage(
      transcript: Bytes32(),
      certificate: Certificate(
        identity: VerificationKey(encoding: fill("identity", index)), notBefore: UInt64(index),
        notAfter: 1 << 40 + UInt64(index), signature: signature),
      agreementKey: AgreementPublicKey(encoding: fill("agreement", index)),
      maskKey: fill("mask", index), nonce: fill("nonce", index))
  }

  /// BLAKE2b-256 of a word and a number.
  private static func fill(_ word: String, _ number: Int) -> Bytes32 {
    var bytes = Array(word.utf8)
    bytes.append(littleEndian: UInt32(number))
    return Blake2b.digest(bytes)
  }
}

/// graph_parameters.json: the table of k and t, and what is looked up in it.
struct GraphVectors: VectorSuite {
  struct Lookup: Decodable {
    let n: Int
    let collusion: Int
    let dropout: Int
    let rule: UInt32
    let mode: UInt32
    let k: Int
    let t: Int
  }
  struct Row: Decodable {
    let nUpTo: Int
    let kT: [[Int]]
  }
  let table: [Row]
  let lookups: [Lookup]

  func verify(
    _ checks: inout VectorChecks, rounds: RoundScripts
  ) async throws(ProtocolVectorError) {
    try checks.begin("table")
    checks.equal("count", GraphParameters.table.count, table.count)
    for (row, known) in zip(try checks.list("table", table), GraphParameters.table) {
      try checks.begin("table to \(row.nUpTo)")
      checks.equal("n_up_to", known.mostClients, row.nUpTo)
      checks.equal("k_t", known.numbers, row.kT.flatMap(\.self))
    }
    for (place, vector) in try checks.list("lookups", lookups).enumerated() {
      try checks.begin("lookups[\(place)]")
      try checks.limited("n", vector.n, 3...RoundConfig.mostCohort)
      let parameters = try checks.parameters(
        vector.n, collusion: vector.collusion, dropout: vector.dropout, rule: vector.rule)
      checks.equal("mode", parameters.mode.rawValue, vector.mode)
      checks.equal("k", parameters.degree, vector.k)
      checks.equal("t", parameters.threshold, vector.t)
    }
  }
}

extension VectorChecks {
  /// The parameters of a cohort under assumptions that a vector names.
  fileprivate func parameters(
    _ size: Int, collusion: Int, dropout: Int, rule: UInt32
  ) throws(ProtocolVectorError) -> GraphParameters {
    guard let faults = FaultAssumption(collusion: collusion, dropout: dropout) else {
      throw .outOfRange(
        place("collusion and dropout"), found: "\(collusion) and \(dropout)",
        expected: "a pair of the specification")
    }
    guard let rule = ThresholdRule(rawValue: rule) else {
      throw .outOfRange(place("rule"), found: "\(rule)", expected: "0 or 1")
    }
    return GraphParameters(cohortSize: size, faults: faults, rule: rule)
  }
}
