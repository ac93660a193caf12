import CryptoPrimitives
import Testing
import TransparencyLog

@Suite struct MerkleTreeTests {
  /// Beyond two powers of two, and beyond what one bit of a byte tells.
  static let sizes = 0...130

  @Test func frontierAndTilesHaveTheRootOfRFC6962AtEverySize() throws {
    var frontier = MerkleFrontier()
    var log = MemoryLog()
    for size in Self.sizes {
      let expected = NaiveTree.root(log.entries[...])
      #expect(frontier.root == expected, "frontier of \(size)")
      #expect(log.edge.root == expected, "edge of \(size)")
      #expect(log.state() == TreeState(size: UInt64(size), root: expected), "tiles of \(size)")
      #expect(frontier.state == log.edge.state)
      log.append(MemoryLog.entry(size))
      frontier.append(MerkleHash.leaf(MemoryLog.entry(size)))
    }
  }

  @Test func olderRootsFollowFromTheTilesOfALargerTree() throws {
    let log = MemoryLog(count: 600)
    for size in [0, 1, 2, 3, 127, 128, 255, 256, 257, 511, 512, 513, 599, 600] {
      #expect(log.state(size: size).root == NaiveTree.root(log.entries.prefix(size)))
    }
  }

  @Test func hashesOfLeavesNodesAndTheEmptyTreeAreApart() {
    let left = MerkleHash.leaf([1])
    let right = MerkleHash.leaf([2])
    #expect(MerkleHash.leaf(left.bytes + right.bytes) != MerkleHash.node(left, right))
    #expect(MerkleHash.leaf([]) != MerkleHash.empty)
    #expect(MerkleHash.node(left, right) != MerkleHash.node(right, left))
  }

  @Test func proofsAreThoseOfRFC6962() throws {
    let log = MemoryLog(count: 40)
    for size in 1...40 {
      let entries = log.entries.prefix(size)
      for index in 0..<size {
        #expect(
          log.inclusionProof(of: index, size: size).path == NaiveTree.path(index, entries))
      }
      for older in 1...size {
        #expect(
          log.consistencyProof(from: older, to: size).path
            == NaiveTree.consistency(older, entries))
      }
    }
  }
}
