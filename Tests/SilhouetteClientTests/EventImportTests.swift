import Behavior
import DeviceProfiling
import Foundation
import Storage
import Testing

@Suite struct EventImportTests {
  private let folder =
    FileManager.default.temporaryDirectory.path + "/silhouette-" + UUID().uuidString

  private func file(_ name: String, _ rows: [String]) throws -> String {
    try FileManager.default.createDirectory(
      atPath: folder + "/device", withIntermediateDirectories: true)
    let path = folder + "/" + name
    try (["user,item,kind,time"] + rows).joined(separator: "\n")
      .write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  /// A profile over the events of two people is nobody's.
  @Test func aDeviceHasOneUser() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let ada = try file("ada.csv", ["ada,a,view,1700000000", "ada,b,view,1700000100"])
    let later = try file("later.csv", ["ada,c,view,1700000200"])
    let bob = try file("bob.csv", ["bob,a,view,1700000000"])
    let events = try EventStore(folder: folder + "/device", lifetime: 1_000_000_000)
    #expect(try await events.importCSV(ada, now: 1_700_001_000).added == 2)
    #expect(try await events.importCSV(later, now: 1_700_001_000).added == 1)
    await #expect(throws: EventStoreError.otherUser(file: bob)) {
      _ = try await events.importCSV(bob, now: 1_700_001_000)
    }
    #expect(try await events.count() == 3)
    // Nothing in the folder says who it is.
    let bytes = try FileManager.default.subpathsOfDirectory(atPath: folder + "/device")
      .compactMap { FileManager.default.contents(atPath: folder + "/device/" + $0) }
    #expect(!bytes.isEmpty && bytes.allSatisfy { $0.range(of: Data("ada".utf8)) == nil })
    // Whoever has forgotten everything may have another user.
    _ = try await events.forgetEverything()
    #expect(try await events.importCSV(bob, now: 1_700_001_000).added == 1)
    try await events.close()
  }

  @Test func whatIsLeftOutIsCounted() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let odd = try file(
      "odd.csv", ["ada,a,view,1700000000", "ada,b,view,9999999999", "ada,a,view,1700000000"])
    let events = try EventStore(folder: folder + "/device", lifetime: 1_000_000_000)
    let imported = try await events.importCSV(odd, now: 1_700_001_000)
    #expect(imported.added == 1)
    #expect(imported.leftOut.reduce(0) { $0 + $1.count } + imported.badRows == 2)
    try await events.close()
  }
}
