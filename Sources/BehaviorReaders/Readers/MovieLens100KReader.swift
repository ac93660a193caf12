package import Behavior

/// MovieLens 100K as published: `u.data`, `u.item` and `u.genre`.
///
/// Items are all movies of `u.item` in order of identifier, users those of `u.data` in order of
/// identifier. Every rating is an event of kind `rate` with its stars as value.
package struct MovieLens100KReader: DatasetReader {
  private let folder: DatasetFolder

  package init(directory: String) {
    folder = DatasetFolder(path: directory, layout: "MovieLens 100K")
  }

  package func read(_ limits: ReadingLimits) throws(ReaderError) -> Population {
    var badRows = BadRows(limit: limits.maxBadRows)
    let genres = try Self.genres(path: folder.file("u.genre"), &badRows)
    let movies = try MovieLensMovie.list(uItem: folder.file("u.item"), genres: genres, &badRows)
    let catalogue = Catalogue(movies: movies, categoryNames: genres)
    let ratings = try MovieLensRatings(
      path: folder.file("u.data"), separator: "\t", &badRows)
    return Population(
      source: Population.Source(
        name: "MovieLens 100K", licence: MovieLensTerms.sentence, isSynthetic: false),
      catalogue: catalogue, table: ratings.table(itemIndex: catalogue.indexByMovie),
      rowsRead: ratings.rowsRead, badRows: badRows.rows, limits: limits)
  }

  /// Reads `name|number` lines; the position of a name is the position of its flag in `u.item`.
  private static func genres(
    path: String, _ badRows: inout BadRows
  ) throws(ReaderError) -> [String] {
    var genres: [String] = []
    var lines = try MovieLensLines(path: path, separator: "|")
    while let line = try lines.next(&badRows) {
      guard line.fields.count == 2, wholeNumber(line.fields[1]) == genres.count,
        let name = TextEncoding.latin1.decode(line.fields[0])
      else {
        try badRows.add(
          file: path, line: line.number, reason: "name|\(genres.count) expected")
        continue
      }
      genres.append(name)
    }
    if genres.isEmpty { throw .noRows(file: path) }
    return genres
  }
}

/// The terms that GroupLens publishes with its data.
enum MovieLensTerms {
  static let sentence =
    "GroupLens: research use with citation, no redistribution and no commercial use without "
    + "permission."
}
