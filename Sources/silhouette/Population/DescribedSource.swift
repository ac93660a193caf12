internal import Behavior
internal import Foundation
internal import Scenarios

/// A population in words, in figures and as a picture.
struct PopulationDescription {
  let text: String
  let json: String
  let svg: String
}

/// What `data describe` is pointed at: a name, a folder or a file.
struct DescribedSource {
  let name: String
  let maxBadRows: Int

  /// Reads whatever the name stands for.
  func population() throws -> Population {
    if OutputFolder.isFolder(name) { return try populationInFolder() }
    if FileManager.default.fileExists(atPath: name) {
      return try populationInFile(name, catalogue: nil)
    }
    if Adapters.dataSetNames.contains(name) {
      guard let located = Adapters.locate(name, explicit: nil) else {
        throw CommandFailure.dataSetMissing(
          name: name, searched: Adapters.searchedPaths(for: name, explicit: nil),
          remedy: "describe its folder instead, or set $SILHOUETTE_DATA to it")
      }
      return try Adapters.readDataSet(name, folder: located.path, maxBadRows: maxBadRows)
    }
    throw CommandFailure.unknownSource(
      name: name, suggestion: Spelling.nearest(to: name, among: Adapters.dataSetNames),
      known: Adapters.dataSetNames)
  }

  private func populationInFolder() throws -> Population {
    for known in Adapters.dataSetNames {
      if let located = Adapters.locate(known, explicit: name) {
        return try Adapters.readDataSet(known, folder: located.path, maxBadRows: maxBadRows)
      }
    }
    for ending in ["csv", "csv.gz", "jsonl", "jsonl.gz"] {
      let events = name + "/events." + ending
      let catalogue = name + "/catalogue." + ending
      guard FileManager.default.fileExists(atPath: events) else { continue }
      return try populationInFile(
        events,
        catalogue: FileManager.default.fileExists(atPath: catalogue) ? catalogue : nil)
    }
    throw CommandFailure.nothingToDescribe(folder: name)
  }

  private func populationInFile(_ file: String, catalogue: String?) throws -> Population {
    let isJSON = file.hasSuffix(".jsonl") || file.hasSuffix(".jsonl.gz")
    return try Adapters.readFiles(
      BehaviorSource.Files(
        format: isJSON ? .jsonLines : .csv, events: file, catalogue: catalogue),
      maxBadRows: maxBadRows)
  }
}
