import CryptoPrimitives
import Testing

@testable import SecureAggregation

@Suite struct CohortVectorTests {
  private struct File: Decodable {
    struct Holders: Decodable {
      let index: Int
      let slotsAndHolders: [[Int]]
    }
    struct CohortCase: Decodable {
      let name: String
      let n: Int
      let firstLeaf: Hex
      let lastLeaf: Hex
      let leavesHash: Hex
      let root: Hex
      let t0: Hex
      let t1: Hex
      let reveals: [Hex]
      let graphSeed: Hex
      let mode: UInt32
      let k: Int
      let t: Int
      let t2: Hex
      let ringOrder: [Int]
      let holders: [Holders]
    }
    struct LargeRing: Decodable {
      let n: Int
      let graphSeed: Hex
      let orderAsU32Hash: Hex
    }
    let cohorts: [CohortCase]
    let largeRing: LargeRing
  }

  /// BLAKE2b-256 of a word and a number: how the reference makes its keys.
  private func fill(_ word: String, _ number: Int) -> Bytes32 {
    var bytes = Array(word.utf8)
    bytes.append(littleEndian: UInt32(number))
    return Blake2b.digest(bytes)
  }

  private func advertise(_ index: Int) throws -> AdvertiseMessage {
    let half = fill("r", index).bytes
    return AdvertiseMessage(
      transcript: Bytes32(),
      certificate: Certificate(
        identity: VerificationKey(encoding: fill("identity", index)), notBefore: UInt64(index),
        notAfter: 1 << 40 + UInt64(index), signature: try #require(Signature(half + half))),
      agreementKey: AgreementPublicKey(encoding: fill("agreement", index)),
      maskKey: fill("mask", index), nonce: fill("nonce", index))
  }

  @Test func leavesRootsTranscriptsAndGraphs() throws {
    for vector in try VectorFile.load("cohort", as: File.self).cohorts {
      let tree = CohortTree(try (0..<vector.n).map { try advertise($0).leaf(at: $0) })
      #expect(tree.leaves.first == vector.firstLeaf.bytes32)
      #expect(tree.leaves.last == vector.lastLeaf.bytes32)
      #expect(Blake2b.digest(tree.leaves.flatMap(\.bytes)) == vector.leavesHash.bytes32)
      #expect(tree.root == vector.root.bytes32)
      let gathered = Transcript.gathered(vector.t0.bytes32, cohort: tree)
      #expect(gathered == vector.t1.bytes32)
      let seed = Beacon.graphSeed(cohort: gathered, values: vector.reveals.map(\.bytes32))
      #expect(seed == vector.graphSeed.bytes32)
      let parameters = GraphParameters(
        cohortSize: vector.n, faults: .c500d500, rule: .agreement)
      #expect(parameters.mode.rawValue == vector.mode)
      #expect(parameters.degree == vector.k && parameters.threshold == vector.t)
      #expect(
        Transcript.connected(gathered, seed: seed, parameters: parameters) == vector.t2.bytes32)
      let graph = CohortGraph(cohortSize: vector.n, parameters: parameters, seed: seed)
      if parameters.mode == .ring { #expect(graph.order == vector.ringOrder) }
      for holders in vector.holders {
        #expect(
          graph.holders(of: holders.index).map { [$0.slot, $0.index] } == holders.slotsAndHolders)
      }
    }
  }

  @Test func theLargestRing() throws {
    let vector = try VectorFile.load("cohort", as: File.self).largeRing
    let graph = CohortGraph(
      cohortSize: vector.n,
      parameters: GraphParameters(cohortSize: vector.n, faults: .c500d500, rule: .agreement),
      seed: vector.graphSeed.bytes32)
    var bytes: [UInt8] = []
    for index in graph.order { bytes.append(littleEndian: UInt32(index)) }
    #expect(Blake2b.digest(bytes) == vector.orderAsU32Hash.bytes32)
  }

  private struct Parameters: Decodable {
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
  }

  @Test func degreesAndThresholds() throws {
    let file = try VectorFile.load("graph_parameters", as: Parameters.self)
    for vector in file.lookups {
      let parameters = GraphParameters(
        cohortSize: vector.n,
        faults: try #require(
          FaultAssumption(collusion: vector.collusion, dropout: vector.dropout)),
        rule: try #require(ThresholdRule(rawValue: vector.rule)))
      #expect(parameters.mode.rawValue == vector.mode)
      #expect(parameters.degree == vector.k && parameters.threshold == vector.t)
    }
    #expect(GraphParameters.table.map(\.mostClients) == file.table.map(\.nUpTo))
    #expect(GraphParameters.table.map(\.numbers) == file.table.map { $0.kT.flatMap(\.self) })
  }
}
