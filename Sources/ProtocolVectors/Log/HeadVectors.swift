internal import CryptoPrimitives
internal import TransparencyLog

/// The file heads.json: heads that a reader accepts one after the other.
struct HeadVectors: LogVectorSuite {
  struct Step: Decodable {
    let head: Hex
    let proof: Hex?
  }

  let log: Hex32
  let name: Hex32
  let witnesses: [Hex32]
  let needed: Int
  let logSeed: Hex32
  let steps: [Step]

  func verify(_ checks: inout VectorChecks) throws(ProtocolVectorError) {
    try checks.begin("heads")
    let log = LogIdentity(key: log.key)
    checks.equal("name", log.name, name.value)
    let key = SigningKey(seed: logSeed.secret)
    checks.equal("log", key.verificationKey.encoding, log.key.encoding)
    var view = LogView(
      log: log, witnesses: WitnessQuorum(Set(witnesses.map(\.key)), needed: needed))
    for (place, step) in try checks.list("steps", steps).enumerated() {
      try checks.begin("step \(place)")
      let rule = logRule { () throws(LogRefusal) in
        let head = try CosignedHead(decoding: step.head.bytes)
        checks.equal("head", head.encoded, step.head.bytes)
        let content = head.signed.head
        checks.equal(
          "signed", SignedHead(tree: content.tree, time: content.time, by: key).encoded,
          head.signed.encoded)
        try view.accept(head, proof: try proof(step.proof))
      }
      checks.equal("rule", rule ?? "accepted", "accepted")
    }
  }
}

/// The file bad_heads.json.
struct BadHeadVectors: LogVectorSuite {
  struct Head: Decodable {
    let name: String
    let head: Hex
    let proof: Hex?
    let rule: String
  }

  let log: Hex32
  let witnesses: [Hex32]
  let needed: Int
  let seen: Hex
  let heads: [Head]

  func verify(_ checks: inout VectorChecks) throws(ProtocolVectorError) {
    let quorum = WitnessQuorum(Set(witnesses.map(\.key)), needed: needed)
    for vector in try checks.list("heads", heads) {
      try checks.begin(vector.name)
      var view = LogView(log: LogIdentity(key: log.key), witnesses: quorum)
      let first = logRule { () throws(LogRefusal) in
        try view.accept(try CosignedHead(decoding: seen.bytes))
      }
      checks.equal("seen", first ?? "accepted", "accepted")
      let rule = logRule { () throws(LogRefusal) in
        let proof = try proof(vector.proof)
        try view.accept(try CosignedHead(decoding: vector.head.bytes), proof: proof)
      }
      checks.equal("rule", rule, vector.rule)
    }
  }
}

/// The file evidence.json.
struct EvidenceVectors: LogVectorSuite {
  struct Heads: Decodable {
    let name: String
    let evidence: Hex
    let fault: String?
  }

  struct Entries: Decodable {
    let name: String
    let evidence: Hex
    let holds: Bool
  }

  let log: Hex32
  let heads: [Heads]
  let entries: [Entries]

  func verify(_ checks: inout VectorChecks) throws(ProtocolVectorError) {
    let log = LogIdentity(key: log.key)
    for vector in try checks.list("heads", heads) {
      try checks.begin("heads: " + vector.name)
      let rule = logRule { () throws(LogRefusal) in
        let evidence = try HeadEvidence(decoding: vector.evidence.bytes)
        checks.equal("fault", evidence.fault(of: log)?.rawValue, vector.fault)
        checks.equal("evidence", evidence.encoded, vector.evidence.bytes)
      }
      checks.equal("rule", rule ?? "accepted", "accepted")
    }
    for vector in try checks.list("entries", entries) {
      try checks.begin("entries: " + vector.name)
      let rule = logRule { () throws(LogRefusal) in
        let evidence = try EntryEvidence(decoding: vector.evidence.bytes)
        checks.equal("holds", evidence.holds(against: log), vector.holds)
        checks.equal("evidence", evidence.encoded, vector.evidence.bytes)
      }
      checks.equal("rule", rule ?? "accepted", "accepted")
    }
  }
}

/// A proof that may be missing.
private func proof(_ bytes: Hex?) throws(LogRefusal) -> ConsistencyProof? {
  guard let bytes else { return nil }
  return try ConsistencyProof(decoding: bytes.bytes)
}
