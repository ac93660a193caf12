import Foundation
import Testing

/// `coordinator rotate-identity` and `rotate-authority` from outside.
@Suite struct RotateKeysCommandTests {
  private struct Keys: Decodable, Equatable {
    let authority, coordinator, log: String
  }

  private func keys(_ folder: TemporaryFolder) async throws -> Keys {
    let run = try await BuiltProduct.run(
      "coordinator", "show", "--dir", "state", "--json", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    return try JSONDecoder().decode(Keys.self, from: Data(run.output.utf8))
  }

  /// One key gives way to another, all others stay, and whoever runs the command is told both and what to do.
  @Test(arguments: ["rotate-identity", "rotate-authority"])
  func oneKeyGivesWay(command: String) async throws {
    let folder = try TemporaryFolder()
    let made = try await BuiltProduct.run(
      "coordinator", "init", "--dir", "state", "--url", "https://127.0.0.1:18443", in: folder)
    #expect(made.status == 0, "\(made.errors)")
    let before = try await keys(folder)
    let run = try await BuiltProduct.run("coordinator", command, "--dir", "state", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    let after = try await keys(folder)
    let isIdentity = command == "rotate-identity"
    #expect((before.coordinator != after.coordinator) == isIdentity)
    #expect((before.authority != after.authority) == !isIdentity)
    // The log has one key for life.
    #expect(before.log == after.log)
    let (old, new) =
      isIdentity ? (before.coordinator, after.coordinator) : (before.authority, after.authority)
    #expect(run.output.contains("\(old) has given way to \(new)"), "\(run.output)")
    #expect(run.output.contains("silhouette coordinator enroll issue --dir state"))
    // Once more: the new one gives way, not the old one.
    let again = try await BuiltProduct.run("coordinator", command, "--dir", "state", in: folder)
    #expect(again.output.contains("\(new) has given way to "), "\(again.output) \(again.errors)")
  }

  @Test func aFolderThatIsNoCoordinatorsIsNamed() async throws {
    let folder = try TemporaryFolder()
    let run = try await BuiltProduct.run(
      "coordinator", "rotate-identity", "--dir", "nowhere", in: folder)
    #expect(run.status != 0 && run.errors.contains("nowhere"), "\(run.errors)")
  }
}
