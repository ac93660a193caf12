package import Behavior

/// MovieLens 1M as published: `ratings.dat` and `movies.dat`.
///
/// Items are all movies of `movies.dat` in order of identifier, rated or not: which ones were rated
/// is behavior. Users come in order of identifier.
package struct MovieLens1MReader: DatasetReader {
  private let folder: DatasetFolder

  package init(directory: String) {
    folder = DatasetFolder(path: directory, layout: "MovieLens 1M")
  }

  package func read(_ limits: ReadingLimits) throws(ReaderError) -> Population {
    var badRows = BadRows(limit: limits.maxBadRows)
    let movies = try MovieLensMovie.list(moviesDat: folder.file("movies.dat"), &badRows)
    let ratings = try MovieLensRatings(
      path: folder.file("ratings.dat"), separator: "::", &badRows)
    let catalogue = Catalogue(movies: movies)
    return Population(
      source: Population.Source(
        name: "MovieLens 1M", licence: MovieLensTerms.sentence, isSynthetic: false),
      catalogue: catalogue, table: ratings.table(itemIndex: catalogue.indexByMovie),
      rowsRead: ratings.rowsRead, badRows: badRows.rows, limits: limits)
  }
}
