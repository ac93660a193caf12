import Foundation
import Testing

@testable import AccountingConformance

/// Vectors that are wrong are refused with file, case and field.
@Suite struct VectorReaderTests {
  /// A file with one Gaussian case, in which `find` is replaced.
  private func file(_ find: String = "", _ replacement: String = "") throws -> VectorFile {
    let text = """
      {"schema": "dp-accounting-vectors/1", "title": "t", "methods": {"ref.x": {}}, "notes": [],
       "cases": [{"id": "g-0", "mechanism": "gaussian", "adjacency": "add_or_remove_one",
         "params": {"noise_multiplier": 1.0, "count": 1},
         "results": [{"quantity": "epsilon", "at": {"delta": 1e-6},
           "values": {"ref.x": {"v": 4.88, "abs_err": 0.01}}}]}]}
      """
    let changed = find.isEmpty ? text : text.replacingOccurrences(of: find, with: replacement)
    #expect(find.isEmpty || changed != text)
    return try VectorReader.decode(Data(changed.utf8), file: "a.json")
  }

  @Test func aGoodFileIsRead() throws {
    let one = try #require(try file().cases.first)
    #expect(one.id == "g-0")
    #expect(one.results.first?.references.first?.error == 0.01)
  }

  @Test func infinityIsWrittenAsText() throws {
    let one = try #require(try file("4.88", "\"inf\"").cases.first)
    #expect(one.results.first?.references.first?.value == .infinity)
  }

  @Test(arguments: [
    ("\"title\": \"t\"", "\"titel\": \"t\"", "a.json: title is missing"),
    ("vectors/1", "vectors/2", "a.json: schema is \"dp-accounting-vectors/2\"; only"),
    ("\"notes\"", "\"remarks\"", "a.json: remarks is not a known field"),
    ("\"adjacency\"", "\"adjacent\"", "a.json: case g-0: adjacency is missing"),
    ("\"id\": \"g-0\",", "", "a.json: case number 1: id is missing"),
    ("\"at\"", "\"when\"", "a.json: case g-0: results[0].at is missing"),
    (
      "4.88", "\"much\"",
      "a.json: case g-0: results[0].values.ref.x.v is \"much\"; it must be a number"
    ),
    (
      "\"abs_err\"", "\"err\"", "a.json: case g-0: results[0].values.ref.x.err is not a known field"
    ),
    (
      "{\"ref.x\": {\"v\"", "{\"ref.y\": {\"v\"",
      "a.json: case g-0: results[0].values is method ref.y"
    ),
    ("{\"schema\"", "[\"schema\"", "a.json: this is not JSON"),
  ])
  func faultsNameTheirPlace(find: String, replacement: String, message: String) {
    let error = #expect(throws: VectorError.self) { try file(find, replacement) }
    #expect(error.map { "\($0)".hasPrefix(message) } == true, "\(error.map { "\($0)" } ?? "")")
  }

  @Test(arguments: [
    ("\"gaussian\"", "\"gausian\"", "a.json: case g-0: mechanism is \"gausian\""),
    ("\"epsilon\"", "\"epsilom\"", "a.json: case g-0: results[0].quantity is \"epsilom\""),
    ("add_or_remove_one", "any", "a.json: case g-0: adjacency is \"any\""),
    ("\"delta\": 1e-6", "\"dleta\": 1e-6", "a.json: case g-0: results[0].at.delta is missing"),
    (
      "\"delta\": 1e-6", "\"delta\": 1e-6, \"q\": 1",
      "a.json: case g-0: results[0].at.q is not a known field"
    ),
    (
      "\"count\": 1}", "\"count\": 1.5}",
      "a.json: case g-0: params.count is 1.5; it must be a whole"
    ),
    (
      "\"count\": 1}", "\"count\": -1}",
      "a.json: case g-0: params.count is -1.0; it must be 0 or more"
    ),
    ("\"count\": 1}", "\"cuont\": 1}", "a.json: case g-0: params.count is missing"),
    (
      "\"count\": 1}", "\"count\": 1, \"q\": 0}",
      "a.json: case g-0: params.q is not a known field"
    ),
  ])
  func casesThatAreNotUnderstoodStopTheRun(
    find: String, replacement: String, message: String
  ) async throws {
    let faulty = try file(find, replacement)
    let error = await #expect(throws: VectorError.self) {
      try await Conformance(calls: .refusing).run([faulty])
    }
    #expect(error.map { "\($0)".hasPrefix(message) } == true, "\(error.map { "\($0)" } ?? "")")
  }

  @Test func twoCasesOfOneNameAreRefused() throws {
    var text = String(
      decoding: try Data(
        contentsOf: URL(filePath: VectorSuiteTests.folder + "/psg_replace_one.json")),
      as: UTF8.self)
    text = text.replacingOccurrences(of: "psgro-01", with: "psgro-00")
    let error = #expect(throws: VectorError.self) {
      try VectorReader.decode(Data(text.utf8), file: "b.json")
    }
    #expect(
      error == .duplicatedCase(VectorPlace(file: "b.json", caseID: "psgro-00", field: "id")))
  }

  @Test func foldersWithoutVectorsAreRefused() throws {
    #expect(throws: VectorError.missingFolder(path: "/nowhere")) {
      try VectorReader.read(folder: "/nowhere")
    }
  }

  @Test(arguments: [
    (4.0, 0.0, Outcome.unsound), (4.885, 4.5, .ok), (9, 0, .loose), (4.885, 4.9, .unsound),
  ])
  func wrongAccountantsAreFound(epsilon: Double, lower: Double, outcome: Outcome) async throws {
    let calls = AccountingCalls.stating(epsilon: epsilon, lower: lower)
    let report = try await Conformance(calls: calls).run([try file()])
    #expect(report.files[0].findings.map(\.judgement.outcome) == [outcome])
    #expect(report.offenders.count == (outcome == .ok ? 0 : 1))
    #expect(report.isConforming == (outcome == .ok))
  }

  @Test func aRefusalIsUnsupportedWithItsReason() async throws {
    let report = try await Conformance(calls: .refusing).run([try file()])
    #expect(report.tally.unsupported == 1 && report.isConforming)
    #expect(report.files[0].reasons.first?.reason.contains("this is a test") == true)
  }
}
