internal import CryptoPrimitives
internal import ReleasedParts

extension ModelState {
  /// "silmod" and the version of the format.
  private static let magic: [UInt8] = Array("silmod".utf8) + [1, 0]
  /// More items, coordinates or rounds than any plan has.
  private static let mostNumbers = 1 << 26

  /// The one form of a version; its hash names it.
  ///
  /// Layout: protocols/node-api.md, section 8.
  package var encoded: [UInt8] {
    var bytes = Self.magic
    func append(_ number: Int) {
      for shift in stride(from: 0, to: 32, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: number >> shift))
      }
    }
    func append(_ values: [Float]) {
      append(values.count)
      for value in values { append(Int(value.bitPattern)) }
    }
    bytes += plan.bytes
    append(popularity?.values ?? [])
    append(basis?.coordinateCount ?? 0)
    append(basis?.rank ?? 0)
    append(basis?.vectors ?? [])
    append(basis?.eigenvalues ?? [])
    append(basis.map { [$0.noiseEdge] } ?? [])
    append(ranker.completedRounds)
    append(ranker.weights)
    append(ranker.velocity)
    return bytes
  }

  /// - Throws: `ModelError`; nothing is allocated for bytes that are not there.
  package init(decoding bytes: [UInt8]) throws(ModelError) {
    guard bytes.starts(with: Self.magic) else { throw .format }
    var reader = Reader(bytes: bytes[Self.magic.count...])
    let plan = try reader.hash("plan")
    let popularity = try reader.floats("popularity")
    let coordinates = try reader.count("basis.coordinates")
    let rank = try reader.count("basis.rank")
    let vectors = try reader.floats("basis.vectors")
    let eigenvalues = try reader.floats("basis.eigenvalues")
    let edge = try reader.floats("basis.noiseEdge")
    let completedRounds = try reader.count("ranker.completedRounds")
    let weights = try reader.floats("ranker.weights")
    let velocity = try reader.floats("ranker.velocity")
    guard reader.bytes.isEmpty else { throw .length(field: "the end") }
    guard weights.count == velocity.count else { throw .range(field: "ranker.velocity") }
    var basis: ItemBasis?
    if rank > 0 {
      guard !popularity.isEmpty else { throw .range(field: "popularity") }
      guard vectors.count == coordinates * rank else { throw .range(field: "basis.vectors") }
      guard eigenvalues.count == rank, edge.count == 1 else {
        throw .range(field: "basis.eigenvalues")
      }
      basis = ItemBasis(
        coordinateCount: coordinates, rank: rank, vectors: vectors, eigenvalues: eigenvalues,
        noiseEdge: edge[0])
    } else {
      guard coordinates == 0, vectors.isEmpty, eigenvalues.isEmpty, edge.isEmpty else {
        throw .range(field: "basis.rank")
      }
    }
    self.init(
      plan: plan, popularity: popularity.isEmpty ? nil : Popularity(values: popularity),
      basis: basis,
      ranker: Ranker(weights: weights, velocity: velocity, completedRounds: completedRounds))
  }

  private struct Reader {
    var bytes: ArraySlice<UInt8>

    mutating func hash(_ field: String) throws(ModelError) -> Bytes32 {
      guard let hash = Bytes32(Array(bytes.prefix(Bytes32.count))) else {
        throw .length(field: field)
      }
      bytes = bytes.dropFirst(Bytes32.count)
      return hash
    }

    mutating func word(_ field: String) throws(ModelError) -> UInt32 {
      guard bytes.count >= 4 else { throw .length(field: field) }
      let word = bytes.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      bytes = bytes.dropFirst(4)
      return word
    }

    mutating func count(_ field: String) throws(ModelError) -> Int {
      let word = try word(field)
      guard word <= ModelState.mostNumbers else { throw .range(field: field) }
      return Int(word)
    }

    /// Finite numbers after their count.
    mutating func floats(_ field: String) throws(ModelError) -> [Float] {
      let count = try count(field)
      guard bytes.count >= 4 * count else { throw .length(field: field) }
      var values: [Float] = []
      values.reserveCapacity(count)
      for _ in 0..<count {
        let value = Float(bitPattern: try word(field))
        guard value.isFinite else { throw .range(field: field) }
        values.append(value)
      }
      return values
    }
  }
}
