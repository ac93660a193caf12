internal import Foundation

/// Why a dataset could not be fetched.
///
/// Whatever the case, the dataset's directory in the cache is either whole or absent.
package enum DownloadError: Error, Equatable, Sendable {
  /// No connection to the publisher came about.
  case noNetwork(host: String, reason: String)
  /// The publisher answered, but not with the file.
  case httpStatus(code: Int, address: String)
  /// Nothing arrived for too long, or the whole took too long.
  case timedOut(address: String, receivedBytes: Int)
  /// The connection ended before the file did; what came is kept for the next attempt.
  case connectionLost(address: String, receivedBytes: Int, expectedBytes: Int)
  /// The publisher offers a file of another size than the pinned one.
  case sizeMismatch(address: String, expectedBytes: Int, offeredBytes: Int)
  /// The file has the right size and the wrong content; it was removed.
  case checksumMismatch(address: String, expected: String, found: String)
  /// The file system that holds the path has no room left.
  case diskFull(path: String)
  /// A file operation failed for another reason than a full disk.
  case fileOperation(String, path: String, reason: String)
  /// Another process is fetching the same dataset into the same cache.
  case alreadyRunning(path: String)
  /// The file is not a readable zip archive.
  case notAnArchive(path: String, reason: String)
  /// The archive has an entry that could write outside its directory.
  case unsafeEntry(name: String, reason: String)
  /// The members expand to more than the dataset is known to need.
  case expandsTooFar(limitBytes: Int)
  /// The archive lacks a file that the dataset is known to have.
  case missingMember(name: String)
  /// The surrounding task was cancelled.
  case cancelled
}

extension DownloadError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noNetwork, .httpStatus, .timedOut, .connectionLost, .sizeMismatch, .checksumMismatch,
      .cancelled:
      transferDescription
    default:
      fileDescription
    }
  }

  private var transferDescription: String {
    switch self {
    case .noNetwork(let host, let reason):
      "no connection to \(host) (\(reason)); check the network, or set "
        + "$SILHOUETTE_DATA to the folder of a local copy"
    case .httpStatus(let code, let address):
      "\(address) answered with HTTP status \(code); try later, or set "
        + "$SILHOUETTE_DATA to the folder of a local copy"
    case .timedOut(let address, let received):
      "\(address) stopped answering after \(received) bytes; run the command again to go on there"
    case .connectionLost(let address, let received, let expected):
      "the connection to \(address) ended after \(received) of \(expected) bytes; "
        + "run the command again to go on there"
    case .sizeMismatch(let address, let expected, let offered):
      "\(address) offers \(offered) bytes where \(expected) are pinned: the publisher's file has "
        + "changed; set $SILHOUETTE_DATA to the folder of a copy of the known files"
    case .checksumMismatch(let address, let expected, let found):
      "\(address) has SHA-256 \(found) where \(expected) is pinned; the download was removed; "
        + "run the command again, and if this repeats set $SILHOUETTE_DATA to a trusted copy"
    default:
      "the download was cancelled; run the command again to go on where it stopped"
    }
  }

  private var fileDescription: String {
    switch self {
    case .diskFull(let path):
      "no room left for \(path); free some, or set XDG_CACHE_HOME to a directory on another disk"
    case .fileOperation(let operation, let path, let reason):
      "cannot \(operation) \(path): \(reason)"
    case .alreadyRunning(let path):
      "another process is writing \(path); wait for it, then run the command again"
    case .notAnArchive(let path, let reason):
      "\(path) is not a readable zip archive (\(reason)); remove it and run the command again"
    case .unsafeEntry(let name, let reason):
      "the archive was refused: its entry '\(name)' \(reason)"
    case .expandsTooFar(let limit):
      "the archive was refused: it expands to more than \(limit) bytes"
    case .missingMember(let name):
      "the archive was refused: it has no '\(name)'"
    default:
      transferDescription
    }
  }
}
