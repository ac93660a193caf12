import Foundation
import Testing

/// Vectors of secure aggregation through the command line.
@Suite struct ProtocolCommandTests {
  private func run(_ line: String, in folder: TemporaryFolder? = nil) async throws
    -> BuiltProduct.Run
  {
    try await BuiltProduct.run(
      arguments: line.split(separator: " ").map(String.init), in: try folder ?? TemporaryFolder())
  }

  private func packing() throws -> String {
    var root = URL(filePath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    let file = root.appending(path: "protocols/vectors/secure-aggregation/1/packing.json")
    return try String(contentsOf: file, encoding: .utf8)
  }

  @Test(arguments: ["protocol", "protocol vectors", "protocol vectors verify"])
  func everyCommandsHelpHasAnExample(command: String) async throws {
    let run = try await run("\(command) --help")
    #expect(run.status == 0)
    #expect(run.output.contains("  silhouette protocol vectors verify "))
  }

  @Test func verdictsHaveTheirExitCodes() async throws {
    let folder = try TemporaryFolder()
    let text = try packing()
    try folder.write(text, to: "good/packing.json")
    try folder.write(text.replacing("\"code\": 111", with: "\"code\": 112"), to: "bad/packing.json")
    try folder.write(text.replacing("\"packed\"", with: "\"pakced\""), to: "odd/packing.json")
    try folder.write(text, to: "misspelled/paking.json")

    let good = try await run("protocol vectors verify good --partial", in: folder)
    #expect(good.status == 0, "\(good.errors)")
    #expect(good.output.contains("packing.json  29"))
    #expect(good.output.hasSuffix("all 29 vectors agree; 13 files are missing\n"))

    let incomplete = try await run("protocol vectors verify good", in: folder)
    #expect(incomplete.status == 1)
    #expect(incomplete.output.contains("missing: encodings.json, "))

    let bad = try await run("protocol vectors verify bad --partial", in: folder)
    #expect(bad.status == 1)
    #expect(bad.output.contains("packing.json bad_padding_16_7: code is 111, and not 112\n"))
    #expect(bad.errors.hasPrefix("error: 5 vectors differ"))

    let json = try await run("protocol vectors verify bad --partial --json", in: folder)
    #expect(json.status == 1)
    let verdict = try JSONDecoder().decode(Verdict.self, from: Data(json.output.utf8))
    #expect(!verdict.agrees && verdict.failures.count == 5 && verdict.missing.count == 13)
    #expect(verdict.failures.first?.vector == "bad_padding_16_7")

    let odd = try await run("protocol vectors verify odd --partial", in: folder)
    #expect(odd.status == 65)
    #expect(odd.errors == "error: packing.json: pack_16_1: packings[0].packed is missing\n")

    for name in ["none", "misspelled"] {
      let run = try await run("protocol vectors verify \(name)", in: folder)
      #expect(run.status == 66, "\(name): \(run.errors)")
    }
  }

  private struct Verdict: Decodable {
    struct Failure: Decodable { let vector: String }
    let agrees: Bool
    let missing: [String]
    let failures: [Failure]
  }
}
