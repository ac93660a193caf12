package import Behavior
internal import BehaviorReaders
internal import CryptoPrimitives
internal import Foundation

/// The public catalogue of a plan, as its file says.
package enum CatalogueFile {
  /// The catalogue in the bytes of a CSV file.
  ///
  /// - Throws: `ReaderError`, or `CatalogueFault` unless it has `items` items and no bad row.
  package static func read(_ bytes: [UInt8], items: Int) throws -> Catalogue {
    // The reader wants a file, as it streams; the catalogue is public, so a temporary one will do.
    let folder = FileManager.default.temporaryDirectory.path
    let path = folder + "/silhouette-catalogue-\(UUID().uuidString).csv"
    defer {
      do { try FileManager.default.removeItem(atPath: path) } catch {
        // It was not written, or the system clears its temporary files; nothing in it is anybody's.
      }
    }
    try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    return try read(file: path, items: items)
  }

  /// As above, for a file that its author can mend.
  package static func read(file: String, items: Int) throws -> Catalogue {
    let (catalogue, badRows) = try BehaviorFiles.readCatalogueCSV(file)
    if let first = badRows.first {
      throw CatalogueFault.badRows(
        badRows.count, file: file, line: first.line, reason: first.reason)
    }
    guard catalogue.count == items else {
      throw CatalogueFault.itemCount(file: file, found: catalogue.count, planned: items)
    }
    return catalogue
  }
}

/// Why a catalogue file is not the plan's.
package enum CatalogueFault: Error, Equatable, CustomStringConvertible {
  /// How many, and the first of them.
  case badRows(Int, file: String, line: Int, reason: String)
  case itemCount(file: String, found: Int, planned: Int)

  package var description: String {
    switch self {
    case .badRows(let count, let file, let line, let reason):
      "\(file), line \(line): \(reason); \(count) such rows in all: mend them, for devices need all of it"
    case .itemCount(let file, let found, let planned):
      "\(file): the catalogue has \(found) items and the plan says \(planned); write catalogue.items \(found)"
    }
  }
}
