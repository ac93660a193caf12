import Foundation
import Testing

/// Profiles and recommendations from what a simulation left in its folder.
@Suite struct ProfileCommandTests {
  private let plan = """
    name: small
    behavior:
      source: synthetic
      synthetic: {users: 60, items: 40, events: 1500, interests: 4}
    privacy: {mechanism: none}
    tasks:
      gram: {headItems: 20, tailGroups: 5, maxRank: 8}
      ranker: {rounds: 1, negatives: 10}
      encoder: {shape: mean, items: projected, width: 4, rounds: 2, length: 8}
    evaluation: {sampledNegatives: 20, bootstrapResamples: 40, coldStart: [0]}
    """

  private struct Shown: Decodable {
    let user: String
    let state: [Float]
  }

  private struct Recommended: Decodable {
    let item: String
    let rank: Int
  }

  @Test func aRunsPeopleCanBeShownExplainedAndExported() async throws {
    let folder = try TemporaryFolder()
    try folder.write(plan, to: "plan.yaml")
    let run = try await BuiltProduct.run("simulate", "plan.yaml", "--out", "run", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let unknown = try await BuiltProduct.run(
      "profile", "show", "run", "--user", "nobody", in: folder)
    #expect(unknown.status == 65)
    // The error names somebody who is there.
    let user = try #require(
      unknown.errors.components(separatedBy: "there is ").last?
        .trimmingCharacters(in: .whitespacesAndNewlines))
    let shown = try await BuiltProduct.run(
      "profile", "show", "run", "--user", user, "--json", in: folder)
    #expect(shown.status == 0, "\(shown.errors)")
    let profile = try JSONDecoder().decode(Shown.self, from: Data(shown.output.utf8))
    #expect(profile.user == user && profile.state.count == 4)
    let items = try await BuiltProduct.run(
      "recommend", "run", "--user", user, "--by", "encoder", "--count", "3", "--json", in: folder)
    #expect(items.status == 0, "\(items.errors)")
    let list = try JSONDecoder().decode([Recommended].self, from: Data(items.output.utf8))
    #expect(list.map(\.rank) == [1, 2, 3])
    let why = try await BuiltProduct.run(
      "profile", "explain", "run", "--user", user, "--item", list[1].item, "--by", "encoder",
      in: folder)
    #expect(why.output.contains("is ranked 2"))
    let export = try await BuiltProduct.run(
      "profile", "export", "run", "--user", user, "--out", "profile.json", in: folder)
    #expect(export.status == 0, "\(export.errors)")
    let written = try Data(contentsOf: folder.url.appending(path: "profile.json"))
    let object = try JSONSerialization.jsonObject(with: written) as? [String: Any]
    #expect(object?.keys.sorted() == ["profile", "recommendations"])
  }

  @Test func whatIsMissingOrDamagedIsNamed() async throws {
    let folder = try TemporaryFolder()
    let missing = try await BuiltProduct.run("profile", "show", "run", "--user", "1", in: folder)
    #expect(missing.status == 66 && missing.errors.contains("run/model.silhouette"))
    try folder.write("no model", to: "model.silhouette")
    let damaged = try await BuiltProduct.run("recommend", ".", "--user", "1", in: folder)
    #expect(damaged.status == 65)
    #expect(damaged.errors.contains("damaged, of another version, or no model"))
  }

  /// An interrupted run's folder of checkpoints serves the same scenario and no other.
  @Test func checkpointsServeOneScenario() async throws {
    let folder = try TemporaryFolder()
    try folder.write(plan, to: "plan.yaml")
    let first = try await BuiltProduct.run(
      "simulate", "plan.yaml", "--checkpoints", "kept", in: folder)
    #expect(first.status == 0, "\(first.errors)")
    let again = try await BuiltProduct.run(
      "simulate", "plan.yaml", "--checkpoints", "kept", in: folder)
    #expect(again.output == first.output)
    let other = try await BuiltProduct.run(
      "simulate", "plan.yaml", "--seed", "5", "--checkpoints", "kept", in: folder)
    #expect(other.status == 65 && other.errors.contains("belongs to another training"))
  }
}
