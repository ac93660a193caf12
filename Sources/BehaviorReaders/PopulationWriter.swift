package import Behavior
internal import Foundation

/// Writes a population as `events.csv` and `catalogue.csv`, which `CSVDatasetReader` reads back.
///
/// Each file appears under its name only when it is complete. A category that no item carries, and
/// a user without events, leave no trace in the files.
package struct PopulationWriter {
  package static let eventsName = "events.csv"
  package static let catalogueName = "catalogue.csv"

  private static let eventsHeader = ["user", "item", "kind", "value", "time"]
  private static let catalogueHeader = [
    "item", "title", "categories", "text", "price", "creator", "time",
  ]

  private let catalogue: Catalogue
  /// Hands every event with its user's identifier to the body, in the order to write them.
  private let forEachEvent:
    ((String, BehaviorEvent) throws(ReaderError) -> Void) throws(ReaderError) -> Void

  package init(_ population: Population) {
    catalogue = population.catalogue
    forEachEvent = { (body) throws(ReaderError) in
      for user in 0..<population.log.userCount {
        for event in population.log.history(of: user).events {
          try body(population.log.userIDs[user], event)
        }
      }
    }
  }

  /// Writes users as they are generated, one in memory at a time.
  package init(_ synthetic: SyntheticPopulation) {
    catalogue = synthetic.catalogue
    forEachEvent = { (body) throws(ReaderError) in
      try synthetic.forEachUser { (user, events) throws(ReaderError) in
        let id = synthetic.userID(user)
        for event in events { try body(id, event) }
      }
    }
  }

  /// Writes both files, replacing older ones.
  /// - Parameter directory: made when it does not exist.
  package func writeCSV(to directory: String) throws(ReaderError) {
    do {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw .cannotWrite(file: directory, reason: error.localizedDescription)
    }
    let catalogueFile = try AtomicTextFile(path: directory + "/" + Self.catalogueName)
    try catalogueFile.write(Self.line(Self.catalogueHeader))
    for item in catalogue.items { try catalogueFile.write(Self.line(fields(of: item))) }
    let eventsFile = try AtomicTextFile(path: directory + "/" + Self.eventsName)
    try eventsFile.write(Self.line(Self.eventsHeader))
    try forEachEvent { (user, event) throws(ReaderError) in
      try eventsFile.write(
        Self.line([
          user, catalogue.items[Int(event.item)].id, event.kind.name,
          event.value.isFinite ? String(event.value) : "",
          event.hasTime ? String(event.time) : "",
        ]))
    }
    try catalogueFile.commit()
    try eventsFile.commit()
  }

  private func fields(of item: Catalogue.Item) -> [String] {
    [
      item.id, item.title,
      item.categories.map { catalogue.categoryNames[Int($0)] }.joined(separator: "|"),
      item.text ?? "", item.price.map { String($0) } ?? "", item.creator ?? "",
      item.publishedAt.map { String($0) } ?? "",
    ]
  }

  /// One record of RFC 4180 with its line end.
  private static func line(_ fields: [String]) -> String {
    var line = ""
    for (index, field) in fields.enumerated() {
      if index > 0 { line += "," }
      let needsQuotes = field.utf8.contains { byte in
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n")
          || byte == UInt8(ascii: "\r")
      }
      line +=
        needsQuotes
        ? "\""
          + field.split(separator: "\"", omittingEmptySubsequences: false)
          .joined(separator: "\"\"") + "\""
        : field
    }
    return line + "\n"
  }
}

/// A file that is written under a temporary name and renamed when it is complete.
private final class AtomicTextFile {
  private static let bufferBytes = 1 << 16

  private let path: String
  private let temporaryPath: String
  private let handle: FileHandle
  private var buffer: [UInt8] = []
  private var isCommitted = false

  init(path: String) throws(ReaderError) {
    self.path = path
    temporaryPath = path + ".writing-" + UUID().uuidString
    guard FileManager.default.createFile(atPath: temporaryPath, contents: nil),
      let handle = FileHandle(forWritingAtPath: temporaryPath)
    else { throw .cannotWrite(file: path, reason: "its directory accepts no new file") }
    self.handle = handle
  }

  deinit {
    // An unfinished file is of no use; that it cannot be removed is no news to the caller.
    if !isCommitted { unsafe unlink(temporaryPath) }
  }

  func write(_ text: String) throws(ReaderError) {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= Self.bufferBytes { try flush() }
  }

  func commit() throws(ReaderError) {
    try flush()
    do {
      try handle.synchronize()
      try handle.close()
    } catch {
      throw .cannotWrite(file: path, reason: error.localizedDescription)
    }
    guard unsafe rename(temporaryPath, path) == 0 else {
      throw unsafe .cannotWrite(file: path, reason: String(cString: strerror(errno)))
    }
    isCommitted = true
  }

  private func flush() throws(ReaderError) {
    do {
      try handle.write(contentsOf: Data(buffer))
    } catch {
      throw .cannotWrite(file: path, reason: error.localizedDescription)
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
