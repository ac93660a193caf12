internal import Foundation

/// The behaviour datasets whose files the program can find and fetch by name.
package enum KnownDataset: String, CaseIterable, Sendable {
  case movieLens100K = "movielens-100k"
  case movieLens1M = "movielens-1m"

  /// The directory that holds the dataset's files.
  package var directoryName: String {
    switch self {
    case .movieLens100K: "ml-100k"
    case .movieLens1M: "ml-1m"
    }
  }

  /// Files of which one must be there, plain or as `.gz`, for a directory to count as this dataset.
  package var markerFiles: [String] {
    switch self {
    case .movieLens100K: ["u.data"]
    // The second is the compact form in which the interactions are sometimes kept.
    case .movieLens1M: ["ratings.dat", "interactions.txt"]
    }
  }

  /// Where the dataset is published and which bytes to expect there.
  ///
  /// Sizes and SHA-256 digests are those that TensorFlow Datasets pins for these addresses
  /// (`tensorflow_datasets/url_checksums/movielens.txt`). GroupLens itself publishes only MD5:
  /// `0e33842e24a9c977be4e0107933c0723` for ml-100k.zip, which is not checked because MD5 is broken.
  package var download: DatasetDownload {
    switch self {
    case .movieLens100K:
      DatasetDownload(
        source: publisherAddress, archiveByteCount: 4_924_029,
        sha256: "50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229",
        license: Self.groupLensTerms, directoryName: directoryName,
        members: [
          "README", "u.data", "u.genre", "u.info", "u.item", "u.occupation", "u.user",
        ],
        expandedByteLimit: 16 << 20)
    case .movieLens1M:
      DatasetDownload(
        source: publisherAddress, archiveByteCount: 5_917_549,
        sha256: "a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20",
        license: Self.groupLensTerms, directoryName: directoryName,
        members: ["README", "movies.dat", "ratings.dat", "users.dat"],
        expandedByteLimit: 64 << 20)
    }
  }

  private var publisherAddress: URL {
    var address = URLComponents()
    address.scheme = "https"
    address.host = "files.grouplens.org"
    address.path = "/datasets/movielens/\(directoryName).zip"
    guard let url = address.url else {
      preconditionFailure("a constant host and an absolute path always make an address")
    }
    return url
  }

  private static let groupLensTerms = """
    MovieLens is collected and published by GroupLens Research, University of Minnesota. It may be \
    used for research; it may not be redistributed without separate permission, nor used for \
    commercial or revenue-bearing purposes without permission from a faculty member of GroupLens; \
    its use must be acknowledged in publications and may not imply endorsement. Cite: F. Maxwell \
    Harper and Joseph A. Konstan. 2015. The MovieLens Datasets: History and Context. ACM \
    Transactions on Interactive Intelligent Systems 5(4), article 19. Full terms: the README file \
    in the downloaded directory.
    """
}
