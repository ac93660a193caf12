internal import CryptoPrimitives
internal import DatasetFetching
internal import Foundation

/// An archive, the description that pins it and a cache of its own to fetch it into.
final class FetchingFixture {
  let cache: URL
  let archive: [UInt8]
  var download: DatasetDownload

  /// Bytes of `ratings.txt`, which no two positions of the archive have in common by chance.
  static let ratings: [UInt8] = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }

  static let honestEntries = [
    ZipFixture.Entry(name: "tiny/", content: [], mode: 0o040755),
    ZipFixture.Entry(name: "tiny/README", content: Array("terms".utf8)),
    ZipFixture.Entry(name: "tiny/ratings.txt", content: ratings),
    ZipFixture.Entry(name: "tiny/unwanted.txt", content: Array("stays behind".utf8)),
  ]

  convenience init(_ entries: [ZipFixture.Entry] = FetchingFixture.honestEntries) throws {
    try self.init(archive: ZipFixture.archive(entries))
  }

  init(archive: [UInt8]) throws {
    cache = FileManager.default.temporaryDirectory
      .appending(path: "silhouette-fetching-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: cache, withIntermediateDirectories: true)
    self.archive = archive
    var digest = SHA256Digest()
    digest.update(archive)
    download = DatasetDownload(
      source: cache, archiveByteCount: archive.count, sha256: hexadecimal(digest.finalize()),
      license: "none", directoryName: "tiny", members: ["README", "ratings.txt"],
      expandedByteLimit: 1 << 20)
  }

  deinit {
    do { try FileManager.default.removeItem(at: cache) } catch { print("left \(cache): \(error)") }
  }

  /// Fetches from the server with limits short enough for tests.
  func fetch(
    from server: LoopbackServer, attempts: Int = 1, idle: Duration = .seconds(20)
  ) async throws -> URL {
    try await fetch(from: server.address(), attempts: attempts, idle: idle)
  }

  func fetch(
    from source: URL, attempts: Int = 1, idle: Duration = .seconds(20),
    total: Duration = .seconds(60)
  ) async throws -> URL {
    var download = download
    download.source = source
    var downloader = DatasetDownloader(idleTimeout: idle, totalTimeout: total)
    downloader.attempts = attempts
    return try await downloader.fetch(download, to: cache) { _, _ in }
  }

  func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: path(name))
  }

  func path(_ name: String) -> String {
    cache.appending(path: name).path(percentEncoded: false)
  }

  func content(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: cache.appending(path: name)))
  }

  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: cache.path(percentEncoded: false)).sorted()
  }

  /// The error that the fetch ends with.
  func failure(of source: URL, idle: Duration = .seconds(20)) async throws -> DownloadError? {
    do {
      _ = try await fetch(from: source, idle: idle)
      return nil
    } catch let error as DownloadError {
      return error
    }
  }
}

/// A server's answer to a request for the archive that honors `Range` and `If-Range`.
func ranged(_ archive: [UInt8], _ request: ServedRequest, tag: String) -> ServedResponse {
  guard let range = request.headers["range"], request.headers["if-range"] == tag,
    let start = Int(range.dropFirst("bytes=".count).dropLast()), start < archive.count
  else { return ServedResponse(headers: ["ETag": tag], body: archive) }
  let span = "bytes \(start)-\(archive.count - 1)/\(archive.count)"
  return ServedResponse(
    status: 206, headers: ["ETag": tag, "Content-Range": span], body: Array(archive[start...]))
}
