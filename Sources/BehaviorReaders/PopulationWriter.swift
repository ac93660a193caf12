package import Behavior
internal import Foundation

/// Writes a population as `events.csv` and `catalogue.csv`, which `CSVDatasetReader` reads back.
///
/// A category that no item carries, and a user without events, leave no trace in the files. Of a
/// synthetic population `truth.csv` also tells the interests that drove each user's choices.
package struct PopulationWriter {
  package static let eventsName = "events.csv"
  package static let catalogueName = "catalogue.csv"
  package static let truthName = "truth.csv"
  /// What is written of a synthetic population.
  package static let syntheticNames = [eventsName, catalogueName, truthName]

  static let eventsHeader = ["user", "item", "kind", "value", "time"]
  private static let catalogueHeader = [
    "item", "title", "categories", "text", "price", "creator", "time",
  ]

  private static let truthHeader = ["user", "interest", "start", "end"]

  private let catalogue: Catalogue
  /// What was made up, where it was.
  private let synthetic: SyntheticPopulation?
  /// Hands every event with its user's identifier to the body, in the order to write them.
  private let forEachEvent:
    ((String, BehaviorEvent) throws(ReaderError) -> Void) throws(ReaderError) -> Void

  package init(_ population: Population) {
    catalogue = population.catalogue
    synthetic = nil
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
    self.synthetic = synthetic
    forEachEvent = { (body) throws(ReaderError) in
      try synthetic.forEachUser { (user, events) throws(ReaderError) in
        let id = synthetic.userID(user)
        for event in events { try body(id, event) }
      }
    }
  }

  /// Writes the files into a directory that holds none of them.
  ///
  /// - Parameter directory: made when it does not exist. Files are not whole before this returns:
  ///   pass a directory that nobody else reads.
  package func writeCSV(to directory: String) throws(ReaderError) {
    do {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw .cannotWrite(file: directory, reason: error.localizedDescription)
    }
    try writeCatalogue(to: directory)
    let eventsFile = try NewTextFile(path: directory + "/" + Self.eventsName)
    try eventsFile.write(Self.line(Self.eventsHeader))
    try forEachEvent { (user, event) throws(ReaderError) in
      try eventsFile.write(
        Self.line(Self.fields(of: event, user: user, catalogue)))
    }
    try eventsFile.close()
    if let synthetic { try writeTruth(of: synthetic, to: directory) }
  }

  func writeCatalogue(to directory: String) throws(ReaderError) {
    let file = try NewTextFile(path: directory + "/" + Self.catalogueName)
    try file.write(Self.line(Self.catalogueHeader))
    for item in catalogue.items { try file.write(Self.line(fields(of: item))) }
    try file.close()
  }

  /// One row for each user and interest, with its share in the choices at the start and at the end.
  private func writeTruth(
    of synthetic: SyntheticPopulation, to directory: String
  ) throws(ReaderError) {
    let file = try NewTextFile(path: directory + "/" + Self.truthName)
    try file.write(Self.line(Self.truthHeader))
    for user in 0..<synthetic.configuration.users {
      let shares = zip(synthetic.truth(of: user, at: 0), synthetic.truth(of: user, at: 1))
      for (name, share) in zip(synthetic.interestNames, shares) {
        try file.write(
          Self.line([synthetic.userID(user), name, String(share.0), String(share.1)]))
      }
    }
    try file.close()
  }

  static func fields(
    of event: BehaviorEvent, user: String, _ catalogue: Catalogue
  ) -> [String] {
    [
      user, catalogue.items[Int(event.item)].id, event.kind.name,
      event.value.isFinite ? String(event.value) : "", event.hasTime ? String(event.time) : "",
    ]
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
  static func line(_ fields: [String]) -> String {
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

/// A text file that was not there before.
final class NewTextFile {
  private static let bufferBytes = 1 << 16

  private let path: String
  private let handle: FileHandle
  private var buffer: [UInt8] = []

  /// Refuses what is there already, be it a link to another place.
  init(path: String) throws(ReaderError) {
    self.path = path
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw unsafe .cannotWrite(file: path, reason: String(cString: strerror(errno)))
    }
    handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  func write(_ text: String) throws(ReaderError) {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= Self.bufferBytes { try flush() }
  }

  /// Ends the file, and tells of writes that only fail now.
  func close() throws(ReaderError) {
    try flush()
    do {
      try handle.close()
    } catch {
      throw .cannotWrite(file: path, reason: error.localizedDescription)
    }
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
