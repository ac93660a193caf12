internal import DatasetFetching
internal import Foundation
internal import Synchronization
internal import Testing

@Suite(.timeLimit(.minutes(20))) struct DatasetDownloaderTests {
  private let tag = "\"version-1\""

  @Test func wholeDownloadIsUnpackedIntoPlaceAndLeavesNothingElse() async throws {
    let fixture = try FetchingFixture()
    let archive = fixture.archive
    let server = try LoopbackServer { _, _ in ServedResponse(body: archive) }
    defer { server.stop() }
    let directory = try await fixture.fetch(from: server)
    #expect(directory.lastPathComponent == "tiny")
    #expect(try fixture.content("tiny/ratings.txt") == FetchingFixture.ratings)
    #expect(try fixture.content("tiny/README") == Array("terms".utf8))
    #expect(!fixture.exists("tiny/unwanted.txt"))
    #expect(try fixture.names() == ["tiny"])
    #expect(server.requests.first?.headers["range"] == nil)
  }

  @Test func progressEndsAtTheWholeSize() async throws {
    let fixture = try FetchingFixture()
    let archive = fixture.archive
    let server = try LoopbackServer { _, _ in ServedResponse(body: archive) }
    defer { server.stop() }
    var download = fixture.download
    download.source = try server.address()
    let seen = ProgressLog()
    _ = try await DatasetDownloader().fetch(download, to: fixture.cache) { received, total in
      seen.steps.withLock { $0.append([received, total]) }
    }
    let steps = seen.steps.withLock { $0 }
    #expect(steps.last == [archive.count, archive.count])
    #expect(steps.map { $0[0] } == steps.map { $0[0] }.sorted())
  }

  @Test func aCutConnectionIsReportedAndTheNextCallFetchesOnlyTheRest() async throws {
    let fixture = try FetchingFixture()
    let (archive, tag) = (fixture.archive, tag)
    let server = try LoopbackServer { request, number in
      var response = ranged(archive, request, tag: tag)
      if number == 0 { response.sentBytes = 70_000 }
      return response
    }
    defer { server.stop() }
    let address = try server.address()
    guard
      case .connectionLost(_, let received, let expected)? = try await fixture.failure(of: address)
    else {
      Issue.record("a cut connection must be reported as one")
      return
    }
    #expect(received == 70_000)
    #expect(expected == archive.count)
    #expect(try fixture.names() == ["tiny.zip.part", "tiny.zip.part.validator"])
    _ = try await fixture.fetch(from: server)
    #expect(server.requests.last?.headers["range"] == "bytes=70000-")
    #expect(server.requests.last?.headers["if-range"] == tag)
    #expect(try fixture.content("tiny/ratings.txt") == FetchingFixture.ratings)
    #expect(try fixture.names() == ["tiny"])
  }

  @Test func oneCallRidesOutInterruptions() async throws {
    let fixture = try FetchingFixture()
    let (archive, tag) = (fixture.archive, tag)
    let server = try LoopbackServer { request, number in
      var response = ranged(archive, request, tag: tag)
      if number < 2 { response.sentBytes = 50_000 }
      return response
    }
    defer { server.stop() }
    _ = try await fixture.fetch(from: server, attempts: 3)
    #expect(server.requests.map { $0.headers["range"] } == [nil, "bytes=50000-", "bytes=100000-"])
    #expect(try fixture.content("tiny/ratings.txt") == FetchingFixture.ratings)
  }

  @Test func aServerThatIgnoresRangeIsTakenFromTheStart() async throws {
    let fixture = try FetchingFixture()
    let (archive, tag) = (fixture.archive, tag)
    let server = try LoopbackServer { _, number in
      var response = ServedResponse(headers: ["ETag": tag], body: archive)
      if number == 0 { response.sentBytes = 70_000 }
      return response
    }
    defer { server.stop() }
    _ = try await fixture.fetch(from: server, attempts: 2)
    #expect(server.requests.last?.headers["range"] == "bytes=70000-")
    #expect(try fixture.content("tiny/ratings.txt") == FetchingFixture.ratings)
  }

  @Test(arguments: [416, 206]) func aServerThatCannotContinueIsAskedForTheWhole(
    status: Int
  ) async throws {
    let fixture = try FetchingFixture()
    let (archive, tag) = (fixture.archive, tag)
    let server = try LoopbackServer { request, number in
      var response = ServedResponse(headers: ["ETag": tag], body: archive)
      if number == 0 { response.sentBytes = 70_000 }
      if request.headers["range"] != nil {
        response.status = status
        response.headers["Content-Range"] = "bytes 5-\(archive.count - 1)/\(archive.count)"
      }
      return response
    }
    defer { server.stop() }
    _ = try await fixture.fetch(from: server, attempts: 3)
    #expect(server.requests.map { $0.headers["range"] } == [nil, "bytes=70000-", nil])
    #expect(try fixture.content("tiny/ratings.txt") == FetchingFixture.ratings)
  }

  @Test(arguments: [nil, "W/\"weak\""]) func aPartWithoutAStrongValidatorIsNotContinued(
    tag: String?
  ) async throws {
    let fixture = try FetchingFixture()
    let archive = fixture.archive
    let server = try LoopbackServer { _, number in
      var response = ServedResponse(body: archive)
      response.headers["ETag"] = tag
      if number == 0 { response.sentBytes = 70_000 }
      return response
    }
    defer { server.stop() }
    _ = try await fixture.fetch(from: server, attempts: 2)
    #expect(server.requests.map { $0.headers["range"] } == [nil, nil])
    #expect(try fixture.content("tiny/ratings.txt") == FetchingFixture.ratings)
  }

  @Test func changedContentFailsItsChecksumAndLeavesNothing() async throws {
    let fixture = try FetchingFixture()
    var changed = fixture.archive
    changed[1000] ^= 1
    let body = changed
    let server = try LoopbackServer { _, _ in ServedResponse(body: body) }
    defer { server.stop() }
    guard
      case .checksumMismatch(_, let expected, let found)? = try await fixture.failure(
        of: server.address())
    else {
      Issue.record("changed content must fail its checksum")
      return
    }
    #expect(expected == fixture.download.sha256)
    #expect(found != expected)
    #expect(try fixture.names().isEmpty)
  }

  @Test(arguments: [true, false]) func aFileOfAnotherSizeIsRefusedBeforeItFillsTheDisk(
    announced: Bool
  ) async throws {
    let fixture = try FetchingFixture()
    let body = fixture.archive + [UInt8](repeating: 0, count: 1 << 20)
    let server = try LoopbackServer { _, _ in
      ServedResponse(body: body, hidesLength: !announced)
    }
    defer { server.stop() }
    guard case .sizeMismatch? = try await fixture.failure(of: server.address()) else {
      Issue.record("a file of another size must be refused")
      return
    }
    #expect(!fixture.exists("tiny"))
  }

  @Test func aKnownDatasetFromAnotherAddressIsHeldToThePublishersBytes() async throws {
    let fixture = try FetchingFixture()
    let archive = fixture.archive
    let server = try LoopbackServer { _, _ in ServedResponse(body: archive) }
    defer { server.stop() }
    let address = try server.address()
    let expected = DownloadError.sizeMismatch(
      address: address.absoluteString, expectedBytes: 4_924_029, offeredBytes: archive.count)
    let cache = fixture.cache
    await #expect(throws: expected) {
      try await DatasetDownloader().download(.movieLens100K, from: address, to: cache) { _, _ in }
    }
  }

  @Test func aSecondDownloadIntoTheSameCacheIsRefused() async throws {
    let fixture = try FetchingFixture()
    let archive = fixture.archive
    let server = try LoopbackServer { _, _ in
      ServedResponse(body: archive, sentBytes: 10, stalls: true)
    }
    defer { server.stop() }
    var download = fixture.download
    download.source = try server.address()
    let (cache, pinned) = (fixture.cache, download)
    let first = Task { try await DatasetDownloader().fetch(pinned, to: cache) { _, _ in } }
    while server.requests.isEmpty { await Task.yield() }
    let expected = DownloadError.alreadyRunning(path: fixture.path("tiny.zip.part"))
    #expect(try await fixture.failure(of: server.address()) == expected)
    first.cancel()
    await #expect(throws: DownloadError.cancelled) { try await first.value }
  }

  @Test func anErrorStatusIsNamed() async throws {
    let fixture = try FetchingFixture()
    let server = try LoopbackServer { _, _ in
      ServedResponse(status: 404, body: Array("no".utf8))
    }
    defer { server.stop() }
    let address = try server.address()
    let error = try await fixture.failure(of: address)
    #expect(error == .httpStatus(code: 404, address: address.absoluteString))
    #expect(error?.description.contains("$SILHOUETTE_DATA") == true)
    #expect(!fixture.exists("tiny"))
  }

  @Test(arguments: [0, 70_000])
  func aStalledServerHitsTheIdleLimit(sentBytes: Int) async throws {
    let fixture = try FetchingFixture()
    let archive = fixture.archive
    let server = try LoopbackServer { _, _ in
      ServedResponse(body: archive, sentBytes: sentBytes, stalls: true)
    }
    defer { server.stop() }
    let error = try await fixture.failure(of: server.address(), idle: .milliseconds(400))
    guard case .timedOut(_, let received)? = error else {
      Issue.record("a stalled server must hit the limit, not \(String(describing: error))")
      return
    }
    #expect(received == sentBytes)
  }

  @Test func theTotalLimitHoldsWhereTheIdleLimitIsLonger() async throws {
    let fixture = try FetchingFixture()
    let archive = fixture.archive
    let server = try LoopbackServer { _, _ in
      ServedResponse(body: archive, sentBytes: 10, stalls: true)
    }
    defer { server.stop() }
    let address = try server.address()
    await #expect(
      throws: DownloadError.timedOut(address: address.absoluteString, receivedBytes: 10)
    ) {
      try await fixture.fetch(from: address, total: .milliseconds(400))
    }
  }

  @Test func aRefusedConnectionIsNoNetwork() async throws {
    let fixture = try FetchingFixture()
    // A port that was free a moment ago and has no listener now.
    let address = try await closedAddress()
    guard case .noNetwork(let host, _)? = try await fixture.failure(of: address) else {
      Issue.record("a refused connection must be reported as no network")
      return
    }
    #expect(host == "127.0.0.1")
    #expect(try fixture.names().isEmpty, "an empty part is of no use")
  }

  @Test func cancellationEndsTheWait() async throws {
    let fixture = try FetchingFixture()
    let archive = fixture.archive
    let server = try LoopbackServer { _, _ in
      ServedResponse(body: archive, sentBytes: 10, stalls: true)
    }
    defer { server.stop() }
    var download = fixture.download
    download.source = try server.address()
    let (cache, pinned) = (fixture.cache, download)
    let task = Task { try await DatasetDownloader().fetch(pinned, to: cache) { _, _ in } }
    task.cancel()
    await #expect(throws: DownloadError.cancelled) { try await task.value }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full"))
  func aFullDiskIsNamed() async throws {
    let fixture = try FetchingFixture()
    let archive = fixture.archive
    let server = try LoopbackServer { _, _ in ServedResponse(body: archive) }
    defer { server.stop() }
    let part = fixture.path("tiny.zip.part")
    try FileManager.default.createSymbolicLink(atPath: part, withDestinationPath: "/dev/full")
    #expect(try await fixture.failure(of: server.address()) == .diskFull(path: part))
    #expect(!fixture.exists("tiny"))
  }

  private func closedAddress() async throws -> URL {
    let server = try LoopbackServer { _, _ in ServedResponse(status: 500) }
    let address = try server.address()
    server.stop()
    let fixture = try FetchingFixture()
    // The listener closes within its poll interval; until then it answers 500.
    while case .httpStatus? = try await fixture.failure(of: address) {}
    return address
  }
}

private final class ProgressLog: Sendable {
  let steps = Mutex<[[Int]]>([])
}
