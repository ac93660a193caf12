import CryptoPrimitives
import Testing
import TransparencyLog

@Suite struct ConsistencyProofTests {
  @Test func everyProofOfEveryPairOfSizesVerifies() throws {
    let log = MemoryLog(count: 130)
    let states = (0...130).map { log.state(size: $0) }
    for newer in 0...130 {
      var tree = log.tree(size: newer)
      for older in 0...newer {
        try tree.consistencyProof(from: UInt64(older)).verify(
          from: states[older], to: states[newer])
      }
    }
  }

  @Test func noTreeContinuesOneWithOtherEntries() throws {
    let log = MemoryLog(count: 20)
    let other = MemoryLog(count: 20, salt: "another ")
    for newer in 1...20 {
      for older in 1...newer {
        let proof = log.consistencyProof(from: older, to: newer)
        let rules = [
          Self.rule(proof, other.state(size: older), log.state(size: newer)),
          Self.rule(proof, log.state(size: older), other.state(size: newer)),
        ]
        #expect(!rules.contains(nil), "\(older) to \(newer)")
      }
    }
  }

  @Test func everyChangedByteIsRefused() throws {
    let log = MemoryLog(count: 11)
    for newer in 1...11 {
      for older in 0...newer {
        let states = (log.state(size: older), log.state(size: newer))
        let encoded = log.consistencyProof(from: older, to: newer).encoded
        for position in encoded.indices {
          for changed in encoded.changed(at: position) {
            #expect(
              Self.rule(changed, states.0, states.1) != nil, "\(older), \(newer), \(position)")
          }
        }
        for count in 0..<encoded.count {
          #expect(Self.rule(Array(encoded.prefix(count)), states.0, states.1) == "truncated")
        }
        #expect(Self.rule(encoded + [0], states.0, states.1) == "trailing")
      }
    }
  }

  @Test func everyShorterLongerOrReorderedPathIsRefused() throws {
    let log = MemoryLog(count: 130)
    let states = (0...130).map { log.state(size: $0) }
    for newer in [1, 2, 3, 6, 8, 64, 65, 127, 128, 129, 130] {
      var tree = log.tree(size: newer)
      for older in stride(from: 0, through: newer, by: 9) {
        let path = tree.consistencyProof(from: UInt64(older)).path
        for changed in path.variations {
          let proof = ConsistencyProof(path: changed)
          #expect(Self.rule(proof, states[older], states[newer]) != nil)
        }
      }
    }
  }

  @Test func proofsOfOtherSizesAreRefused() throws {
    let log = MemoryLog(count: 34)
    let states = (0...34).map { log.state(size: $0) }
    let proof = log.consistencyProof(from: 13, to: 27)
    for older in 1...34 {
      for newer in older...34 where (older, newer) != (13, 27) {
        #expect(Self.rule(proof, states[older], states[newer]) != nil, "\(older) to \(newer)")
      }
    }
  }

  @Test func refusalsNameTheFault() throws {
    let log = MemoryLog(count: 7)
    let other = MemoryLog(count: 7, salt: "another ")
    let older = log.state(size: 3)
    let newer = log.state(size: 7)
    let proof = log.consistencyProof(from: 3, to: 7)
    let shorter = ConsistencyProof(path: Array(proof.path.dropLast()))
    let longer = ConsistencyProof(path: proof.path + [older.root])
    #expect(Self.rule(proof, older, newer) == nil)
    #expect(Self.rule(proof, newer, older) == "proof-sizes")
    #expect(Self.rule(shorter, older, newer) == "proof-short")
    #expect(Self.rule(ConsistencyProof(path: []), older, newer) == "proof-short")
    #expect(Self.rule(longer, older, newer) == "proof-long")
    #expect(Self.rule(proof, other.state(size: 3), newer) == "proof-older-root")
    #expect(Self.rule(proof, older, other.state(size: 7)) == "proof-root")
    let none = ConsistencyProof(path: [])
    #expect(Self.rule(none, newer, newer) == nil)
    #expect(Self.rule(none, newer, other.state(size: 7)) == "proof-root")
    #expect(Self.rule(proof, newer, newer) == "proof-long")
    #expect(Self.rule(none, .empty, newer) == nil)
    #expect(Self.rule(proof, .empty, newer) == "proof-long")
    #expect(
      Self.rule(none, TreeState(size: 0, root: older.root), newer) == "proof-older-root")
  }

  private static func rule(
    _ proof: ConsistencyProof, _ older: TreeState, _ newer: TreeState
  ) -> String? {
    refusal { () throws(LogRefusal) in try proof.verify(from: older, to: newer) }
  }

  private static func rule(_ bytes: [UInt8], _ older: TreeState, _ newer: TreeState) -> String? {
    refusal { () throws(LogRefusal) in
      try ConsistencyProof(decoding: bytes).verify(from: older, to: newer)
    }
  }
}
