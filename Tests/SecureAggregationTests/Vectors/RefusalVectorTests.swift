import CryptoPrimitives
import RingArithmetic
import Testing

@testable import SecureAggregation

/// What each party refuses, in the order in which it checks.
@Suite struct RefusalVectorTests {
  private struct ClientCases: Decodable {
    let cases: [ClientCase]
    let tolerated: [ClientCase]
  }

  @Test func clientsRefuseWithTheCodeOfTheFirstFailedCheck() throws {
    let vectors = try VectorFile.load("bad_client", as: ClientCases.self).cases
    #expect(vectors.count >= 100)
    for vector in vectors {
      var client = try vector.fedClient()
      let answer = client.answer(vector.message.bytes, at: vector.time)
      #expect(answer.code?.rawValue == vector.code, "\(vector.name)")
      let state = client.machine.state
      #expect(answer.code.map { state == .aborted($0) } == true, "\(vector.name)")
      let areWiped = client.machine.secrets == nil
      #expect(areWiped, "\(vector.name)")
      // Nothing brings it back.
      let later = client.answer(vector.message.bytes, at: vector.time)
      #expect(later == .silence, "\(vector.name)")
    }
  }

  @Test func clientsTolerateWhatCostsNobodyElse() throws {
    let vectors = try VectorFile.load("bad_client", as: ClientCases.self).tolerated
    #expect(vectors.count >= 4)
    for vector in vectors {
      var client = try vector.fedClient()
      let answer = client.answer(vector.message.bytes, at: vector.time)
      #expect(answer.message == vector.reply?.bytes, "\(vector.name)")
      let slots = vector.events?.compactMap(\.slot).map { ClientEvent.boxRejected(slot: $0) }
      #expect(client.events == slots, "\(vector.name)")
    }
  }

  private struct CoordinatorCases: Decodable {
    let cases: [CoordinatorCase]
    let tolerated: [CoordinatorCase]
  }

  @Test func coordinatorsRefuseAndGoOn() async throws {
    let vectors = try VectorFile.load("bad_coordinator", as: CoordinatorCases.self).cases
    #expect(vectors.count >= 40)
    for vector in vectors {
      var server = try vector.server()
      if vector.close {
        let code = try await vector.codeOfClosing(&server)
        #expect(code?.rawValue == vector.code, "\(vector.name)")
      } else {
        let before = server.fingerprint
        let verdict = server.received(vector.message?.bytes ?? [], at: vector.time ?? 0)
        guard case .refused(let error) = verdict else {
          Issue.record("\(vector.name): \(verdict)")
          continue
        }
        #expect(error.code.rawValue == vector.code, "\(vector.name)")
        let after = server.fingerprint
        #expect(before == after, "\(vector.name)")
        #expect(server.equivocations.count == (error.code == .equivocation ? 1 : 0))
      }
    }
  }

  @Test func coordinatorsAcknowledgeRepeatedBytes() throws {
    let vectors = try VectorFile.load("bad_coordinator", as: CoordinatorCases.self).tolerated
    #expect(vectors.count >= 3)
    for vector in vectors {
      var server = try vector.server()
      let before = server.fingerprint
      let verdict = server.received(vector.message?.bytes ?? [], at: vector.time ?? 0)
      #expect(verdict == .repeated, "\(vector.name)")
      let after = server.fingerprint
      #expect(before == after, "\(vector.name)")
    }
  }

  private struct WitnessCases: Decodable {
    let answers: [WitnessCase]
    let bad: [WitnessCase]
  }

  @Test func witnessesAnswerOnceAndRefuse() throws {
    let file = try VectorFile.load("witness", as: WitnessCases.self)
    #expect(file.answers.count >= 4 && file.bad.count >= 19)
    for vector in file.answers {
      #expect(try vector.lastAnswer().message == vector.answer?.bytes, "\(vector.name)")
    }
    for vector in file.bad {
      let error = #expect(throws: ProtocolError.self, "\(vector.name)") {
        try vector.lastAnswer()
      }
      #expect(error?.code.rawValue == vector.code, "\(vector.name)")
    }
  }

  private struct PartialSums: Decodable {
    struct Combination: Decodable {
      let name: String
      let left: Hex
      let right: Hex
      let combined: Hex?
      let code: UInt32?
    }
    let combinations: [Combination]
    let refusals: [Combination]
  }

  @Test func partialSumsCombine() throws {
    let file = try VectorFile.load("partial_sums", as: PartialSums.self)
    for vector in file.combinations {
      var sum = try PartialSum(decoding: vector.left.bytes)
      try sum.add(PartialSum(decoding: vector.right.bytes))
      #expect(sum.encoded == vector.combined?.bytes, "\(vector.name)")
    }
    for vector in file.refusals {
      let left = try PartialSum(decoding: vector.left.bytes)
      let right = try PartialSum(decoding: vector.right.bytes)
      var sum = left
      let error = #expect(throws: ProtocolError.self) { try sum.add(right) }
      #expect(error?.code.rawValue == vector.code, "\(vector.name)")
      #expect(sum == left)
    }
  }
}

extension AggregationServer {
  /// All that a message may change.
  fileprivate var fingerprint: [Int] {
    [
      gathering.members.count, sharing?.messages.count ?? -1, ingest?.partial.count ?? -1,
      ingest?.partial.vector.words.reduce(0) { ($0 &* 31) &+ Int($1) } ?? -1,
      consistency?.signatures.count ?? -1, unmasking?.messages.count ?? -1,
    ]
  }
}
