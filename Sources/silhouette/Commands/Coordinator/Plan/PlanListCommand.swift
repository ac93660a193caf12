internal import ArgumentParser
internal import CryptoPrimitives
internal import Scenarios
internal import Storage

struct PlanListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List plans and how far they are.",
    discussion: """
      Example:
        silhouette coordinator plan list --dir state
      """)

  @OptionGroup var options: CoordinatorOptions

  private struct Plan: Encodable {
    let hash: String
    let name: String
    let state: String
    /// How many versions rounds have made.
    let versions: Int
  }

  func run() async throws {
    let plans = try await options.withStore { store in
      var plans: [Plan] = []
      for record in try await store.plans() {
        let plan = try PlanDecoder.decode(
          yaml: String(decoding: record.document, as: UTF8.self), file: "plan \(record.hash)")
        plans.append(
          Plan(
            hash: record.hash.description, name: plan.name, state: record.state.rawValue,
            versions: try await store.models(plan: record.hash).count { $0.round != nil }))
      }
      return plans
    }
    if options.json { return try ConsoleOutput.writeJSON(plans) }
    let rows = plans.map { [$0.hash, $0.name, $0.state, "\($0.versions)"] }
    try ConsoleOutput.write(
      ResultTable.aligned([["plan", "name", "state", "versions"]] + rows))
  }
}
