internal import CryptoPrimitives
internal import SecureAggregation

/// witness.json: what a witness signs, and what it refuses.
struct WitnessVectors: VectorSuite {
  let answers: [WitnessCase]
  let bad: [WitnessCase]

  func verify(
    _ checks: inout VectorChecks, rounds: RoundScripts
  ) async throws(ProtocolVectorError) {
    for vector in try checks.list("answers", answers) {
      try checks.begin(vector.name)
      let expected = try checks.required("answer", vector.answer)
      switch try vector.lastAnswer(in: rounds, &checks) {
      case .success(let answer): checks.equal("answer", answer.message, expected.bytes)
      case .failure(let error):
        checks.fail("answer", found: "refused: \(error)", expected: "a message")
      case nil: break
      }
    }
    for vector in try checks.list("bad", bad) {
      try checks.begin(vector.name)
      let code = try checks.required("code", vector.code)
      switch try vector.lastAnswer(in: rounds, &checks) {
      case .success: checks.fail("code", found: "answered", expected: "\(code)")
      case .failure(let error):
        checks.equal("code", error.code.rawValue, code)
        checks.compare(vector.reason, with: error.code)
      case nil: break
      }
    }
  }
}

/// What a witness is asked, one request after another.
struct WitnessCase: Decodable {
  struct Request: Decodable {
    let ask: String
    let config: Hex
    let advertise: [Hex]?
    let revoked: [Hex32]?
    let logged: Bool?
    let t1: Hex32?
    let n: Int?
    let values: [Hex32]?
    let sharers: Hex?
    let survivors: Hex?
  }

  let name: String
  let witness: Int
  let requests: [Request]
  let answer: Hex?
  let code: UInt32?
  let reason: String?

  typealias Outcome = Result<AggregationWitness.Answer, ProtocolError>

  /// What becomes of the last request, after answers to the others; nil if one of those is refused,
  /// which is noted.
  func lastAnswer(
    in rounds: RoundScripts, _ checks: inout VectorChecks
  ) throws(ProtocolVectorError) -> Outcome? {
    let round = try rounds.round(RoundScripts.completeName, at: checks.place("requests"))
    try checks.limited("witness", witness, 0...round.vectors.witnesses.count - 1)
    try checks.limited("requests, counted,", requests.count, 1...1 << 10)
    var records: [AggregationWitness.Record] = []
    var last: Outcome?
    for (place, request) in requests.enumerated() {
      // Made anew from its records each time, as after a restart.
      var machine = round.witness(
        witness, revocations: RevocationList(Set((request.revoked ?? []).map(\.key))),
        records: records)
      let outcome = try request.outcome(from: &machine, at: "requests[\(place)]", checks)
      last = outcome
      switch outcome {
      case .success(let answer): records.append(answer.record)
      case .failure(let error):
        if place == requests.count - 1 { break }
        checks.fail("requests[\(place)]", found: "refused: \(error)", expected: "an answer")
        return nil
      }
    }
    return last
  }
}

extension WitnessCase.Request {
  fileprivate func outcome(
    from witness: inout AggregationWitness, at field: String, _ checks: VectorChecks
  ) throws(ProtocolVectorError) -> WitnessCase.Outcome {
    switch ask {
    case "reveal":
      let request = RevealRequest(
        config: config.bytes, cohort: (advertise ?? []).map(\.bytes))
      do throws(ProtocolError) {
        return .success(try witness.reveal(request, isLogged: logged ?? true))
      } catch {
        return .failure(error)
      }
    case "cosign":
      let request = try cosignRequest(at: field, checks)
      do throws(ProtocolError) {
        return .success(try witness.cosign(request))
      } catch {
        return .failure(error)
      }
    default:
      throw .outOfRange(
        checks.place("\(field).ask"), found: "another request", expected: "reveal or cosign")
    }
  }

  private func cosignRequest(
    at field: String, _ checks: VectorChecks
  ) throws(ProtocolVectorError) -> CosignRequest {
    let size = try checks.required("\(field).n", n)
    try checks.limited("\(field).n", size, 3...RoundConfig.mostCohort)
    let content = try checks.input("\(field).config") { () throws(ProtocolError) in
      try Signed<RoundConfig>(decoding: config.bytes).content
    }
    return CosignRequest(
      config: content, cohort: try checks.required("\(field).t1", t1).value,
      values: try checks.required("\(field).values", values).map(\.value),
      sharers: try set(sharers, size, at: "\(field).sharers", checks),
      survivors: try set(survivors, size, at: "\(field).survivors", checks))
  }

  private func set(
    _ bitmap: Hex?, _ size: Int, at field: String, _ checks: VectorChecks
  ) throws(ProtocolVectorError) -> CohortSet {
    let bytes = try checks.required(field, bitmap).bytes
    guard let set = CohortSet(bitmap: bytes, cohortSize: size) else {
      throw .outOfRange(
        checks.place(field), found: "\(bytes.count) bytes", expected: "a bitmap of \(size) bits")
    }
    return set
  }
}
