internal import DatasetFetching
internal import Foundation
internal import Testing

@Suite(.timeLimit(.minutes(20))) struct ArchiveTests {
  private func failure(_ fixture: FetchingFixture) async throws -> DownloadError? {
    let archive = fixture.archive
    let server = try LoopbackServer { _, _ in ServedResponse(body: archive) }
    defer { server.stop() }
    return try await fixture.failure(of: server.address())
  }

  @Test(arguments: [
    "../outside.txt", "tiny/../../outside.txt", "/tmp/silhouette-outside.txt", "tiny/..",
    "..\\outside.txt", "C:outside.txt",
  ])
  func entriesThatLeaveTheirDirectoryAreRefused(name: String) async throws {
    let hostile = ZipFixture.Entry(name: name, content: Array("x".utf8))
    let fixture = try FetchingFixture([hostile] + FetchingFixture.honestEntries)
    guard case .unsafeEntry? = try await failure(fixture) else {
      Issue.record("\(name) must be refused")
      return
    }
    #expect(try fixture.names() == ["tiny.zip.part"])
    let outside = fixture.cache.deletingLastPathComponent().appending(path: "outside.txt")
    #expect(!FileManager.default.fileExists(atPath: outside.path(percentEncoded: false)))
  }

  @Test func symbolicLinksAreRefused() async throws {
    let link = ZipFixture.Entry(
      name: "tiny/link", content: Array("/etc/passwd".utf8), mode: 0o120777)
    let fixture = try FetchingFixture(FetchingFixture.honestEntries + [link])
    let error = try await failure(fixture)
    #expect(error == .unsafeEntry(name: "tiny/link", reason: "is a link or a special file"))
    #expect(!fixture.exists("tiny"))
  }

  @Test func membersThatExpandTooFarAreRefused() async throws {
    let fixture = try FetchingFixture()
    fixture.download.expandedByteLimit = FetchingFixture.ratings.count
    #expect(try await failure(fixture) == .expandsTooFar(limitBytes: 200_000))
    #expect(!fixture.exists("tiny"))
    fixture.download.expandedByteLimit += "terms".utf8.count
    #expect(try await failure(fixture) == nil)
  }

  @Test func aMissingMemberIsNamed() async throws {
    let fixture = try FetchingFixture()
    fixture.download.members.append("users.txt")
    #expect(try await failure(fixture) == .missingMember(name: "users.txt"))
    #expect(!fixture.exists("tiny"))
  }

  @Test func aFileThatIsNoArchiveIsRefused() async throws {
    let fixture = try FetchingFixture(archive: [UInt8](repeating: 65, count: 5000))
    guard case .notAnArchive? = try await failure(fixture) else {
      Issue.record("a file that is no archive must be refused")
      return
    }
    #expect(!fixture.exists("tiny"))
  }

  @Test func anIncompleteDirectoryInThePlaceIsReplaced() async throws {
    let fixture = try FetchingFixture()
    try FileManager.default.createDirectory(
      atPath: fixture.path("tiny"), withIntermediateDirectories: true)
    try Data("old".utf8).write(to: fixture.cache.appending(path: "tiny/README"))
    #expect(try await failure(fixture) == nil)
    #expect(try fixture.content("tiny/README") == Array("terms".utf8))
    #expect(try fixture.names() == ["tiny"])
  }

  @Test func aRefusedArchiveLeavesWhatWasInPlace() async throws {
    let fixture = try FetchingFixture()
    #expect(try await failure(fixture) == nil)
    fixture.download.members.append("users.txt")
    #expect(try await failure(fixture) != nil)
    #expect(try fixture.content("tiny/ratings.txt") == FetchingFixture.ratings)
  }
}
