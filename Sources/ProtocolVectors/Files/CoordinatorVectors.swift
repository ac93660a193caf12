internal import CryptoPrimitives
internal import SecureAggregation

/// bad_coordinator.json: what a coordinator refuses, and repetitions, which it acknowledges.
struct CoordinatorVectors: VectorSuite {
  let cases: [CoordinatorCase]
  let tolerated: [CoordinatorCase]

  func verify(
    _ checks: inout VectorChecks, rounds: RoundScripts
  ) async throws(ProtocolVectorError) {
    for vector in try checks.list("cases", cases) {
      try checks.begin(vector.name)
      let code = try checks.required("code", vector.code)
      guard var server = try vector.server(in: rounds, &checks) else { continue }
      if vector.close {
        let found = await CoordinatorCase.codeOfClosing(&server)
        checks.equal("code", found?.rawValue, code)
        if let found { checks.compare(vector.reason, with: found) }
      } else {
        try verify(refusal: vector, code, &server, &checks)
      }
    }
    for vector in try checks.list("tolerated", tolerated) {
      try checks.begin(vector.name)
      guard var server = try vector.server(in: rounds, &checks) else { continue }
      let before = server.progress
      let message = try checks.required("message", vector.message)
      let verdict = server.received(message.bytes, at: try checks.required("time", vector.time))
      checks.equal("verdict", verdict, .repeated)
      let after = server.progress
      checks.equal("progress, unchanged,", before == after, true)
    }
  }

  private func verify(
    refusal vector: CoordinatorCase, _ code: UInt32, _ server: inout AggregationServer,
    _ checks: inout VectorChecks
  ) throws(ProtocolVectorError) {
    let before = server.progress
    let message = try checks.required("message", vector.message)
    let verdict = server.received(message.bytes, at: try checks.required("time", vector.time))
    guard case .refused(let error) = verdict else {
      checks.fail("code", found: "\(verdict)", expected: "\(code)")
      return
    }
    checks.equal("code", error.code.rawValue, code)
    checks.compare(vector.reason, with: error.code)
    let after = server.progress
    checks.equal("progress, unchanged,", before == after, true)
    let evidence = server.equivocations.count
    checks.equal("equivocations", evidence, error.code == .equivocation ? 1 : 0)
  }
}

/// A coordinator in the course of a round, and a message for it.
struct CoordinatorCase: Decodable {
  let name: String
  let round: String
  let phase: String
  let close: Bool
  let accepted: [Hex]
  let revoked: [Hex32]?
  let config: Hex?
  let message: Hex?
  let time: UInt64?
  let code: UInt32?
  let reason: String?

  /// Messages of each phase; witnesses answer in two of them.
  private static let messages = [
    ("advertise", ["advertise"]), ("reveal", ["reveal"]), ("shares", ["shares"]),
    ("input", ["input"]), ("consistency", ["consistency", "cosign"]), ("unmask", ["unmask"]),
  ]

  /// The coordinator after all earlier phases and the messages of this one that it has accepted; nil if
  /// it does not come that far, which is noted.
  func server(
    in rounds: RoundScripts, _ checks: inout VectorChecks
  ) throws(ProtocolVectorError) -> AggregationServer? {
    let round = try rounds.round(round, at: checks.place("round"))
    guard Self.messages.contains(where: { $0.0 == phase }) else {
      throw .outOfRange(
        checks.place("phase"), found: "an unknown phase",
        expected: "one of " + Self.messages.map(\.0).joined(separator: ", "))
    }
    var server = round.server(
      config: try configuration(in: round, checks), revoked: revoked ?? [])
    let opens = server.config.opens
    for (phase, kinds) in Self.messages {
      let answers = phase == self.phase ? accepted : kinds.flatMap { round.sent($0) }
      for (place, answer) in answers.enumerated() {
        let verdict = server.received(answer.bytes, at: opens)
        guard verdict == .accepted else {
          checks.fail("\(phase)[\(place)]", found: "\(verdict)", expected: "accepted")
          return nil
        }
      }
      if phase == self.phase { break }
      _ = server.close()
    }
    return server
  }

  private func configuration(
    in round: RoundScript, _ checks: VectorChecks
  ) throws(ProtocolVectorError) -> RoundConfig {
    guard let bytes = config?.bytes else { return round.config }
    let config = try checks.input("config") { () throws(ProtocolError) in
      try Signed<RoundConfig>(decoding: bytes).content
    }
    guard config.coordinator == round.config.coordinator else {
      throw .unusable(checks.place("config"), reason: "it names another coordinator")
    }
    return config
  }

  /// The code with which the round ends when the step is closed.
  static func codeOfClosing(_ server: inout AggregationServer) async -> AbortCode? {
    for action in server.close() {
      if case .end(let error) = action { return error.code }
    }
    guard let opening = server.makeOpening() else { return nil }
    do throws(ProtocolError) {
      _ = try await opening.open(threads: 2)
      return nil
    } catch {
      return error.code
    }
  }
}
