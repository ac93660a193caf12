import CryptoPrimitives
import Testing
import TransparencyLog

@Suite struct InclusionProofTests {
  @Test func everyProofOfEverySizeVerifies() throws {
    let log = MemoryLog(count: 130)
    for size in 1...130 {
      let state = log.state(size: size)
      var tree = log.tree(size: size)
      for index in 0..<size {
        try tree.inclusionProof(of: UInt64(index))
          .verify(leaf: MerkleHash.leaf(log.entries[index]), in: state)
      }
    }
  }

  @Test func noEntryVerifiesInAnotherPlaceOrTree() throws {
    let log = MemoryLog(count: 33)
    for size in [1, 2, 3, 7, 8, 9, 31, 32, 33] {
      let state = log.state(size: size)
      for index in 0..<size {
        let proof = log.inclusionProof(of: index, size: size)
        for other in 0..<33 where other != index {
          let leaf = MerkleHash.leaf(log.entries[other])
          #expect(
            refusal { () throws(LogRefusal) in try proof.verify(leaf: leaf, in: state) } != nil)
          let moved = InclusionProof(index: UInt64(other), path: proof.path)
          let own = MerkleHash.leaf(log.entries[index])
          #expect(
            refusal { () throws(LogRefusal) in try moved.verify(leaf: own, in: state) } != nil)
        }
      }
    }
  }

  @Test func everyChangedByteIsRefused() throws {
    let log = MemoryLog(count: 13)
    for size in 1...13 {
      let state = log.state(size: size)
      for index in 0..<size {
        let leaf = MerkleHash.leaf(log.entries[index])
        let encoded = log.inclusionProof(of: index, size: size).encoded
        for position in encoded.indices {
          for changed in encoded.changed(at: position) {
            #expect(Self.rule(changed, leaf, state) != nil, "size \(size), \(index), \(position)")
          }
        }
        for count in 0..<encoded.count {
          #expect(Self.rule(Array(encoded.prefix(count)), leaf, state) == "truncated")
        }
        #expect(Self.rule(encoded + [0], leaf, state) == "trailing")
      }
    }
  }

  @Test func everyShorterLongerOrReorderedPathIsRefused() throws {
    let log = MemoryLog(count: 130)
    for size in [1, 2, 3, 5, 8, 64, 65, 100, 127, 128, 129, 130] {
      let state = log.state(size: size)
      var tree = log.tree(size: size)
      for index in stride(from: 0, to: size, by: 7) {
        let leaf = MerkleHash.leaf(log.entries[index])
        let path = tree.inclusionProof(of: UInt64(index)).path
        for changed in path.variations {
          let proof = InclusionProof(index: UInt64(index), path: changed)
          #expect(
            refusal { () throws(LogRefusal) in try proof.verify(leaf: leaf, in: state) } != nil)
        }
      }
    }
  }

  @Test func refusalsNameTheFault() throws {
    let log = MemoryLog(count: 6)
    let state = log.state()
    let leaf = MerkleHash.leaf(log.entries[2])
    let proof = log.inclusionProof(of: 2)
    func rule(_ index: UInt64, _ path: [Bytes32]) -> String? {
      refusal { () throws(LogRefusal) in
        try InclusionProof(index: index, path: path).verify(leaf: leaf, in: state)
      }
    }
    #expect(rule(2, proof.path) == nil)
    #expect(rule(6, proof.path) == "proof-index")
    #expect(rule(2, Array(proof.path.dropLast())) == "proof-short")
    #expect(rule(2, proof.path + [leaf]) == "proof-long")
    #expect(rule(3, proof.path) == "proof-root")
    #expect(
      refusal { () throws(LogRefusal) in try proof.verify(leaf: leaf, in: .empty) }
        == "proof-index")
  }

  private static func rule(_ bytes: [UInt8], _ leaf: Bytes32, _ state: TreeState) -> String? {
    refusal { () throws(LogRefusal) in
      try InclusionProof(decoding: bytes).verify(leaf: leaf, in: state)
    }
  }
}
