package import Foundation

/// A folder of known answers of `fsa1`, which the library's own protocol is held against.
///
/// The input is not trusted: whatever a file holds, there is an answer or an error that names the file,
/// the vector and the field.
/// - Source: protocols/vectors/secure-aggregation/1/README.md.
package struct ProtocolVectors: Sendable {
  /// The only schema that is read.
  package static let schema = "fsa1-vectors/1"

  /// All files, in the order in which an implementation grows.
  package static let fileNames = [
    "encodings.json", "cohort.json", "graph_parameters.json", "masks.json", "sharing.json",
    "packing.json", "messages.json", "bad_decoding.json", "round_complete.json",
    "round_ring.json", "partial_sums.json", "bad_client.json", "bad_coordinator.json",
    "witness.json",
  ]

  private let contents: [String: Data]

  /// Files by name.
  ///
  /// - Throws: `unknownFile`.
  package init(contents: [String: Data]) throws(ProtocolVectorError) {
    if let unknown = contents.keys.sorted().first(where: { !Self.fileNames.contains($0) }) {
      throw .unknownFile(file: unknown, expected: Self.fileNames)
    }
    self.contents = contents
  }

  /// The files of a folder that end in `.json`.
  ///
  /// - Throws: `missingFolder`, `noFiles`, `unknownFile` or `unreadable`.
  package init(folder: String) throws(ProtocolVectorError) {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw .missingFolder(path: folder)
    }
    let files = names.filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }
    guard files.contains(where: Self.fileNames.contains) else {
      throw .noFiles(path: folder, expected: Self.fileNames)
    }
    var contents: [String: Data] = [:]
    for name in files where Self.fileNames.contains(name) {
      do {
        contents[name] = try Data(contentsOf: URL(filePath: folder + "/" + name))
      } catch {
        throw .unreadable(file: name, reason: error.localizedDescription)
      }
    }
    try self.init(contents: contents)
    if let unknown = files.sorted().first(where: { !Self.fileNames.contains($0) }) {
      throw .unknownFile(file: unknown, expected: Self.fileNames)
    }
  }

  /// Decodes all files, then compares every result with what the library computes.
  ///
  /// - Parameter names: The files that are verified; the others may be rounds that these go on from.
  /// - Throws: Where a file cannot be understood.
  package func verify(
    _ names: [String] = fileNames
  ) async throws(ProtocolVectorError) -> VectorReport {
    let rounds = try rounds()
    var suites: [(name: String, suite: any VectorSuite)] = []
    for name in Self.fileNames where names.contains(name) {
      if let bytes = contents[name] { suites.append((name, try suite(name, bytes))) }
    }
    var report = VectorReport(
      files: [], missing: Self.fileNames.filter { names.contains($0) && contents[$0] == nil })
    for (name, suite) in suites {
      var checks = VectorChecks(file: name)
      try await suite.verify(&checks, rounds: rounds)
      report.files.append(checks.result)
    }
    return report
  }

  /// The cases of bad_client.json.
  package func clientRefusals() throws(ProtocolVectorError) -> [ClientRefusal] {
    guard let bytes = contents["bad_client.json"] else { return [] }
    let rounds = try rounds()
    return try VectorDecoder(file: "bad_client.json").decode(ClientVectors.self, from: bytes).cases
      .map { ClientRefusal($0, rounds: rounds) }
  }

  private func rounds() throws(ProtocolVectorError) -> RoundScripts {
    RoundScripts(
      complete: try script(RoundScripts.completeName), ring: try script(RoundScripts.ringName))
  }

  private func script(_ name: String) throws(ProtocolVectorError) -> RoundScript? {
    guard let bytes = contents[name] else { return nil }
    return try RoundScript(VectorDecoder(file: name).decode(RoundVectors.self, from: bytes), name)
  }

  private func suite(
    _ name: String, _ bytes: Data
  ) throws(ProtocolVectorError) -> any VectorSuite {
    let decoder = VectorDecoder(file: name)
    switch name {
    case "encodings.json": return try decoder.decode(EncodingVectors.self, from: bytes)
    case "cohort.json": return try decoder.decode(CohortVectors.self, from: bytes)
    case "graph_parameters.json": return try decoder.decode(GraphVectors.self, from: bytes)
    case "masks.json":
      return try VectorDecoder(file: name, keys: .useDefaultKeys)
        .decode(MaskVectors.self, from: bytes)
    case "sharing.json": return try decoder.decode(SharingVectors.self, from: bytes)
    case "packing.json": return try decoder.decode(PackingVectors.self, from: bytes)
    case "messages.json": return try decoder.decode(MessageVectors.self, from: bytes)
    case "bad_decoding.json": return try decoder.decode(DecodingVectors.self, from: bytes)
    case RoundScripts.completeName, RoundScripts.ringName:
      return try decoder.decode(RoundVectors.self, from: bytes)
    case "partial_sums.json": return try decoder.decode(PartialSumVectors.self, from: bytes)
    case "bad_client.json": return try decoder.decode(ClientVectors.self, from: bytes)
    case "bad_coordinator.json": return try decoder.decode(CoordinatorVectors.self, from: bytes)
    case "witness.json": return try decoder.decode(WitnessVectors.self, from: bytes)
    default: throw .unknownFile(file: name, expected: Self.fileNames)
    }
  }
}

/// The vectors of one file.
protocol VectorSuite: Decodable, Sendable {
  /// Compares every result with what the library computes.
  ///
  /// - Throws: Where an input of a vector cannot be used.
  func verify(
    _ checks: inout VectorChecks, rounds: RoundScripts
  ) async throws(ProtocolVectorError)
}
