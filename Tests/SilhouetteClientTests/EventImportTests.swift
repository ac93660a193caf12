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

  /// A device keeps the newest events, in whatever order they come, and importing them again adds nothing.
  @Test func theNewestEventsAreKept() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func rows(_ times: [Int]) -> [String] { times.map { "ada,i\($0),view,\(1_700_000_000 + $0)" } }
    let catalogue = Catalogue(
      items: (0..<20).map { .init(id: "i\($0)", title: "", categories: []) }, categoryNames: [])
    let events = try EventStore(folder: folder + "/device", lifetime: 1_000_000_000, most: 4)
    func kept() async throws -> [Int] {
      try await events.history(over: catalogue).value.events.map { Int($0.item) }
    }
    func add(_ times: [Int]) async throws -> [Int] {
      let found = try await events.importCSV(file("more.csv", rows(times)), now: 1_700_001_000)
      return [found.added, found.known, found.beyondMost]
    }
    #expect(try await add([3, 9, 1, 5, 7, 8]) == [4, 0, 2])
    #expect(try await kept() == [5, 7, 8, 9])
    #expect(try await add([3, 9, 1, 5, 7, 8]) == [0, 4, 2])
    // One of three takes the place of the oldest; the others are older than the rest.
    #expect(try await add([6, 10, 2]) == [1, 0, 2])
    #expect(try await kept() == [7, 8, 9, 10])
    // Of one time those that are here stay.
    let twin = try file("twin.csv", ["ada,i0,view,1700000007"])
    #expect(try await events.importCSV(twin, now: 1_700_001_000).added == 0)
    // An event without a time is of now.
    let timeless = try file("timeless.csv", ["ada,i1,view,"])
    #expect(try await events.importCSV(timeless, now: 1_700_001_000).added == 1)
    #expect(try await kept().sorted() == [1, 8, 9, 10])
    #expect(try await events.count() == 4)
    try await events.close()
  }

  /// However many events a user has, what a device keeps is bounded.
  ///
  /// Of a million, reading the text alone would take half a minute in a debug build.
  @Test func hundredsOfThousandsOfEventsAreTheNewest() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let (count, start) = (400_000, 1_600_000_000)
    let path = try file("many.csv", (0..<count).map { "ada,i\($0 % 500),view,\(start + $0)" })
    let events = try EventStore(folder: folder + "/device", lifetime: 1_000_000_000, most: 5_000)
    let imported = try await events.importCSV(path, now: Int64(start + count))
    #expect(imported.added == 5_000 && imported.beyondMost == count - 5_000)
    let catalogue = Catalogue(
      items: (0..<500).map { .init(id: "i\($0)", title: "", categories: []) }, categoryNames: [])
    let times = try await events.history(over: catalogue).value.events.map(\.time)
    #expect(times == (count - 5_000..<count).map { Int64(start + $0) })
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
