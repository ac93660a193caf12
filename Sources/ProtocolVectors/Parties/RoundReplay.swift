internal import CryptoPrimitives
internal import RingArithmetic
internal import SecureAggregation

/// Plays a round with the randomness of the vectors, and compares every byte of it: all messages of all
/// parties, the transcripts and the sum.
enum RoundReplay {
  static func verify(
    _ script: RoundScript, _ checks: inout VectorChecks
  ) async throws(ProtocolVectorError) {
    var server = script.server(config: script.config)
    var log = MessageLog()
    try checks.begin("course of the round")
    do {
      try play(script, &server, &log, &checks)
      try await open(&server, script, &checks)
    } catch let error as ProtocolVectorError {
      throw error
    } catch {
      checks.fail("step", found: "refused: \(error)", expected: "accepted")
    }
    try compareTranscripts(server, script, log, &checks)
    try log.compare(with: script.vectors, &checks)
  }

  private static func play(
    _ script: RoundScript, _ server: inout AggregationServer, _ log: inout MessageLog,
    _ checks: inout VectorChecks
  ) throws {
    let clients = script.vectors.clients.indices.map {
      ClientBox(script.played($0, as: script.client($0).client()))
    }
    let witnesses = script.vectors.witnesses.indices.map { WitnessBox(script.witness($0)) }
    var present = Set(clients.indices)
    log.note("config", 0, server.configMessage)
    var deliveries: [Int: [UInt8]] = [:]
    for index in clients.indices { deliveries[index] = server.configMessage }
    for (step, reply) in zip(RoundScript.steps, RoundScript.replies) {
      let times = try script.times(ofStep: step, at: checks.place(step))
      present.subtract(script.vectors.dropsBefore[reply] ?? [])
      for (index, message) in deliveries.sorted(by: { $0.key < $1.key })
      where present.contains(index) {
        let answer = clients[index].client.answer(message, at: times.receiving)
        guard let bytes = answer.message else {
          checks.fail("\(reply) of client \(index)", found: answer.summary, expected: "a message")
          continue
        }
        log.note(reply, index, bytes)
        let verdict = server.received(bytes, at: times.answer)
        checks.equal("verdict on \(reply) of client \(index)", verdict, .accepted)
      }
      deliveries = try close(&server, witnesses, &log, &checks)
      log.note(deliveries, after: step)
    }
  }

  /// Closes a step, asks witnesses, and returns what clients are sent.
  private static func close(
    _ server: inout AggregationServer, _ witnesses: [WitnessBox], _ log: inout MessageLog,
    _ checks: inout VectorChecks
  ) throws(ProtocolError) -> [Int: [UInt8]] {
    var deliveries: [Int: [UInt8]] = [:]
    for action in server.close() {
      switch action {
      case .requestReveals(let request):
        for (place, witness) in witnesses.enumerated() {
          let answer = try witness.witness.reveal(request, isLogged: true)
          log.note("reveal", place, answer.message)
          let verdict = server.received(answer.message, at: 0)
          checks.equal("verdict on reveal of witness \(place)", verdict, .accepted)
        }
        deliveries = try close(&server, witnesses, &log, &checks)
      case .requestCosignatures(let request):
        for (place, witness) in witnesses.enumerated() {
          let answer = try witness.witness.cosign(request)
          log.note("cosign", place, answer.message)
          let verdict = server.received(answer.message, at: 0)
          checks.equal("verdict on cosign of witness \(place)", verdict, .accepted)
        }
      case .deliver(_, let receivers):
        for index in receivers.indices { deliveries[index] = server.message(for: index) }
      case .open: break
      case .end(let error): throw error
      }
    }
    return deliveries
  }

