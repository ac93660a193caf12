package import Behavior
internal import Foundation

/// What a reader accepts before it gives up, and what it takes for the present.
package struct ReadingLimits: Sendable {
  /// Rows that may be broken; one more is an error.
  package var maxBadRows: Int
  /// Seconds since 1970 after which an event cannot have happened yet.
  package var latestTime: Int64

  package init(
    maxBadRows: Int = 100, latestTime: Int64 = Int64(Date().timeIntervalSince1970)
  ) {
    self.maxBadRows = maxBadRows
    self.latestTime = latestTime
  }
}

/// A layout of files that can be read as a population.
package protocol DatasetReader: Sendable {
  /// Reads, cleans and groups everything.
  ///
  /// What was left out is in `Population.cleaning`.
  func read(_ limits: ReadingLimits) throws(ReaderError) -> Population
}

/// The formats that the command line can name.
package enum BehaviorFiles {
  /// Reads the published MovieLens 100K directory: `u.data`, `u.item`, `u.genre`.
  package static func readMovieLens100K(
    directory: String, maxBadRows: Int
  ) throws(ReaderError) -> Population {
    try MovieLens100KReader(directory: directory).read(ReadingLimits(maxBadRows: maxBadRows))
  }

  /// Reads MovieLens 1M in either layout.
  ///
  /// The published one has `ratings.dat`; the one with the leave-one-out split of the NCF paper
  /// has `interactions.txt`. Each may be compressed.
  package static func readMovieLens1M(
    directory: String, maxBadRows: Int
  ) throws(ReaderError) -> Population {
    let limits = ReadingLimits(maxBadRows: maxBadRows)
    let folder = DatasetFolder(path: directory, layout: "MovieLens 1M")
    if folder.contains("interactions.txt") {
      return try MovieLens1MPairsReader(directory: directory).read(limits)
    }
    return try MovieLens1MReader(directory: directory).read(limits)
  }

  /// Reads events and, when given, a catalogue from CSV files with a header each.
  package static func readCSV(
    events: String, catalogue: String?, maxBadRows: Int
  ) throws(ReaderError) -> Population {
    try CSVDatasetReader(events: events, catalogue: catalogue)
      .read(ReadingLimits(maxBadRows: maxBadRows))
  }

  /// Reads a catalogue alone from a CSV file with a header.
  ///
  /// - Returns: the catalogue, and how many rows could not be read.
  package static func readCatalogueCSV(
    _ file: String, maxBadRows: Int = 100
  ) throws(ReaderError) -> (catalogue: Catalogue, badRows: [CleaningReport.BadRow]) {
    try CSVDatasetReader(events: file, catalogue: file)
      .readCatalogue(ReadingLimits(maxBadRows: maxBadRows))
  }

  /// Reads events and, when given, a catalogue from files with one JSON object per line.
  package static func readJSONLines(
    events: String, catalogue: String?, maxBadRows: Int
  ) throws(ReaderError) -> Population {
    try JSONLinesDatasetReader(events: events, catalogue: catalogue)
      .read(ReadingLimits(maxBadRows: maxBadRows))
  }
}

/// A directory of one layout, where every file may stand plain or compressed.
struct DatasetFolder {
  let path: String
  /// The name of the layout, for errors.
  let layout: String

  func contains(_ name: String) -> Bool { found(name) != nil }

  /// The path of a file of the layout.
  func file(_ name: String) throws(ReaderError) -> String {
    guard let found = found(name) else {
      throw .missingFile(directory: path, name: name, layout: layout)
    }
    return found
  }

  private func found(_ name: String) -> String? {
    [path + "/" + name, path + "/" + name + ".gz"]
      .first { FileManager.default.fileExists(atPath: $0) }
  }
}
