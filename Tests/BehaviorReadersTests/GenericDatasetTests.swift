import Behavior
import Testing

@testable import BehaviorReaders

struct GenericDatasetTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func everyBrokenCSVRowIsKeptWithItsLine() throws {
    let events = try folder.file(
      "events.csv",
      """
      time,user,kind,item,value
      1600000002,u,view,a,
      1600000001,u,rate,b,4
      ,u
      1,u,purchase,a,
      -5,u,view,a,
      1600000000000,u,view,a,
      soon,u,view,a,
      1600000000,u,rate,a,high
      1600000000,,view,a,
      1600000000,u,view,,
      1600000000,v,view,zz,
      1600000000,"u"x,view,a,
      """)
    let catalogue = try folder.file(
      "catalogue.csv",
      "item,title,categories,price,time\na,\"A, \"\"one\"\"\",y|x,2.5,-86400\nb,,,,\na,again,,,\n")
    let population = try BehaviorFiles.readCSV(
      events: events, catalogue: catalogue, maxBadRows: 10)
    #expect(population.cleaning.badRows.map(\.line) == [4, 4, 5, 6, 7, 8, 9, 10, 11, 13])
    #expect(population.cleaning.rowsRead == 12)
    #expect(population.cleaning.findings.first?.count == 1)
    #expect(population.cleaning.eventsKept == 2)
    #expect(population.log.clock == .unixSeconds)
    #expect(population.log.history(of: 0).events.map(\.item) == [1, 0])
    #expect(population.catalogue.categoryNames == ["x", "y"])
    #expect(
      population.catalogue.items == [
        Catalogue.Item(
          id: "a", title: "A, \"one\"", categories: [0, 1], price: 2.5, publishedAt: -86_400),
        Catalogue.Item(id: "b", title: "b"),
      ])
    #expect {
      try BehaviorFiles.readCSV(events: events, catalogue: catalogue, maxBadRows: 9)
    } throws: { error in
      guard case .tooManyBadRows(9, let last) = error as? ReaderError else { return false }
      return last.line == 13 && last.file == events && "\(error)".contains("line 13")
    }
  }

  @Test func withoutCatalogueItemsComeFromTheEvents() throws {
    let events = try folder.file("e.csv", "user,item\nu,é\nv,a\nu,a\n")
    let population = try BehaviorFiles.readCSV(events: events, catalogue: nil, maxBadRows: 0)
    #expect(population.catalogue.items.map(\.title) == ["é", "a"])
    // Such a list is behavior, too, and no guarantee covers it.
    #expect(!population.catalogue.isPublic)
    let listed = try folder.file("c.csv", "item\né\na\n")
    let known = try BehaviorFiles.readCSV(events: events, catalogue: listed, maxBadRows: 0)
    #expect(known.catalogue.isPublic)
    #expect(population.log.clock == .ordinal)
    #expect(population.log.history(of: 0).events.map(\.item) == [0, 1])
  }

  @Test func reasonsNeverQuoteWhatSomebodyDid() throws {
    let secret = "se\u{1B}cret-" + String(repeating: "x", count: 5_000)
    let events = try folder.file(
      "e.csv",
      "user,item,kind,value,time\nu,a,,,\nu,a,\(secret),,\nu,a,,\(secret),\nu,a,,,\(secret)\n"
        + "u,a,,1e60,\nu,a,,,-77777\n")
    let population = try BehaviorFiles.readCSV(events: events, catalogue: nil, maxBadRows: 9)
    let reasons = population.cleaning.badRows.map(\.reason)
    #expect(reasons.count == 5)
    for reason in reasons {
      #expect(!reason.contains("cret") && !reason.contains("77777") && reason.count < 150)
    }
    // A file without a header has data where the names should be.
    let bare = try folder.file("b.csv", secret + String(repeating: ",y", count: 50) + "\n")
    #expect {
      try BehaviorFiles.readCSV(events: bare, catalogue: nil, maxBadRows: 0)
    } throws: { "\($0)".count < 500 && !"\($0)".contains("\u{1B}") }
  }

  @Test func missingColumnsAndRowsAreTypedErrors() throws {
    let noUser = try folder.file("a.csv", "who,item\nu,a\n")
    #expect(
      throws: ReaderError.missingColumn(
        file: noUser, column: "user", found: ["who", "item"],
        expected: "user,item and, where known, kind,value,time (time in seconds since 1970)")
    ) { try BehaviorFiles.readCSV(events: noUser, catalogue: nil, maxBadRows: 0) }
    for text in ["", "user,item\n"] {
      let empty = try folder.file("b.csv", text)
      #expect(throws: ReaderError.noRows(file: empty)) {
        try BehaviorFiles.readCSV(events: empty, catalogue: nil, maxBadRows: 0)
      }
    }
  }

  @Test func jsonLinesAreReadAndBrokenOnesKept() throws {
    let good = """
      {"user": 7, "item": "a", "kind": "buy", "value": 1.5, "time": 1600000000}\r

      {"user": "7", "item": 12}
      {"user": "7"}
      {"user": "7", "item": "a", "kind": "steal"}
      {"user": "7", "item": "a", "time": "noon"}
      {"user": "7", "item": "a", "time": -1}
      [1]
      {"user": "7",

      """
    let events = try folder.file("e.jsonl", Array(good.utf8) + [0x7B, 0x22, 0xFF, 0x0A])
    let catalogue = try folder.file(
      "c.jsonl",
      "{\"item\": \"a\", \"title\": \"Á\", \"categories\": [\"x\"]}\n"
        + "{\"item\": 12, \"categories\": \"y|x\", \"price\": -1}\n"
        + "{\"item\": 12, \"categories\": \"y|x\"}\n")
    let population = try BehaviorFiles.readJSONLines(
      events: events, catalogue: catalogue, maxBadRows: 20)
    #expect(population.cleaning.badRows.map(\.line) == [2, 4, 5, 6, 7, 8, 9, 10])
    #expect(population.cleaning.rowsRead == 9)
    #expect(population.log.userIDs == ["7"])
    #expect(population.catalogue.items.map(\.id) == ["a", "12"])
    #expect(population.catalogue.items.map(\.categories) == [[0], [0, 1]])
    #expect(population.log.history(of: 0).events.map(\.kind) == [.view, .buy])
  }

  @Test func writtenPopulationsReadBackTheSame() throws {
    let synthetic = try SyntheticPopulation(
      configuration: .init(users: 60, items: 80, events: 1_500, interests: 6, seed: 3))
    let target = folder.path + "/new/place"
    try PopulationWriter(synthetic).writeCSV(to: target)
    let read = try BehaviorFiles.readCSV(
      events: target + "/events.csv", catalogue: target + "/catalogue.csv", maxBadRows: 0)
    let made = synthetic.population()
    #expect(read.catalogue.items == made.catalogue.items)
    #expect(read.catalogue.categoryNames == made.catalogue.categoryNames)
    #expect(read.log.userIDs == made.log.userIDs)
    #expect(read.cleaning.eventsKept == 1_500)
    for user in 0..<60 {
      // NaN differs from itself, so values are compared by their text.
      #expect(
        read.log.history(of: user).events.map { "\($0)" }
          == made.log.history(of: user).events.map { "\($0)" })
    }
    let truth = try bytes(target + "/truth.csv").split(separator: UInt8(ascii: "\n"))
    #expect(truth.count == 1 + 60 * 6)
    #expect(String(decoding: truth[1], as: UTF8.self).hasPrefix("user-1,"))
    // What is there already, be it a link, is not written through.
    #expect(throws: ReaderError.self) { try PopulationWriter(read).writeCSV(to: target) }
    try PopulationWriter(read).writeCSV(to: folder.path)
    for name in ["events.csv", "catalogue.csv"] {
      #expect(try bytes(target + "/" + name) == bytes(folder.path + "/" + name))
    }
  }

  private func bytes(_ path: String) throws -> [UInt8] {
    var source = try ByteSource(path: path)
    var bytes: [UInt8] = []
    while let byte = try source.next() { bytes.append(byte) }
    return bytes
  }
}
