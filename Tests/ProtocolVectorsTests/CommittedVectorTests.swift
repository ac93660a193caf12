import Foundation
import ProtocolVectors
import Testing

/// What the reference in protocols/reference has computed is what the library computes.
@Suite struct CommittedVectorTests {
  /// Fewest vectors of each file: a file that shrinks shows less.
  static let least = [
    "encodings.json": 120, "cohort.json": 6, "graph_parameters.json": 222, "masks.json": 27,
    "sharing.json": 12, "packing.json": 29, "messages.json": 16, "bad_decoding.json": 100,
    "round_complete.json": 40, "round_ring.json": 700, "partial_sums.json": 7,
    "bad_client.json": 120, "bad_coordinator.json": 59, "witness.json": 27,
  ]

  @Test func everyVectorAgrees() async throws {
    let folder = CommittedVectors.folder.path(percentEncoded: false)
    let report = try await ProtocolVectors(folder: folder).verify()
    #expect(report.missing == [])
    #expect(report.files.map(\.name) == ProtocolVectors.fileNames)
    for file in report.files {
      #expect(file.failures.map(\.line) == [], "\(file.name)")
      #expect(file.comparisons >= file.vectors)
      #expect(file.vectors >= Self.least[file.name] ?? .max, "\(file.name): \(file.vectors)")
    }
  }
}
