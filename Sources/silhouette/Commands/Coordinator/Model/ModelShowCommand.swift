internal import ArgumentParser
internal import CryptoPrimitives
internal import PlannedRounds
internal import ReleasedParts
internal import Storage

/// What is in a version, in figures.
struct ModelFigures: Encodable, Sendable {
  let hash: String
  let byteCount: Int
  let items: Int?
  let basisCoordinates: Int?
  let basisRank: Int?
  let rankerRounds: Int
  let rankerWeights: [String: Float]

  init(_ state: ModelState, hash: Bytes32, byteCount: Int) {
    self.hash = hash.description
    self.byteCount = byteCount
    items = state.popularity?.values.count
    basisCoordinates = state.basis?.coordinateCount
    basisRank = state.basis?.rank
    rankerRounds = state.ranker.completedRounds
    rankerWeights = Dictionary(
      uniqueKeysWithValues: zip(RankerFeature.allCases.map(\.name), state.ranker.weights))
  }
}

struct ModelShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "What is in a version.",
    discussion: """
      Example:
        silhouette coordinator model show HASH --dir state
      """)

  @Argument(help: "The version's hash, or its first digits.")
  var model: HashPrefix

  @OptionGroup var options: CoordinatorOptions

  func run() async throws {
    let figures = try await options.withStore { store in
      let record = try await store.model(model)
      let bytes = try await store.blob(record.hash)
      return ModelFigures(
        try ModelState(decoding: bytes), hash: record.hash, byteCount: bytes.count)
    }
    if options.json { return try ConsoleOutput.writeJSON(figures) }
    let weights = RankerFeature.allCases.map { feature in
      ["weight of " + feature.name, "\(figures.rankerWeights[feature.name] ?? 0)"]
    }
    try ConsoleOutput.write(
      ResultTable.aligned(
        [
          ["version", figures.hash], ["bytes", "\(figures.byteCount)"],
          ["popularity", figures.items.map { "\($0) items" } ?? "not yet"],
          [
            "item basis",
            figures.basisRank.map { "\($0) of \(figures.basisCoordinates ?? 0) dimensions" }
              ?? "not yet",
          ],
          ["ranker rounds", "\(figures.rankerRounds)"],
        ] + weights))
  }
}
