internal import ArgumentParser
internal import CryptoPrimitives
internal import Storage

struct ModelPromoteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "promote",
    abstract: "Put a version to use: training goes on from it.",
    discussion: """
      A round that is going on was trained on another version and is aborted at its end.

      Example:
        silhouette coordinator model promote HASH --dir state
      """)

  @OptionGroup var pointed: ModelPointerOptions

  func run() async throws {
    try await pointed.point { store, model in try await store.promote(model.hash) }
  }
}

struct ModelPinCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pin",
    abstract: "Serve a version to devices whatever is trained after it.",
    discussion: """
      Example:
        silhouette coordinator model pin HASH --dir state
      """)

  @OptionGroup var pointed: ModelPointerOptions

  func run() async throws {
    try await pointed.point { store, model in try await store.pin(model.hash) }
  }
}

struct ModelUnpinCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unpin",
    abstract: "Serve the version in use again.",
    discussion: """
      Example:
        silhouette coordinator model unpin HASH --dir state
      """)

  @OptionGroup var pointed: ModelPointerOptions

  func run() async throws {
    try await pointed.point { store, model in try await store.unpin(plan: model.plan) }
  }
}

/// The version that a command points at.
struct ModelPointerOptions: ParsableArguments {
  @Argument(help: "The version's hash, or its first digits.")
  var model: HashPrefix

  @OptionGroup var options: CoordinatorOptions
}

extension ModelPointerOptions {
  func point(
    _ change: (SQLiteCoordinatorStore, ModelRecord) async throws -> Void
  ) async throws {
    let model = try await options.withStore { store in
      let model = try await store.model(self.model)
      try await change(store, model)
      return try await store.listed(model)
    }
    try options.write(model)
  }
}

struct ModelRollbackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    abstract: "Put the parent of the version in use to use.",
    discussion: """
      Of the plan that was added last, unless another one is named.

      Example:
        silhouette coordinator model rollback --dir state
      """)

  @OptionGroup var options: CoordinatorOptions

  @Option(help: "The plan's hash, or its first digits.")
  var plan: HashPrefix?

  func run() async throws {
    let model = try await options.withStore { store in
      let plans = try await store.plans().map(\.hash)
      let chosen = try plan?.hash(among: plans, kind: "plan") ?? plans.last
      guard let chosen, let current = try await store.currentModel(plan: chosen),
        let parent = current.parent
      else { throw RollbackFault.noParent }
      try await store.promote(parent)
      guard let model = try await store.model(parent) else {
        throw StorageError.unknownModel(parent)
      }
      return try await store.listed(model)
    }
    try options.write(model)
  }
}

enum RollbackFault: Error, Equatable, CustomStringConvertible {
  case noParent

  var description: String {
    "no version has a parent to go back to; list them with: silhouette coordinator model list"
  }
}

extension CoordinatorOptions {
  fileprivate func write(_ model: ListedModel) throws {
    if json { return try ConsoleOutput.writeJSON(model) }
    try ConsoleOutput.write(
      "\(model.hash): \(model.isInUse ? "in use" : "not in use"), "
        + (model.isServed ? "served" : "not served"))
  }
}
