internal import CArchive
internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Takes the known members of a zip archive out into a directory, all or none of them.
struct ArchiveExtractor {
  let archivePath: String
  let download: DatasetDownload

  /// Entries that an archive may have; the known ones have fewer than thirty.
  private static let entryLimit = 10_000
  private static let chunkBytes = 1 << 16

  /// Unpacks beside the final directory, then moves it there in one step.
  ///
  /// - Throws: `.unsafeEntry` for an entry, wanted or not, that is absolute, climbs with `..` or is
  ///   neither a plain file nor a directory; such an archive is not the publisher's.
  func extract(into cache: String) throws(DownloadError) {
    // The caller holds the lock of the part, so nobody else uses this name.
    let staging = download.unpackingPath(in: cache)
    try removeIfPresent(staging)
    try makeDirectory(staging)
    do throws(DownloadError) {
      try unpack(into: staging)
      try move(staging, to: cache + "/" + download.directoryName)
    } catch {
      try removeIfPresent(staging)
      throw error
    }
  }

  /// Replaces what is there: it has not the marker file, or the user asked to fetch anew.
  private func move(_ staging: String, to target: String) throws(DownloadError) {
    if unsafe rename(staging, target) == 0 { return }
    guard errno == ENOTEMPTY || errno == EEXIST else {
      throw .system(errno, "move into place", target)
    }
    let aside = staging + ".replaced"
    try removeIfPresent(aside)
    guard unsafe rename(target, aside) == 0, unsafe rename(staging, target) == 0 else {
      throw .system(errno, "move into place", target)
    }
    try removeIfPresent(aside)
  }

  private func unpack(into staging: String) throws(DownloadError) {
    guard let archive = unsafe archive_read_new() else {
      throw .system(ENOMEM, "read", archivePath)
    }
    defer { _ = unsafe archive_read_free(archive) }
    unsafe archive_read_support_format_zip(archive)
    guard unsafe archive_read_open_filename(archive, archivePath, Self.chunkBytes) == ARCHIVE_OK
    else { throw unsafe failure(archive) }

    var missing = Set(download.members)
    var remainingBytes = download.expandedByteLimit
    for _ in 0..<Self.entryLimit {
      var entry: OpaquePointer?
      let status = unsafe archive_read_next_header(archive, &entry)
      if status == ARCHIVE_EOF {
        guard let name = missing.min() else { return }
        throw .missingMember(name: name)
      }
      guard status == ARCHIVE_OK, let entry = unsafe entry else { throw unsafe failure(archive) }
      let name = try unsafe safeName(entry)
      guard let member = memberName(name), missing.remove(member) != nil else { continue }
      let path = staging + "/" + member
      let directory = URL(filePath: path).deletingLastPathComponent()
      try makeDirectory(directory.path(percentEncoded: false))
      try unsafe copy(archive, to: path, &remainingBytes)
    }
    throw .notAnArchive(path: archivePath, reason: "more than \(Self.entryLimit) entries")
  }

  private func safeName(_ entry: OpaquePointer) throws(DownloadError) -> String {
    guard let raw = unsafe archive_entry_pathname(entry) else {
      throw .unsafeEntry(name: "", reason: "has no readable name")
    }
    let name = unsafe String(cString: raw)
    let components = name.split(separator: "/", omittingEmptySubsequences: false)
    if name.hasPrefix("/") || name.contains("\\") || name.contains(":") {
      throw .unsafeEntry(name: name, reason: "is not a relative path")
    }
    if components.contains("..") {
      throw .unsafeEntry(name: name, reason: "climbs out of its directory")
    }
    // The imported header lacks its macros AE_IFREG and AE_IFDIR, which equal these.
    let kind = unsafe archive_entry_filetype(entry)
    guard kind == S_IFREG || kind == S_IFDIR, unsafe archive_entry_hardlink(entry) == nil else {
      throw .unsafeEntry(name: name, reason: "is a link or a special file")
    }
    return name
  }

  private func memberName(_ name: String) -> String? {
    let prefix = download.directoryName + "/"
    return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : nil
  }

  private func copy(
    _ archive: OpaquePointer, to path: String, _ remainingBytes: inout Int
  ) throws(DownloadError) {
    let file = try OutputFile(creating: path)
    do throws(DownloadError) {
      var chunk = [UInt8](repeating: 0, count: Self.chunkBytes)
      while true {
        let count = unsafe archive_read_data(archive, &chunk, chunk.count)
        if count == 0 { break }
        guard count > 0 else { throw unsafe failure(archive) }
        remainingBytes -= count
        guard remainingBytes >= 0 else {
          throw .expandsTooFar(limitBytes: download.expandedByteLimit)
        }
        try file.write(Array(chunk[..<count]))
      }
    } catch {
      file.abandon()
      throw error
    }
    try file.close()
  }

  private func failure(_ archive: OpaquePointer) -> DownloadError {
    let text = unsafe archive_error_string(archive)
    let reason = unsafe text.map { unsafe String(cString: $0) } ?? "unknown damage"
    return .notAnArchive(path: archivePath, reason: reason)
  }
}
