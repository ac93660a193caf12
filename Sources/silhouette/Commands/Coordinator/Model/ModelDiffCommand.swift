internal import ArgumentParser
internal import CryptoPrimitives
internal import PlannedRounds
internal import ReleasedParts
internal import Storage

struct ModelDiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "How far two versions are from each other.",
    discussion: """
      Distances are Euclidean; a part that only one version has is named.

      Example:
        silhouette coordinator model diff HASH HASH --dir state
      """)

  @Argument(help: "A version's hash, or its first digits.")
  var first: HashPrefix

  @Argument(help: "Another one.")
  var second: HashPrefix

  @OptionGroup var options: CoordinatorOptions

  private struct Part: Encodable, Sendable {
    let part: String
    /// Nil where only one version has the part, or they are of different sizes.
    let distance: Double?
    let norms: [Double]
  }

  func run() async throws {
    let parts = try await options.withStore { store in
      let states = [
        try ModelState(decoding: try await store.blob(store.model(first).hash)),
        try ModelState(decoding: try await store.blob(store.model(second).hash)),
      ]
      return [
        Self.part("popularity", states.map { $0.popularity?.values ?? [] }),
        Self.part("item basis", states.map { $0.basis?.vectors ?? [] }),
        Self.part("ranker", states.map(\.ranker.weights)),
      ]
    }
    if options.json { return try ConsoleOutput.writeJSON(parts) }
    let rows = parts.map { part in
      [part.part, part.distance.map { "\($0)" } ?? "-"] + part.norms.map { "\($0)" }
    }
    try ConsoleOutput.write(
      ResultTable.aligned([["part", "distance", "first norm", "second norm"]] + rows))
  }

  private static func part(_ name: String, _ values: [[Float]]) -> Part {
    func norm(_ values: [Float]) -> Double {
      values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
    let isComparable = values[0].count == values[1].count && !values[0].isEmpty
    return Part(
      part: name, distance: isComparable ? norm(zip(values[0], values[1]).map { $0 - $1 }) : nil,
      norms: values.map(norm))
  }
}
