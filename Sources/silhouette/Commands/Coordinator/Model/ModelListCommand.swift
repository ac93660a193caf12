internal import ArgumentParser
internal import Storage

struct ModelListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List versions with their lineage, oldest first.",
    discussion: """
      Example:
        silhouette coordinator model list --dir state
      """)

  @OptionGroup var options: CoordinatorOptions

  func run() async throws {
    let models = try await options.withStore { store in
      var models: [ListedModel] = []
      for model in try await store.allModels() { models.append(try await store.listed(model)) }
      return models
    }
    if options.json { return try ConsoleOutput.writeJSON(models) }
    let rows = models.map {
      [
        $0.hash, $0.parent.map { String($0.prefix(12)) } ?? "-", $0.round ?? "-",
        String($0.plan.prefix(12)), Moment.text($0.createdAt),
        [$0.isInUse ? "in use" : "", $0.isServed ? "served" : ""]
          .filter { !$0.isEmpty }.joined(separator: ", "),
      ]
    }
    try ConsoleOutput.write(
      ResultTable.aligned([["version", "parent", "round", "plan", "made", ""]] + rows))
  }
}
