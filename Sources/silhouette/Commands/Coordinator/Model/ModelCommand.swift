internal import ArgumentParser
internal import CryptoPrimitives
internal import PlannedRounds
internal import RoundVocabulary
internal import Storage

struct ModelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "Versions of what was released: list, compare, promote, pin, go back.",
    discussion: """
      Each round makes a version, whose parent is the one it was trained on. Training goes on from the \
      version in use; devices compute profiles with it, or with the one that is pinned. Of a plan with audit.gate \
      they compute them with the one that was promoted or pinned last, which takes a measurement.

      Examples:
        silhouette coordinator model list --dir state
        silhouette coordinator model show HASH --dir state
        silhouette coordinator model rollback --dir state
      """,
    subcommands: [
      ModelListCommand.self, ModelShowCommand.self, ModelDiffCommand.self,
      ModelPromoteCommand.self, ModelPinCommand.self, ModelUnpinCommand.self,
      ModelRollbackCommand.self,
    ])
}

/// A version with where it stands.
struct ListedModel: Encodable, Sendable {
  let hash: String
  let parent: String?
  let plan: String
  /// Nil for the version before the first round.
  let round: String?
  let createdAt: Int64
  let isInUse: Bool
  let isServed: Bool
}

extension SQLiteCoordinatorStore {
  /// All versions of all plans, oldest first.
  func allModels() async throws -> [ModelRecord] {
    var models: [ModelRecord] = []
    for plan in try await plans() { models += try await self.models(plan: plan.hash) }
    return models
  }

  /// The version that is meant.
  func model(_ prefix: HashPrefix) async throws -> ModelRecord {
    let all = try await allModels()
    let hash = try prefix.hash(among: all.map(\.hash), kind: "model")
    guard let model = all.first(where: { $0.hash == hash }) else {
      throw StorageError.unknownModel(hash)
    }
    return model
  }

  func listed(_ model: ModelRecord) async throws -> ListedModel {
    ListedModel(
      hash: model.hash.description, parent: model.parent?.description,
      plan: model.plan.description,
      round: model.round.map { key in
        (PlannedTasks.task(named: key.task, plan: model.plan)?.rawValue ?? "other")
          + "/\(key.number)"
      }, createdAt: model.createdAt,
      isInUse: try await currentModel(plan: model.plan)?.hash == model.hash,
      isServed: try await servedModel(plan: model.plan)?.hash == model.hash)
  }
}
