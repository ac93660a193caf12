internal import Behavior

/// One movie of a MovieLens list.
struct MovieLensMovie {
  let id: Int
  let title: String
  let genres: [String]
  let publishedAt: Int64?

  /// Reads `movies.dat`: `id::title::genre|genre`, in Latin-1.
  static func list(moviesDat path: String, _ badRows: inout BadRows) throws(ReaderError) -> [Self] {
    var movies: [Self] = []
    var listed: Set<Int> = []
    var lines = try MovieLensLines(path: path, separator: "::")
    while let line = try lines.next(&badRows) {
      guard line.fields.count >= 3, let id = wholeNumber(line.fields[0]),
        // A title may itself hold the separator: all between the first and the last one is title.
        let title = TextEncoding.latin1.decode(
          Array(line.fields[1..<(line.fields.count - 1)].joined(separator: [58, 58]))),
        let genres = TextEncoding.latin1.decode(line.fields[line.fields.count - 1])
      else {
        try badRows.add(
          file: path, line: line.number, reason: "id::title::genres expected, with a number as id")
        continue
      }
      guard listed.insert(id).inserted else {
        try badRows.add(file: path, line: line.number, reason: isListedAlready)
        continue
      }
      movies.append(
        Self(
          id: id, title: title, genres: genres.split(separator: "|").map(String.init),
          publishedAt: CalendarDay(yearInTitle: title)?.secondsSince1970))
    }
    if movies.isEmpty { throw .noRows(file: path) }
    return movies
  }

  /// Reads `u.item`: id, title, release date, video date, address and one 0 or 1 per genre,
  /// separated by bars, in Latin-1.
  static func list(
    uItem path: String, genres: [String], _ badRows: inout BadRows
  ) throws(ReaderError) -> [Self] {
    var movies: [Self] = []
    var listed: Set<Int> = []
    var lines = try MovieLensLines(path: path, separator: "|")
    while let line = try lines.next(&badRows) {
      do throws(RowProblem) {
        let movie = try movie(uItem: line.fields, genres: genres)
        guard listed.insert(movie.id).inserted else { throw RowProblem(reason: isListedAlready) }
        movies.append(movie)
      } catch {
        try badRows.add(file: path, line: line.number, reason: error.reason)
      }
    }
    if movies.isEmpty { throw .noRows(file: path) }
    return movies
  }

  private static func movie(uItem fields: [[UInt8]], genres: [String]) throws(RowProblem) -> Self {
    guard fields.count == 5 + genres.count, let id = wholeNumber(fields[0]),
      let title = TextEncoding.latin1.decode(fields[1])
    else {
      throw RowProblem(
        reason: "\(5 + genres.count) fields expected, the first a number; \(fields.count) found")
    }
    let flags = fields[5...]
    let (no, yes) = ([UInt8(ascii: "0")], [UInt8(ascii: "1")])
    guard flags.allSatisfy({ $0 == no || $0 == yes }) else {
      throw RowProblem(reason: "a genre is neither 0 nor 1")
    }
    let day = CalendarDay(String(decoding: fields[2], as: UTF8.self))
    // One movie of the published list, "unknown", has no date.
    guard day != nil || fields[2].isEmpty else {
      throw RowProblem(reason: "the release date is not of the form 01-Jan-1995")
    }
    return Self(
      id: id, title: title, genres: zip(genres, flags).filter { $0.1 == yes }.map(\.0),
      publishedAt: day?.secondsSince1970)
  }

  private static let isListedAlready = "the movie is listed already; the first one stays"
}

extension Catalogue {
  /// The movies in ascending order of identifier, of which each has one of its own.
  /// - Parameter categoryNames: `nil` for the genres that occur, by name.
  init(movies: [MovieLensMovie], categoryNames: [String]? = nil) {
    let names = categoryNames ?? Set(movies.flatMap(\.genres)).sorted()
    let numbers = Dictionary(
      names.enumerated().map { ($1, Int32($0)) }, uniquingKeysWith: { first, _ in first })
    let items = movies.sorted { $0.id < $1.id }.map { movie in
      Item(
        id: String(movie.id), title: movie.title,
        categories: Set(movie.genres.compactMap { numbers[$0] }).sorted(),
        publishedAt: movie.publishedAt)
    }
    self.init(items: items, categoryNames: names)
  }

  /// The dense index of each movie by its number.
  var indexByMovie: [Int: Int32] {
    var index: [Int: Int32] = [:]
    for (position, item) in items.enumerated() {
      if let number = Int(item.id) { index[number] = Int32(position) }
    }
    return index
  }
}

/// A day of the Gregorian calendar.
struct CalendarDay {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  let year: Int
  /// From 1 to 12.
  let month: Int
  let day: Int

  /// Reads the form `01-Jan-1995`.
  init?(_ text: String) {
    let parts = text.split(separator: "-")
    guard parts.count == 3, let day = Int(parts[0]), (1...31).contains(day),
      let month = Self.months.firstIndex(of: String(parts[1])), let year = Int(parts[2]),
      (1800...9999).contains(year)
    else { return nil }
    (self.year, self.month, self.day) = (year, month + 1, day)
  }

  /// The first of January of the year that ends a title, as in `Toy Story (1995)`.
  init?(yearInTitle title: String) {
    guard title.hasSuffix(")"), let opening = title.lastIndex(of: "("),
      let year = Int(title[title.index(after: opening)...].dropLast()),
      (1800...9999).contains(year)
    else { return nil }
    (self.year, self.month, self.day) = (year, 1, 1)
  }

  /// Midnight UTC at the start of the day.
  ///
  /// - Source: Howard Hinnant, "chrono-compatible low-level date algorithms", `days_from_civil`,
  ///   for years after 0.
  var secondsSince1970: Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return Int64(era * 146_097 + dayOfEra - 719_468) * 86_400
  }
}
