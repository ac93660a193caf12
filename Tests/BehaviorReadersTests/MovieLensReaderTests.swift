import Behavior
import Testing

@testable import BehaviorReaders

struct MovieLensReaderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func hundredThousandLayout() throws {
    try folder.file("u.genre", "unknown|0\nAction|1\n\n")
    // The title is "Les Misérables (1995)" in Latin-1.
    let title = Array("2|Les Mis".utf8) + [0xE9] + Array("rables (1995)|20-Oct-1995||x|0|1\n".utf8)
    try folder.file("u.item", title + Array("1|Toy Story (1995)|01-Jan-1995||x|1|0\n3|??\n".utf8))
    try folder.file(
      "u.data",
      "5\t2\t3\t881250949\r\n5\t1\t4\t881250949\n2\t1\t5\t881250000\n2\t1\t9\t1\n2\tx\t3\t1\n")
    let population = try BehaviorFiles.readMovieLens100K(directory: folder.path, maxBadRows: 3)
    #expect(
      population.catalogue.items.map(\.title) == ["Toy Story (1995)", "Les Misérables (1995)"])
    #expect(population.catalogue.items.map(\.publishedAt) == [788_918_400, 814_147_200])
    #expect(population.catalogue.items.map(\.categories) == [[0], [1]])
    #expect(population.log.userIDs == ["2", "5"])
    #expect(
      Array(population.log.history(of: 1).events) == [
        BehaviorEvent(item: 1, kind: .rate, value: 3, time: 881_250_949),
        BehaviorEvent(item: 0, kind: .rate, value: 4, time: 881_250_949),
      ])
    #expect(population.cleaning.badRows.map(\.line) == [3, 4, 5])
    #expect(throws: ReaderError.self) {
      try BehaviorFiles.readMovieLens100K(directory: folder.path, maxBadRows: 2)
    }
  }

  @Test func publishedMillionLayout() throws {
    try folder.file(
      "movies.dat",
      "1::Toy Story (1995)::Comedy|Children's\n2::A::B (1990)::Drama\n3::Unseen (1999)::Drama\n")
    try folder.file("ratings.dat", "9::2::5::978300760\n9::1::3::978300761\n")
    let population = try BehaviorFiles.readMovieLens1M(directory: folder.path, maxBadRows: 0)
    // Whether anybody rated a movie does not decide whether it is listed.
    #expect(
      population.catalogue.items.map(\.title) == [
        "Toy Story (1995)", "A::B (1990)", "Unseen (1999)",
      ])
    #expect(population.catalogue.isPublic)
    #expect(population.log.history(of: 0).events.map(\.item) == [1, 0])
    #expect(population.publishedTests == nil)
  }

  @Test func pairsLayoutTakesTheTestOutAndOrdersTheSequence() throws {
    try folder.file(
      "movies.dat", "10::T (1995)::Drama\n20::U (1996)::Drama\n30::V::Drama\n40::W::\n50::X::\n")
    try folder.file("interactions.txt", "1 10 20 30 40 98 99\n2 10 20\n")
    try folder.file("sequences_pos3.txt", "1 40 20 10\n")
    let tests = try folder.file(
      "ncf_loo_test.txt", "1 20 5 978824351 30 40 99\n2 40 3 978824351 30 10\n")
    let population = try BehaviorFiles.readMovieLens1M(directory: folder.path, maxBadRows: 1)
    #expect(population.catalogue.items.map(\.id) == ["10", "20", "30", "40", "50"])
    // What the list lacks is left out and counted: two events, and one movie to rank among.
    #expect(population.cleaning.findings.map(\.count).reduce(0, +) == 2)
    #expect(population.cleaning.badRows.map(\.line) == [1])
    #expect(population.log.clock == .ordinal)
    let first = population.log.history(of: 0).events
    #expect(first.map(\.item) == [2, 3, 0])
    #expect(first.map(\.hasTime) == [false, true, true])
    #expect(population.log.history(of: 1).events.map(\.item) == [0, 1])
    #expect(population.publishedTests?.map(\.item) == [1, 3])
    #expect(population.publishedTests?.first?.negatives == [2, 3])
    try folder.file("ncf_loo_test.txt", "1 20 5 978824351 30 40\n")
    #expect(throws: ReaderError.missingTest(file: tests, user: "2")) {
      try BehaviorFiles.readMovieLens1M(directory: folder.path, maxBadRows: 0)
    }
  }

  @Test func listedTwiceOrMisspeltIsABadRow() throws {
    try folder.file("u.genre", "Action|0\n")
    try folder.file(
      "u.item",
      "1|A|01-Jan-1995||x|1\n1|B|01-Jan-1995||x|1\n2|C|01-Jan-1995||x|yes\n3|D|1995-01-01||x|0\n"
        + "4|E|||x|0\n")
    try folder.file("u.data", "1\t1\t3\t881250949\n")
    let found = try BehaviorFiles.readMovieLens100K(directory: folder.path, maxBadRows: 3)
    #expect(found.catalogue.items.map(\.title) == ["A", "E"])
    #expect(found.cleaning.badRows.map(\.line) == [2, 3, 4])
  }

  @Test func missingFilesAreNamedWithTheLayout() throws {
    #expect(
      throws: ReaderError.missingFile(
        directory: folder.path, name: "u.genre", layout: "MovieLens 100K")
    ) { try BehaviorFiles.readMovieLens100K(directory: folder.path, maxBadRows: 0) }
  }
}
