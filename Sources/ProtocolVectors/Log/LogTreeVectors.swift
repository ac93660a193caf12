internal import CryptoPrimitives
internal import TransparencyLog

/// The file tree.json: roots and proofs of trees of every size up to the number of entries.
struct LogTreeVectors: LogVectorSuite {
  struct Inclusion: Decodable {
    let index: Int
    let size: Int
    let proof: Hex
  }

  struct Consistency: Decodable {
    let older: Int
    let newer: Int
    let proof: Hex
  }

  let entries: [Hex]
  let leaves: [Hex32]
  let nodeOfFirstTwo: Hex32
  let roots: [Hex32]
  let inclusion: [Inclusion]
  let consistency: [Consistency]

  func verify(_ checks: inout VectorChecks) throws(ProtocolVectorError) {
    try checks.begin("tree")
    let leaves = entries.map { MerkleHash.leaf($0.bytes) }
    checks.equal("leaves", leaves.map(\.description), self.leaves.map(\.value.description))
    try checks.limited("entries", entries.count, 2...1_000)
    checks.equal(
      "node_of_first_two", MerkleHash.node(leaves[0], leaves[1]), nodeOfFirstTwo.value)
    var frontier = MerkleFrontier()
    var states = [frontier.state]
    for leaf in leaves {
      frontier.append(leaf)
      states.append(frontier.state)
    }
    checks.equal("roots", states.map(\.root.description), roots.map(\.value.description))
    for vector in inclusion {
      try checks.begin("inclusion of \(vector.index) in \(vector.size)")
      try checks.limited("index", vector.index, 0...leaves.count - 1)
      try checks.limited("size", vector.size, 0...leaves.count)
      let rule = logRule { () throws(LogRefusal) in
        let proof = try InclusionProof(decoding: vector.proof.bytes)
        try proof.verify(leaf: leaves[vector.index], in: states[vector.size])
      }
      checks.equal("proof", rule ?? "accepted", "accepted")
    }
    for vector in consistency {
      try checks.begin("consistency from \(vector.older) to \(vector.newer)")
      try checks.limited("older", vector.older, 0...leaves.count)
      try checks.limited("newer", vector.newer, 0...leaves.count)
      let rule = logRule { () throws(LogRefusal) in
        let proof = try ConsistencyProof(decoding: vector.proof.bytes)
        try proof.verify(from: states[vector.older], to: states[vector.newer])
      }
      checks.equal("proof", rule ?? "accepted", "accepted")
    }
  }
}

/// The file bad_proofs.json.
struct BadProofVectors: LogVectorSuite {
  struct Inclusion: Decodable {
    let name: String
    let leaf: Hex32
    let size: UInt64
    let root: Hex32
    let proof: Hex
    let rule: String
  }

  struct Consistency: Decodable {
    let name: String
    let older: UInt64
    let olderRoot: Hex32
    let newer: UInt64
    let newerRoot: Hex32
    let proof: Hex
    let rule: String
  }

  let inclusion: [Inclusion]
  let consistency: [Consistency]

  func verify(_ checks: inout VectorChecks) throws(ProtocolVectorError) {
    for vector in try checks.list("inclusion", inclusion) {
      try checks.begin("inclusion: " + vector.name)
      let rule = logRule { () throws(LogRefusal) in
        try InclusionProof(decoding: vector.proof.bytes).verify(
          leaf: vector.leaf.value, in: TreeState(size: vector.size, root: vector.root.value))
      }
      checks.equal("rule", rule, vector.rule)
    }
    for vector in try checks.list("consistency", consistency) {
      try checks.begin("consistency: " + vector.name)
      let rule = logRule { () throws(LogRefusal) in
        try ConsistencyProof(decoding: vector.proof.bytes).verify(
          from: TreeState(size: vector.older, root: vector.olderRoot.value),
          to: TreeState(size: vector.newer, root: vector.newerRoot.value))
      }
      checks.equal("rule", rule, vector.rule)
    }
  }
}

/// The file tiles.json: what files a log of made-up entries has.
struct TileVectors: LogVectorSuite {
  struct File: Decodable {
    let path: String
    let hash: Hex32
  }

  struct Name: Decodable {
    let level: Int
    let index: UInt64
    let width: Int
    let path: String
  }

  let size: Int
  let tiles: [File]
  let bundles: [File]
  let names: [Name]

  func verify(_ checks: inout VectorChecks) throws(ProtocolVectorError) {
    try checks.begin("tiles")
    try checks.limited("size", size, 1...100_000)
    let entries = (0..<size).map { Array("entry \($0)".utf8) }
    var edge = TileEdge()
    var files: [String: Bytes32] = [:]
    for entry in entries {
      for content in edge.append(MerkleHash.leaf(entry)) {
        files[content.tile.path] = Blake2b.digest(content.encoded)
      }
    }
    for content in edge.partialTiles {
      files[content.tile.path] = Blake2b.digest(content.encoded)
    }
    checks.equal("tiles", files.keys.sorted(), tiles.map(\.path).sorted())
    for file in tiles { checks.equal(file.path, files[file.path], file.hash.value) }
    for file in bundles {
      let found = Tile(entriesPath: file.path).map { tile in
        Blake2b.digest(
          EntryBundle.encoded(
            entries.dropFirst(Int(tile.index) * Tile.fullWidth).prefix(tile.width)))
      }
      checks.equal(file.path, found, file.hash.value)
    }
    for name in names {
      try checks.begin(name.path)
      let tile = Tile(path: name.path)
      checks.equal("level", tile?.level, name.level)
      checks.equal("index", tile?.index, name.index)
      checks.equal("width", tile?.width, name.width)
      checks.equal("path", tile?.path, name.path)
    }
  }
}

/// The rule by which `body` is refused; nil if it is not.
func logRule(_ body: () throws(LogRefusal) -> Void) -> String? {
  do throws(LogRefusal) {
    try body()
    return nil
  } catch {
    return error.rule
  }
}
