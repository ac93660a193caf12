internal import Behavior
internal import CryptoPrimitives
package import DeviceLedger
internal import DeviceProfiling
internal import PlannedRounds
internal import Scenarios

/// What is the same for all devices of a process: plans, catalogues, and what follows from versions.
///
/// All of it is public; nothing of any user comes here.
package actor PlanShelf {
  package nonisolated let epsilons = EpsilonTable()
  private var tasks: [Bytes32: PlannedTasks] = [:]
  private var catalogues: [Bytes32: Catalogue] = [:]
  private var models: [Bytes32: ProfilingModel] = [:]
  /// Plans, catalogues and models that are kept.
  private static let most = 4

  package init() {}

  func tasks(_ document: [UInt8]) throws -> PlannedTasks {
    let hash = Blake2b.digest(document)
    if let known = tasks[hash] { return known }
    let plan = try PlanDecoder.decode(
      yaml: String(decoding: document, as: UTF8.self), file: "plan \(hash)")
    let made = try PlannedTasks(plan, hash: hash)
    if tasks.count >= Self.most { tasks.removeAll() }
    tasks[hash] = made
    return made
  }

  /// The model of a version.
  ///
  /// - Parameter download: fetches bytes by their hash, and checks it.
  func model(
    _ tasks: PlannedTasks, state bytes: [UInt8],
    download: @Sendable (Bytes32) async throws -> [UInt8]
  ) async throws -> ProfilingModel {
    let hash = Blake2b.digest(bytes)
    if let known = models[hash] { return known }
    let state = try ModelState(decoding: bytes)
    let catalogue = try await catalogue(of: tasks.plan, download: download)
    // Another device of the process may have made it meanwhile.
    if let known = models[hash] { return known }
    let made: ProfilingModel
    if let similar = models.values.first(where: { $0.tasks.hash == tasks.hash }) {
      made = try similar.with(state)
    } else {
      made = try ProfilingModel(tasks, catalogue: catalogue, state: state)
    }
    if models.count >= Self.most { models.removeAll() }
    models[hash] = made
    return made
  }

  private func catalogue(
    of plan: FederationPlan, download: @Sendable (Bytes32) async throws -> [UInt8]
  ) async throws -> Catalogue {
    guard let name = plan.catalogue.hash, let hash = Bytes32(hexadecimal: name) else {
      throw PlanObjection.noCatalogue
    }
    if let known = catalogues[hash] { return known }
    let catalogue = try CatalogueFile.read(
      try await download(hash), items: plan.catalogue.items)
    if catalogues.count >= Self.most { catalogues.removeAll() }
    catalogues[hash] = catalogue
    return catalogue
  }
}
