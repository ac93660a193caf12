internal import CryptoPrimitives
internal import Foundation
internal import TransparencyLog

/// A log as it is served: protocols/transparency-log.md, section 5.
struct LogFolder: BundleSource {
  /// Where an exported log has the documents of its plans, each by its hash.
  static let plansFolder = "plans"

  let path: String
  /// Documents that were named, with the file of each.
  private let documents: [Bytes32: [UInt8]]
  private let names: [Bytes32: String]

  init(path: String, documents files: [String]) throws(CommandFailure) {
    self.path = path
    var documents: [Bytes32: [UInt8]] = [:]
    var names: [Bytes32: String] = [:]
    for file in files {
      let document = try BundleFile.read(file)
      documents[Blake2b.digest(document)] = document
      names[Blake2b.digest(document)] = file
    }
    (self.documents, self.names) = (documents, names)
  }

  /// The file of keys that an exported log has; nil if this one has none.
  static func keysFile(in path: String) -> String? {
    let file = path + "/" + PolicyFile.fileName
    return FileManager.default.fileExists(atPath: file) ? file : nil
  }

  func head() throws -> CosignedHead {
    guard !path.hasPrefix("http://"), !path.hasPrefix("https://") else {
      throw CommandFailure.inputMissing(
        file: path, reason: "this is an address, and audits read no network",
        remedy:
          "download the log's files first, for instance with wget --mirror, and name their folder")
    }
    let file = path + "/head"
    let bytes = try BundleFile.read(file)
    do throws(LogRefusal) {
      return try CosignedHead(decoding: bytes)
    } catch {
      throw AuditFailure.unreadableLog(folder: path, reason: "head: \(error.meaning)")
    }
  }

  func entries(of tile: Tile) throws -> [[UInt8]] {
    // A partial tile may be gone when the full one is there.
    let full = Tile(level: 0, index: tile.index, size: (tile.index + 1) << 8)
    let names = [tile.entriesPath] + (full.map { [$0.entriesPath] } ?? [])
    let found = names.first { FileManager.default.fileExists(atPath: path + "/" + $0) }
    let bytes = try BundleFile.read(path + "/" + (found ?? tile.entriesPath))
    do throws(LogRefusal) {
      return try EntryBundle.entries(of: tile, decoding: bytes)
    } catch {
      throw AuditFailure.unreadableLog(
        folder: path, reason: "\(tile.entriesPath): \(error.meaning)")
    }
  }

  func document(ofPlan hash: Bytes32) throws -> [UInt8] {
    if let document = documents[hash] { return document }
    let file = path + "/" + Self.plansFolder + "/\(hash)"
    guard FileManager.default.fileExists(atPath: file) else {
      throw AuditFailure.planMissing(
        hash: "\(hash)", folder: path, given: names.map { "\($1) has \($0)" }.sorted())
    }
    let document = try BundleFile.read(file)
    guard Blake2b.digest(document) == hash else {
      throw AuditFailure.unreadableLog(
        folder: path, reason: "\(Self.plansFolder)/\(hash) is another document than its name says")
    }
    return document
  }
}
