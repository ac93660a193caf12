package import Behavior

/// MovieLens 1M with the leave-one-out split of the NCF paper.
///
/// | file | a line |
/// |---|---|
/// | `interactions.txt` | user, then all movies that the user rated |
/// | `sequences_pos3.txt` | user, then the movies rated 3 or better, oldest first |
/// | `ncf_loo_test.txt` | user, test movie, rating, time, then the movies to rank it among |
/// | `movies.dat` | as published |
///
/// The ratings are not in these files, so every pair is a `view`. A pair in the sequence has its
/// position there as time; the others have none and come first, by ascending item. The test movie
/// is not in the user's log. Items are all movies of `movies.dat`, as in `MovieLens1MReader`.
/// - Source: He et al. 2017, "Neural Collaborative Filtering", section 4.1, for the split.
package struct MovieLens1MPairsReader: DatasetReader {
  private let folder: DatasetFolder

  package init(directory: String) {
    folder = DatasetFolder(path: directory, layout: "MovieLens 1M with the NCF split")
  }

  package func read(_ limits: ReadingLimits) throws(ReaderError) -> Population {
    var badRows = BadRows(limit: limits.maxBadRows)
    let pairs = try numbers(of: "interactions.txt", atLeast: 2, &badRows)
    let catalogue = Catalogue(
      movies: try MovieLensMovie.list(moviesDat: folder.file("movies.dat"), &badRows))
    let index = catalogue.indexByMovie
    let users = pairs.rows.keys.sorted()
    let tests = try publishedTests(users: users, index: index, &badRows)
    let sequences = try numbers(of: "sequences_pos3.txt", atLeast: 1, &badRows)
    let table = Self.table(
      users: users, pairs: pairs, sequences: sequences, tests: tests, index: index)
    return Population(
      source: Population.Source(
        name: "MovieLens 1M, NCF split", licence: MovieLensTerms.sentence, isSynthetic: false),
      catalogue: catalogue, table: table, publishedTests: tests, rowsRead: pairs.rowsRead,
      badRows: badRows.rows, limits: limits)
  }

  private static func table(
    users: [Int], pairs: NumberRows, sequences: NumberRows, tests: [Population.PublishedTest],
    index: [Int: Int32]
  ) -> EventTable {
    var table = EventTable(userIDs: users.map(String.init), clock: .ordinal)
    for (position, user) in users.enumerated() {
      var times: [Int32: Int64] = [:]
      for (time, movie) in (sequences.rows[user] ?? []).enumerated() {
        if let item = index[movie] { times[item] = Int64(time) }
      }
      // The sequence repeats pairs; a movie that is only there counts too. Those that the list lacks
      // stay in, one by one, for cleaning to count.
      let movies = Set(pairs.rows[user] ?? []).union(sequences.rows[user] ?? [])
      let items = movies.map { index[$0] ?? EventTable.unknownItem }
      for item in items.sorted() where item != tests[position].item {
        table.append(
          user: Int32(position),
          BehaviorEvent(item: item, kind: .view, time: times[item] ?? BehaviorEvent.unknownTime))
      }
    }
    return table
  }

  private func publishedTests(
    users: [Int], index: [Int: Int32], _ badRows: inout BadRows
  ) throws(ReaderError) -> [Population.PublishedTest] {
    let file = try folder.file("ncf_loo_test.txt")
    let rows = try numbers(of: "ncf_loo_test.txt", atLeast: 5, &badRows)
    var tests: [Population.PublishedTest] = []
    for user in users {
      // The row is: test movie, rating, time, negatives.
      guard let row = rows.rows[user], let item = index[row[0]] else {
        throw .missingTest(file: file, user: String(user))
      }
      let negatives = row[3...].compactMap { index[$0] }
      if negatives.count < row.count - 3 {
        try badRows.add(
          file: file, line: rows.lines[user] ?? 0,
          reason: "\(row.count - 3 - negatives.count) of the movies to rank among are not in "
            + "movies.dat and are left out")
      }
      tests.append(Population.PublishedTest(item: item, negatives: negatives))
    }
    return tests
  }

  private func numbers(
    of name: String, atLeast count: Int, _ badRows: inout BadRows
  ) throws(ReaderError) -> NumberRows {
    try NumberRows(path: folder.file(name), atLeast: count, &badRows)
  }
}

/// Lines of whole numbers separated by blanks, by their first number.
private struct NumberRows {
  /// The numbers after the first.
  private(set) var rows: [Int: [Int]] = [:]
  /// Where the line of a first number stands.
  private(set) var lines: [Int: Int] = [:]
  private(set) var rowsRead = 0

  /// - Parameter count: the fewest numbers that a line may have.
  init(path: String, atLeast count: Int, _ badRows: inout BadRows) throws(ReaderError) {
    var lines = try LineReader(path: path)
    while let line = try lines.next() {
      rowsRead += 1
      guard case .text(let number, let bytes) = line else {
        throw .damaged(file: path, reason: "a line is longer than \(lines.maximumBytes) bytes")
      }
      guard let numbers = Self.numbers(in: bytes), numbers.count >= count else {
        try badRows.add(
          file: path, line: number,
          reason: "at least \(count) whole numbers separated by blanks expected")
        continue
      }
      if rows[numbers[0]] != nil {
        try badRows.add(
          file: path, line: number, reason: "the user has a line already")
      } else {
        rows[numbers[0]] = Array(numbers.dropFirst())
        self.lines[numbers[0]] = number
      }
    }
    if rows.isEmpty { throw .noRows(file: path) }
  }

  /// The numbers of one line, or `nil` when something else stands among them.
  private static func numbers(in bytes: [UInt8]) -> [Int]? {
    var numbers: [Int] = []
    var number = 0
    var digits = 0
    for byte in bytes {
      if byte == UInt8(ascii: " ") {
        if digits > 0 { numbers.append(number) }
        (number, digits) = (0, 0)
      } else if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9"), digits < 18 {
        number = number * 10 + Int(byte - UInt8(ascii: "0"))
        digits += 1
      } else {
        return nil
      }
    }
    if digits > 0 { numbers.append(number) }
    return numbers
  }
}
