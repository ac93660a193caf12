import CryptoPrimitives
import RingArithmetic
import Testing

@testable import SecureAggregation

@Suite struct RoundVectorTests {
  /// Every byte of a round is the reference's: all messages of all parties, the transcript and the sum.
  @Test(arguments: ["round_complete.json", "round_ring.json"])
  func everyMessageOfARoundIsTheReferences(file: String) async throws {
    let round = try VectorRound.named(file)
    var server = try round.server()
    var log = MessageLog()
    let clients = try (0..<round.clients.count).map { try ReferenceClient(round, $0) }
    let witnesses = try round.witnesses.indices.map { WitnessBox(try round.witness($0)) }
    var present = Set(clients.indices)
    log.note("config", 0, server.configMessage)

    var deliveries: [Int: [UInt8]] = [:]
    for index in clients.indices { deliveries[index] = server.configMessage }
    for (step, reply) in zip(VectorRound.steps, VectorRound.replies) {
      present.subtract(round.dropsBefore[reply] ?? [])
      for index in deliveries.keys.sorted() where present.contains(index) {
        let message = try #require(deliveries[index])
        let answer = clients[index].client.answer(message, at: round.time(ofReceiving: step))
        let bytes = try #require(answer.message)
        log.note(reply, index, bytes)
        let verdict = server.received(bytes, at: round.time(ofAnswer: reply))
        #expect(verdict == .accepted)
      }
      deliveries = try close(&server, witnesses, &log)
      if let next = VectorRound.steps.dropFirst().first(where: { log.messages[$0] == nil }) {
        for (index, message) in deliveries {
          log.note(next, next == "survivors" ? 0 : index, message)
        }
      }
    }

    let opening = server.makeOpening()
    let opened = try await #require(opening).open(threads: 2)
    #expect(opened.vector.words == round.sum)
    #expect(opened.survivors.indices == round.survivors)
    #expect(opened.suspicions.isEmpty)
    #expect(opened.transcript == round.transcript.t4.bytes32)
    let transcripts = [
      server.transcript, server.cohort?.transcript, server.sharing?.transcript,
      server.sharing?.sharers?.transcript,
    ]
    let expected = [
      round.transcript.t0, round.transcript.t1, round.transcript.t2, round.transcript.t3,
    ]
    #expect(transcripts == expected.map(\.bytes32))
    log.compare(with: round)
  }

  /// Closes a step, asks witnesses, and returns what clients are sent.
  private func close(
    _ server: inout AggregationServer, _ witnesses: [WitnessBox], _ log: inout MessageLog
  ) throws -> [Int: [UInt8]] {
    var deliveries: [Int: [UInt8]] = [:]
    for action in server.close() {
      switch action {
      case .requestReveals(let request):
        for (place, witness) in witnesses.enumerated() {
          let answer = try witness.witness.reveal(request, isLogged: true)
          log.note("reveal", place, answer.message)
          let verdict = server.received(answer.message, at: 0)
          #expect(verdict == .accepted)
        }
        deliveries = try close(&server, witnesses, &log)
      case .requestCosignatures(let request):
        for (place, witness) in witnesses.enumerated() {
          let answer = try witness.witness.cosign(request)
          log.note("cosign", place, answer.message)
          let verdict = server.received(answer.message, at: 0)
          #expect(verdict == .accepted)
        }
      case .deliver(_, let receivers):
        for index in receivers.indices {
          deliveries[index] = server.message(for: index)
        }
      case .open: break
      case .end(let error): throw error
      }
    }
    return deliveries
  }
}

/// Boxes, for arrays hold only what can be copied.
private final class ReferenceClient {
  var client: PlayedClient

  init(_ round: VectorRound, _ index: Int) throws {
    client = PlayedClient(
      AggregationClient(
        identity: round.identity(ofClient: index),
        certificate: try Certificate(decoding: round.clients[index].certificate.bytes),
        policy: try round.clientPolicy(), circumstances: try round.circumstances(),
        certificates: CertificateVerifier(authority: try round.config.authority),
        history: ClientHistory()),
      randomness: .keystream(round.clients[index].randomKey),
      contribution: try round.vector(ofClient: index))
  }
}

final class WitnessBox {
  var witness: AggregationWitness
  init(_ witness: consuming AggregationWitness) { self.witness = witness }
}

/// All messages of a round, as the vectors list them.
private struct MessageLog {
  private(set) var messages: [String: [Int: [UInt8]]] = [:]

  mutating func note(_ step: String, _ index: Int, _ bytes: [UInt8]) {
    messages[step, default: [:]][index] = bytes
  }

  func compare(with round: VectorRound) {
    if let expected = round.messages {
      #expect(Set(messages.keys) == Set(expected.keys))
      for (step, sent) in expected {
        #expect(messages[step]?.count == sent.count, "\(step)")
        for (index, bytes) in sent {
          #expect(messages[step]?[Int(index) ?? -1] == bytes.bytes, "\(step) of \(index)")
        }
      }
    }
    for (step, sent) in round.messageHashes ?? [:] {
      #expect(messages[step]?.count == sent.count, "\(step)")
      for (index, hash) in sent {
        let bytes = messages[step]?[Int(index) ?? -1] ?? []
        #expect(Blake2b.hash(bytes).prefix(16) == hash.bytes[...], "\(step) of \(index)")
      }
    }
  }
}
