import CryptoPrimitives
import TestSupport
import Testing

@testable import TransparencyLog

/// What the reference in protocols/reference has computed is what the library computes.
@Suite struct VectorTests {
  @Test func treesAndProofs() throws {
    let vectors: Vectors.Tree = try Vectors.load("tree.json")
    let log = MemoryLog(vectors.entries.map(\.bytes))
    let leaves = log.entries.map { MerkleHash.leaf($0) }
    #expect(leaves == vectors.leaves.map(\.bytes32))
    #expect(MerkleHash.node(leaves[0], leaves[1]) == vectors.nodeOfFirstTwo.bytes32)
    for (size, root) in vectors.roots.enumerated() {
      #expect(log.state(size: size).root == root.bytes32)
    }
    for vector in vectors.inclusion {
      let proof = log.inclusionProof(of: vector.index, size: vector.size)
      #expect(proof.encoded == vector.proof.bytes)
      try InclusionProof(decoding: vector.proof.bytes)
        .verify(leaf: leaves[vector.index], in: log.state(size: vector.size))
    }
    for vector in vectors.consistency {
      let proof = log.consistencyProof(from: vector.older, to: vector.newer)
      #expect(proof.encoded == vector.proof.bytes)
      try ConsistencyProof(decoding: vector.proof.bytes)
        .verify(from: log.state(size: vector.older), to: log.state(size: vector.newer))
    }
  }

  @Test func badProofs() throws {
    let vectors: Vectors.BadProofs = try Vectors.load("bad_proofs.json")
    for vector in vectors.inclusion {
      let state = TreeState(size: vector.size, root: vector.root.bytes32)
      let rule = refusal { () throws(LogRefusal) in
        try InclusionProof(decoding: vector.proof.bytes).verify(
          leaf: vector.leaf.bytes32, in: state)
      }
      #expect(rule == vector.rule, "\(vector.name)")
    }
    for vector in vectors.consistency {
      let older = TreeState(size: vector.older, root: vector.olderRoot.bytes32)
      let newer = TreeState(size: vector.newer, root: vector.newerRoot.bytes32)
      let rule = refusal { () throws(LogRefusal) in
        try ConsistencyProof(decoding: vector.proof.bytes).verify(from: older, to: newer)
      }
      #expect(rule == vector.rule, "\(vector.name)")
    }
  }

  @Test func tiles() throws {
    let vectors: Vectors.Tiles = try Vectors.load("tiles.json")
    let entries = (0..<vectors.size).map { MemoryLog.entry($0) }
    var edge = TileEdge()
    var files: [String: [UInt8]] = [:]
    for entry in entries {
      for content in edge.append(MerkleHash.leaf(entry)) {
        files[content.tile.path] = content.encoded
      }
    }
    for content in edge.partialTiles { files[content.tile.path] = content.encoded }
    #expect(Set(files.keys) == Set(vectors.tiles.map(\.path)))
    for file in vectors.tiles {
      #expect(files[file.path].map { Blake2b.digest($0) } == file.hash.bytes32)
    }
    for file in vectors.bundles {
      let tile = try #require(Tile(entriesPath: file.path))
      let part = entries.dropFirst(Int(tile.index) * Tile.fullWidth).prefix(tile.width)
      #expect(Blake2b.digest(EntryBundle.encoded(part)) == file.hash.bytes32)
    }
    for name in vectors.names {
      #expect(
        Tile(path: name.path) == Tile(level: name.level, index: name.index, width: name.width))
      #expect(Tile(path: name.path)?.path == name.path)
    }
  }

  @Test func entries() throws {
    let vectors: EntryVectors = try Vectors.load("entries.json")
    #expect(vectors.entries.map(\.kind) == EntryKind.allCases.map(\.rawValue))
    for vector in vectors.entries {
      let kind = try #require(EntryKind(rawValue: vector.kind))
      let entry = try LogEntry(time: vector.time, vector.fields.content(kind))
      #expect(entry.encoded == vector.encoded.bytes, "\(vector.name)")
      #expect(try LogEntry(decoding: vector.encoded.bytes) == entry)
      #expect(entry.leaf == vector.leaf.bytes32)
      #expect(
        entry.key == EntryKey(kind: kind, subject: vector.subject.bytes32, number: vector.number))
      switch entry.content {
      case .plan(let plan): #expect(plan.isSigned)
      case .rotation(let rotation): #expect(rotation.isSigned)
      default: break
      }
    }
  }

  @Test func badEntries() throws {
    let vectors: Vectors.BadEntries = try Vectors.load("bad_entries.json")
    for vector in vectors.entries {
      let rule = refusal { () throws(LogRefusal) in
        _ = try LogEntry(decoding: vector.encoded.bytes)
      }
      #expect(rule == vector.rule, "\(vector.name)")
    }
  }

  @Test func heads() throws {
    let vectors: Vectors.Heads = try Vectors.load("heads.json")
    let log = LogIdentity(key: vectors.log.key)
    #expect(log.name == vectors.name.bytes32)
    let key = SigningKey(seed: SecretBytes(known: vectors.logSeed.bytes))
    let quorum = WitnessQuorum(Set(vectors.witnesses.map(\.key)), needed: vectors.needed)
    var view = LogView(log: log, witnesses: quorum)
    for step in vectors.steps {
      let head = try CosignedHead(decoding: step.head.bytes)
      #expect(head.encoded == step.head.bytes)
      let content = head.signed.head
      #expect(SignedHead(tree: content.tree, time: content.time, by: key) == head.signed)
      try view.accept(head, proof: step.proof.map { try ConsistencyProof(decoding: $0.bytes) })
    }
  }

  @Test func badHeads() throws {
    let vectors: Vectors.BadHeads = try Vectors.load("bad_heads.json")
    let quorum = WitnessQuorum(Set(vectors.witnesses.map(\.key)), needed: vectors.needed)
    for vector in vectors.heads {
      var view = LogView(log: LogIdentity(key: vectors.log.key), witnesses: quorum)
      try view.accept(CosignedHead(decoding: vectors.seen.bytes))
      let proof = try vector.proof.map { try ConsistencyProof(decoding: $0.bytes) }
      let rule = refusal { () throws(LogRefusal) in
        try view.accept(try CosignedHead(decoding: vector.head.bytes), proof: proof)
      }
      #expect(rule == vector.rule, "\(vector.name)")
    }
  }

  @Test func evidence() throws {
    let vectors: Vectors.Evidence = try Vectors.load("evidence.json")
    let log = LogIdentity(key: vectors.log.key)
    for vector in vectors.heads {
      let evidence = try HeadEvidence(decoding: vector.evidence.bytes)
      #expect(evidence.fault(of: log)?.rawValue == vector.fault, "\(vector.name)")
      #expect(evidence.encoded == vector.evidence.bytes)
    }
    for vector in vectors.entries {
      let evidence = try EntryEvidence(decoding: vector.evidence.bytes)
      #expect(evidence.holds(against: log) == vector.holds, "\(vector.name)")
      #expect(evidence.encoded == vector.evidence.bytes)
    }
  }
}
