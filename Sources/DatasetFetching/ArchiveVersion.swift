internal import CArchive

/// The libarchive that is linked.
package enum ArchiveVersion {
  /// Its version as the library states it.
  package static var current: String { unsafe String(cString: archive_version_string()) }
}
