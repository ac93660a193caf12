internal import DatasetFetching
internal import Foundation
internal import Testing

@Suite struct DatasetLocatorTests {
  /// A home, a working directory two levels down and places for data, all empty.
  private final class Surroundings {
    let root = FileManager.default.temporaryDirectory
      .appending(path: "silhouette-locator-\(UUID().uuidString)")

    func path(_ name: String) -> String { root.appending(path: name).path(percentEncoded: false) }

    func place(_ file: String) throws {
      let target = root.appending(path: file)
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data("x".utf8).write(to: target)
    }

    func locator(_ environment: [String: String] = [:]) -> DatasetLocator {
      let home = ["HOME": path("home"), "XDG_CACHE_HOME": path("xdg")]
      return DatasetLocator(
        environment: home.merging(environment) { $1 }, currentDirectory: path("repository"))
    }

    deinit {
      do { try FileManager.default.removeItem(at: root) } catch { print("left \(root): \(error)") }
    }
  }

  @Test func placesAreSearchedInTheirOrder() throws {
    let here = Surroundings()
    let locator = here.locator(["SILHOUETTE_DATA": ""])
    try here.place("repository/unrelated")
    #expect(locator.locate(.movieLens100K, explicit: nil) == nil)
    try here.place("xdg/silhouette/ml-100k/u.data")
    #expect(locator.locate(.movieLens100K, explicit: nil)?.place == .cache)
    try here.place("shared/data/ml-100k/u.data")
    #expect(locator.locate(.movieLens100K, explicit: nil)?.place == .shared)
    let named = here.locator(["SILHOUETTE_DATA": here.path("named")])
    try here.place("named/ml-100k/u.data")
    #expect(named.locate(.movieLens100K, explicit: nil)?.place == .environment)
    try here.place("chosen/u.data")
    let found = named.locate(.movieLens100K, explicit: here.path("chosen"))
    #expect(found?.path == here.path("chosen"))
    #expect(found?.place == .explicit)
  }

  @Test func anExplicitPathMayBeTheDirectoryOrItsParentAndRelative() throws {
    let here = Surroundings()
    try here.place("repository/sets/ml-1m/ratings.dat")
    for explicit in ["sets", "sets/ml-1m", "./sets/", here.path("repository/sets")] {
      let found = here.locator().locate(.movieLens1M, explicit: explicit)
      #expect(found?.path == here.path("repository/sets/ml-1m"), "\(explicit)")
      #expect(found?.place == .explicit)
    }
  }

  @Test(arguments: [
    (KnownDataset.movieLens100K, "u.data.gz"), (.movieLens1M, "ratings.dat.gz"),
    (.movieLens1M, "interactions.txt"), (.movieLens1M, "interactions.txt.gz"),
  ])
  func whatTheReadersTakeIsFound(dataset: KnownDataset, file: String) throws {
    let here = Surroundings()
    try here.place("chosen/" + file)
    #expect(here.locator().locate(dataset, explicit: here.path("chosen")) != nil)
  }

  @Test func anExplicitPathWithoutTheDatasetFindsNoOther() throws {
    let here = Surroundings()
    try here.place("shared/data/ml-100k/u.data")
    #expect(here.locator().locate(.movieLens100K, explicit: here.path("elsewhere")) == nil)
    #expect(
      here.locator().searchedPaths(for: .movieLens100K, explicit: "elsewhere")
        == [here.path("repository/elsewhere"), here.path("repository/elsewhere/ml-100k")])
  }

  @Test func aVariableThatNamesTheWrongPlaceFindsNoOther() throws {
    let here = Surroundings()
    try here.place("shared/data/ml-100k/u.data")
    let locator = here.locator(["SILHOUETTE_DATA": here.path("elsewhere")])
    #expect(locator.isNamedByEnvironment && !here.locator().isNamedByEnvironment)
    #expect(locator.locate(.movieLens100K, explicit: nil) == nil)
    #expect(
      locator.searchedPaths(for: .movieLens100K, explicit: nil)
        == [here.path("elsewhere"), here.path("elsewhere/ml-100k")])
  }

  @Test(arguments: ["ratings.dat", "interactions.txt.gz"]) func eitherMarkerCounts(
    marker: String
  ) throws {
    let here = Surroundings()
    try here.place("shared/data/ml-1m/movies.dat")
    #expect(here.locator().locate(.movieLens1M, explicit: nil) == nil)
    try here.place("shared/data/ml-1m/\(marker)")
    #expect(here.locator().locate(.movieLens1M, explicit: nil)?.place == .shared)
  }

  @Test func aDirectoryNamedLikeTheMarkerDoesNotCount() throws {
    let here = Surroundings()
    try here.place("shared/data/ml-100k/u.data/inside")
    #expect(here.locator().locate(.movieLens100K, explicit: nil) == nil)
  }

  @Test func aRelativeCacheVariableIsIgnored() throws {
    let here = Surroundings()
    try here.place("home/unrelated")
    let directory = here.locator(["XDG_CACHE_HOME": "relative"]).cacheDirectory
    #expect(directory.hasPrefix(here.path("home")))
    #expect(directory.hasSuffix("silhouette"))
  }

  @Test func knownDatasetsArePinnedToPublisherBytes() {
    for dataset in KnownDataset.allCases {
      let download = dataset.download
      #expect(download.source.scheme == "https")
      #expect(download.source.host() == "files.grouplens.org")
      #expect(download.source.path() == "/datasets/movielens/\(dataset.directoryName).zip")
      #expect(download.sha256.count == 64)
      #expect(!Set(download.members).isDisjoint(with: dataset.markerFiles))
      #expect(download.members.contains("README"))
    }
  }
}
