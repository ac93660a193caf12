internal import CryptoPrimitives
internal import Foundation

/// Where a simulation keeps what it has trained, so that one that was interrupted goes on there.
///
/// A run that goes on gives the same bytes as one that was never interrupted: a round follows from the
/// state before it and the seed, and from nothing else.
package struct CheckpointFolder: Sendable {
  let folder: URL

  /// - Parameter path: of a folder, which is made when something is kept.
  package init(_ path: String) { folder = URL(filePath: path, directoryHint: .isDirectory) }

  /// The checkpoint of one training of a run.
  ///
  /// - Parameter training: names plan, behavior, privacy and version of the program.
  func file(named name: String, training: String) -> CheckpointFile {
    CheckpointFile(
      url: folder.appending(path: name + ".checkpoint"),
      training: Blake2b.digest(Array("silhouette/encoder-checkpoint/\(training)".utf8)))
  }
}

/// The checkpoint of one training, which may not be there yet.
struct CheckpointFile: Sendable {
  let url: URL
  let training: Bytes32
  var path: String { url.path(percentEncoded: false) }

  /// Rounds between two writes.
  static let interval = 10

  /// What was kept; nil where there is none yet.
  ///
  /// - Throws: `CheckpointError` for a file that is damaged, or of another training: nothing is
  ///   overwritten then.
  func load() throws(CheckpointError) -> EncoderCheckpoint? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let bytes: [UInt8]
    do {
      bytes = Array(try Data(contentsOf: url))
    } catch {
      throw .unreadable(path: path)
    }
    guard let checkpoint = EncoderCheckpoint(decoding: bytes) else { throw .damaged(path: path) }
    guard checkpoint.training == training else { throw .otherTraining(path: path) }
    return checkpoint
  }

  /// Replaces what was kept, whole or not at all.
  func save(_ checkpoint: EncoderCheckpoint) throws(CheckpointError) {
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(checkpoint.encoded).write(to: url, options: .atomic)
    } catch {
      throw .unwritable(path: path)
    }
  }
}

/// Why a training cannot go on from its checkpoint.
package enum CheckpointError: Error, Equatable, CustomStringConvertible {
  case unreadable(path: String)
  case unwritable(path: String)
  /// Truncated, changed, or no checkpoint at all.
  case damaged(path: String)
  /// Another plan, other behavior, another epsilon or another version of the program.
  case otherTraining(path: String)

  package var description: String {
    switch self {
    case .unreadable(let path): "\(path) cannot be read: check its permissions"
    case .unwritable(let path):
      "\(path) cannot be written: choose a folder for checkpoints that takes files"
    case .damaged(let path):
      "\(path) is damaged or no checkpoint: delete it, and this training starts over"
    case .otherTraining(let path):
      "\(path) belongs to another training: run the scenario that made it, or choose another folder "
        + "for checkpoints"
    }
  }
}
