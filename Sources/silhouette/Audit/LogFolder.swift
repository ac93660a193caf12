internal import CryptoPrimitives
internal import Foundation
internal import TransparencyLog

/// A log as it is served: protocols/transparency-log.md, section 5.
struct LogFolder: BundleSource {
  let path: String
  private let documents: [Bytes32: [UInt8]]

  init(path: String, documents: [[UInt8]]) {
    self.path = path
    self.documents = Dictionary(documents.map { (Blake2b.digest($0), $0) }) { first, _ in first }
  }

  func head() throws -> CosignedHead {
    let file = path + "/head"
    let bytes = try BundleFile.read(file)
    do throws(LogRefusal) {
      return try CosignedHead(decoding: bytes)
    } catch {
      throw AuditFailure.unreadableLog(folder: path, reason: "head: \(error)")
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
      throw AuditFailure.unreadableLog(folder: path, reason: "\(tile.entriesPath): \(error)")
    }
  }

  func document(ofPlan hash: Bytes32) throws(AuditFailure) -> [UInt8] {
    guard let document = documents[hash] else { throw .planMissing(hash: "\(hash)") }
    return document
  }
}
