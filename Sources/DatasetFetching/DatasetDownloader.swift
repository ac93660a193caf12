package import Foundation

/// Fetches datasets from their publishers into a cache directory.
///
/// The archive arrives in `NAME.zip.part`, is continued there after an interruption, checked
/// against the pinned SHA-256, unpacked into a directory of its own and moved into place in one
/// step. Every wait has a limit.
package struct DatasetDownloader: Sendable {
  /// Longest wait for the next bytes.
  package var idleTimeout: Duration

  /// Longest time for a whole download.
  package var totalTimeout: Duration

  /// How often a request is sent before an interruption is reported.
  package var attempts = 3

  /// A downloader with the given limits.
  package init(
    idleTimeout: Duration = .seconds(30), totalTimeout: Duration = .seconds(900)
  ) {
    self.idleTimeout = idleTimeout
    self.totalTimeout = totalTimeout
  }

  /// Fetches a known dataset and returns its directory in the cache.
  ///
  /// - Parameters:
  ///   - dataset: What to fetch.
  ///   - override: Another address of the same bytes; the checksum still has to hold.
  ///   - cache: The directory to fetch into, made where absent.
  ///   - progress: Told the bytes that have arrived and the bytes expected, on any thread.
  package func download(
    _ dataset: KnownDataset, from override: URL? = nil, to cache: URL,
    progress: @escaping @Sendable (_ receivedBytes: Int, _ totalBytes: Int) -> Void
  ) async throws(DownloadError) -> URL {
    var download = dataset.download
    if let override { download.source = override }
    return try await fetch(download, to: cache, progress: progress)
  }

  /// Where a dataset is unpacked before it is moved into place; of no use to anybody later.
  package func unpackingPath(of dataset: KnownDataset, in cache: URL) -> String {
    dataset.download.unpackingPath(in: cache.path(percentEncoded: false))
  }

  /// Fetches what is described and returns its directory in the cache.
  package func fetch(
    _ download: DatasetDownload, to cache: URL,
    progress: @escaping @Sendable (_ receivedBytes: Int, _ totalBytes: Int) -> Void
  ) async throws(DownloadError) -> URL {
    let cachePath = cache.path(percentEncoded: false)
    try makeDirectory(cachePath)
    let name = download.directoryName
    let part = try PartialDownload(
      opening: cache.appending(path: "\(name).zip.part").path(percentEncoded: false))
    do throws(DownloadError) {
      try await transfer(download, into: part, progress)
      try verify(download, part)
      let extractor = ArchiveExtractor(archivePath: part.file.path, download: download)
      try extractor.extract(into: cachePath)
      try part.discard()
    } catch {
      defer { part.file.abandon() }
      // An empty part is nothing to go on from.
      if try part.file.byteCount() == 0 { try part.discard() }
      throw error
    }
    try part.file.close()
    return cache.appending(path: name, directoryHint: .isDirectory)
  }

  private func transfer(
    _ download: DatasetDownload, into part: PartialDownload,
    _ progress: @escaping @Sendable (Int, Int) -> Void
  ) async throws(DownloadError) {
    let limits = ArchiveTransfer.Limits(idle: idleTimeout, deadline: .now + totalTimeout)
    for attempt in 1... {
      let present = try part.file.byteCount()
      if present == download.archiveByteCount { return }
      if present > download.archiveByteCount { try part.restart(validator: nil) }
      let request = try ArchiveTransfer(
        download, into: part, limits: limits, progress: progress)
      switch await request.run() {
      case .complete:
        return
      case .restartNeeded where attempt < attempts:
        try part.restart(validator: nil)
      case .restartNeeded:
        throw .httpStatus(code: 416, address: download.source.absoluteString)
      case .failed(.connectionLost) where attempt < attempts:
        continue
      case .failed(let error):
        throw error
      }
    }
  }

  private func verify(
    _ download: DatasetDownload, _ part: PartialDownload
  ) throws(DownloadError) {
    let found = try part.sha256()
    guard found == download.sha256 else {
      try part.discard()
      throw .checksumMismatch(
        address: download.source.absoluteString, expected: download.sha256, found: found)
    }
  }
}
