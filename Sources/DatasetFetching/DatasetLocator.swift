internal import Foundation

/// A dataset's directory and the place that it was found in.
package struct LocatedDataset: Sendable, Equatable {
  /// The places that are searched, in this order.
  package enum Place: String, Sendable, CaseIterable {
    case explicit = "--data"
    case environment = "$SILHOUETTE_DATA"
    case shared = "../shared/data"
    case cache = "the user's cache"
  }

  /// The directory that holds the dataset's files.
  package let path: String

  /// Which of the places it was found in.
  package let place: Place
}

/// Finds datasets on this machine; it reads directories and fetches nothing.
package struct DatasetLocator: Sendable {
  private let environment: [String: String]
  private let currentDirectory: String

  /// A locator for the given surroundings, by default those of this process.
  package init(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    currentDirectory: String = FileManager.default.currentDirectoryPath
  ) {
    self.environment = environment
    self.currentDirectory = currentDirectory
  }

  /// The first place that holds the dataset, or nothing.
  ///
  /// An explicit path, and without one `$SILHOUETTE_DATA`, ends the search whether or not the
  /// dataset is there: who names a directory must not silently get another one.
  package func locate(_ dataset: KnownDataset, explicit: String?) -> LocatedDataset? {
    for (place, path) in candidates(for: dataset, explicit: explicit)
    where holds(dataset, path) {
      return LocatedDataset(path: path, place: place)
    }
    return nil
  }

  /// Every directory that `locate` looks at, in its order, for messages.
  package func searchedPaths(for dataset: KnownDataset, explicit: String?) -> [String] {
    candidates(for: dataset, explicit: explicit).map(\.path)
  }

  /// The directory that downloads go to.
  ///
  /// `$XDG_CACHE_HOME/silhouette` where that variable holds an absolute path (the XDG base
  /// directory specification tells to ignore others), else `~/Library/Caches/silhouette` on macOS
  /// and `~/.cache/silhouette` elsewhere.
  package var cacheDirectory: String {
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
      return join(cache, "silhouette")
    }
    let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? NSHomeDirectory()
    #if os(macOS)
      return join(home, "Library/Caches/silhouette")
    #else
      return join(home, ".cache/silhouette")
    #endif
  }

  private func candidates(
    for dataset: KnownDataset, explicit: String?
  ) -> [(place: LocatedDataset.Place, path: String)] {
    if let explicit {
      return directoryOrParent(explicit, dataset).map { (.explicit, $0) }
    }
    if let named = namedByEnvironment {
      return directoryOrParent(named, dataset).map { (.environment, $0) }
    }
    return [
      (.shared, join(absolute("../shared/data"), dataset.directoryName)),
      (.cache, join(cacheDirectory, dataset.directoryName)),
    ]
  }

  /// Whether `$SILHOUETTE_DATA` names the directory to look in; empty counts as unset.
  package var isNamedByEnvironment: Bool { namedByEnvironment != nil }

  private var namedByEnvironment: String? {
    environment["SILHOUETTE_DATA"].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// A named path may be the dataset's directory or the directory above it.
  private func directoryOrParent(_ path: String, _ dataset: KnownDataset) -> [String] {
    let base = absolute(path)
    return [base, join(base, dataset.directoryName)]
  }

  private func holds(_ dataset: KnownDataset, _ directory: String) -> Bool {
    // What the readers take, they must find here: every file of a set may be compressed.
    dataset.markerFiles.flatMap { [$0, $0 + ".gz"] }.contains { marker in
      var isDirectory: ObjCBool = false
      let exists = unsafe FileManager.default.fileExists(
        atPath: join(directory, marker), isDirectory: &isDirectory)
      return exists && !isDirectory.boolValue
    }
  }

  private func absolute(_ path: String) -> String {
    let expanded =
      path == "~" || path.hasPrefix("~/")
      ? (environment["HOME"] ?? NSHomeDirectory()) + path.dropFirst() : path
    let full = expanded.hasPrefix("/") ? expanded : join(currentDirectory, expanded)
    return URL(filePath: full).standardized.path(percentEncoded: false)
  }

  private func join(_ directory: String, _ name: String) -> String {
    directory.hasSuffix("/") ? directory + name : directory + "/" + name
  }
}
