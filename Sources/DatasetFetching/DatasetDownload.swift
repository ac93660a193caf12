package import Foundation

/// What a publisher offers for download, pinned to the exact bytes.
package struct DatasetDownload: Sendable, Equatable {
  /// The publisher's own address; nothing is fetched from mirrors.
  package var source: URL

  /// Bytes of the archive.
  ///
  /// A transfer that offers any other number is stopped at once.
  package var archiveByteCount: Int

  /// SHA-256 of the archive, lower-case hexadecimal.
  package var sha256: String

  /// The publisher's terms, to be shown before anything is fetched.
  package var license: String

  /// The top directory in the archive, which becomes the directory in the cache.
  package var directoryName: String

  /// The files taken from the archive, relative to `directoryName`; others stay behind.
  package var members: [String]

  /// Bytes that all members together may expand to.
  package var expandedByteLimit: Int

  /// Describes a download.
  package init(
    source: URL, archiveByteCount: Int, sha256: String, license: String, directoryName: String,
    members: [String], expandedByteLimit: Int
  ) {
    self.source = source
    self.archiveByteCount = archiveByteCount
    self.sha256 = sha256
    self.license = license
    self.directoryName = directoryName
    self.members = members
    self.expandedByteLimit = expandedByteLimit
  }

  /// Where the archive is unpacked before its directory is moved into place.
  func unpackingPath(in cache: String) -> String {
    (cache.hasSuffix("/") ? cache : cache + "/") + ".\(directoryName).unpacking"
  }
}