  private static func open(
    _ server: inout AggregationServer, _ script: RoundScript, _ checks: inout VectorChecks
  ) async throws {
    guard let opening = server.makeOpening() else {
      checks.fail("opening", found: "not possible", expected: "a sum")
      return
    }
    let opened = try await opening.open(threads: 2)
    checks.equal("suspicions", opened.suspicions.count, 0)
    try checks.begin("sum")
    checks.equal("sum", opened.vector.words, script.vectors.sum)
    checks.equal("survivors", opened.survivors.indices, script.vectors.survivors)
    try checks.begin("transcript.t4")
    checks.equal("value", opened.transcript, script.vectors.transcript.t4.value)
  }

  private static func compareTranscripts(
    _ server: borrowing AggregationServer, _ script: RoundScript, _ log: MessageLog,
    _ checks: inout VectorChecks
  ) throws(ProtocolVectorError) {
    let listed = script.vectors.transcript
    let transcripts = server.transcripts
    for (place, expected) in [listed.t0, listed.t1, listed.t2, listed.t3].enumerated() {
      try checks.begin("transcript.t\(place)")
      let found = place < transcripts.count ? transcripts[place] : nil
      checks.equal("value", found, expected.value)
    }
    try checks.begin("graph")
    if let t1 = transcripts.dropFirst().first {
      let reveals = (log.messages["reveal"] ?? [:]).sorted { $0.key < $1.key }
      let values = try checks.input("graph_seed") { () throws(ProtocolError) in
        var values: [Bytes32] = []
        for (_, message) in reveals {
          values.append(try Signed<RevealMessage>(decoding: message).content.value)
        }
        return values
      }
      checks.equal(
        "graph_seed", Beacon.graphSeed(cohort: t1, values: values), script.vectors.graphSeed.value)
    }
    let parameters = script.config.graphParameters(cohortSize: script.vectors.clients.count)
    checks.equal("mode", parameters.mode.rawValue, script.vectors.mode)
    checks.equal("k", parameters.degree, script.vectors.k)
    checks.equal("t", parameters.threshold, script.vectors.t)
    checks.equal(
      "sharers", log.messages["shares"]?.keys.sorted(), script.vectors.sharers)
  }
}

/// A client in a box, for arrays hold only what can be copied.
private final class ClientBox {
  var client: PlayedClient
  init(_ client: consuming PlayedClient) { self.client = client }
}

/// All messages of a round, as the vectors list them.
private struct MessageLog {
  private(set) var messages: [String: [Int: [UInt8]]] = [:]

  mutating func note(_ step: String, _ index: Int, _ bytes: [UInt8]) {
    messages[step, default: [:]][index] = bytes
  }

  /// Notes what clients are sent once `step` is closed; survivors are the same for all.
  mutating func note(_ deliveries: [Int: [UInt8]], after step: String) {
    guard let place = RoundScript.steps.firstIndex(of: step), place + 1 < RoundScript.steps.count
    else { return }
    let next = RoundScript.steps[place + 1]
    for (index, bytes) in deliveries { note(next, next == "survivors" ? 0 : index, bytes) }
  }

  func compare(
    with round: RoundVectors, _ checks: inout VectorChecks
  ) throws(ProtocolVectorError) {
    let expected = round.messages ?? round.messageHashes ?? [:]
    let isHashed = round.messages == nil
    try checks.begin("messages")
    checks.equal("steps", messages.keys.sorted(), expected.keys.sorted())
    for (step, sent) in expected.sorted(by: { $0.key < $1.key }) {
      try checks.begin("messages.\(step)")
      checks.equal("count", messages[step]?.count, sent.count)
      for (key, value) in sent.sorted(by: { $0.key < $1.key }) {
        try checks.begin("messages.\(step).\(key)")
        let bytes = messages[step]?[Int(key) ?? -1]
        if isHashed {
          checks.equal(
            "hash", bytes.map { Array(Blake2b.hash($0).prefix(16)) }, value.bytes)
        } else {
          checks.equal("bytes", bytes, value.bytes)
        }
      }
    }
    for (step, message) in (round.messagesOfClient0 ?? [:]).sorted(by: { $0.key < $1.key }) {
      try checks.begin("messages_of_client_0.\(step)")
      checks.equal("bytes", messages[step]?[0], message.bytes)
    }
  }
}
