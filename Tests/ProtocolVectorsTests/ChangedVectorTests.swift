import Foundation
import ProtocolVectors
import Testing

/// A wrong result is seen, and blamed on its vector alone.
@Suite struct ChangedVectorTests {
  /// A result: where its vector stands, which field, and what the vector is called.
  struct Spot: Sendable, CustomTestStringConvertible {
    let file: String
    let path: [PathStep]
    /// Nil for the name that stands beside the field.
    var vector: String?

    init(_ file: String, _ path: PathStep..., vector: String? = nil) {
      self.file = file
      self.path = path
      self.vector = vector
    }

    var testDescription: String { "\(file) \(path)" }
  }

  static let results = [
    Spot("encodings.json", "codes", "trailing", vector: "codes.trailing"),
    Spot("encodings.json", "hashes", 1, "input"), Spot("encodings.json", "hashes", 0, "hash"),
    Spot("encodings.json", "hashes", 2, "kdf"), Spot("encodings.json", "bitmaps", 2, "bitmap"),
    Spot("encodings.json", "signatures", 1, "public"),
    Spot("encodings.json", "signatures", 0, "signature"),
    Spot("encodings.json", "drawn_scalars", 0, "scalar"),
    Spot("encodings.json", "drawn_scalars", 1, "times_base"),
    Spot("encodings.json", "drawn_scalars", 2, "bytes_used"),
    Spot("cohort.json", "cohorts", 0, "first_leaf"), Spot("cohort.json", "cohorts", 1, "last_leaf"),
    Spot("cohort.json", "cohorts", 1, "leaves_hash"), Spot("cohort.json", "cohorts", 0, "root"),
    Spot("cohort.json", "cohorts", 1, "t1"), Spot("cohort.json", "cohorts", 0, "graph_seed"),
    Spot("cohort.json", "cohorts", 1, "t2"), Spot("cohort.json", "cohorts", 0, "k"),
    Spot("cohort.json", "large_ring", "order_as_u32_hash", vector: "large_ring"),
    Spot("cohort.json", "large_ring", "first_16", 3, vector: "large_ring"),
    Spot("graph_parameters.json", "table", 1, "k_t", 2, 0, vector: "table to 200"),
    Spot("graph_parameters.json", "lookups", 1, "k", vector: "lookups[1]"),
    Spot("graph_parameters.json", "lookups", 2, "t", vector: "lookups[2]"),
    Spot("masks.json", "keys", 0, "S"), Spot("masks.json", "keys", 1, "q"),
    Spot("masks.json", "keys", 2, "pair_key"), Spot("masks.json", "keys", 0, "self_key"),
    Spot("masks.json", "streams", 0, "elements", 3),
    Spot("masks.json", "streams", 5, "packed_hash"),
    Spot("sharing.json", "polynomials", 0, "shares", 4),
    Spot("sharing.json", "polynomials", 0, "point"), Spot("sharing.json", "boxes", 0, "box"),
    Spot("sharing.json", "boxes", 1, "box_key"), Spot("sharing.json", "boxes", 2, "transmit_key"),
    Spot("sharing.json", "bad_boxes", 0, "event"),
    Spot("packing.json", "packings", 0, "packed"), Spot("packing.json", "packings", 2, "values", 0),
    Spot("packing.json", "bad", 0, "code"),
    Spot("messages.json", "messages", 3, "bytes"), Spot("bad_decoding.json", "cases", 2, "code"),
    Spot("round_complete.json", "messages", "input", "2", vector: "messages.input.2"),
    Spot("round_complete.json", "transcript", "t3", vector: "transcript.t3"),
    Spot("round_complete.json", "transcript", "t4", vector: "transcript.t4"),
    Spot("round_complete.json", "graph_seed", vector: "graph"),
    Spot("round_complete.json", "sum", 1, vector: "sum"),
    Spot("round_ring.json", "message_hashes", "shares", "3", vector: "messages.shares.3"),
    Spot("partial_sums.json", "combinations", 0, "combined"),
    Spot("partial_sums.json", "refusals", 1, "code"),
    Spot("bad_client.json", "cases", 0, "code"), Spot("bad_client.json", "tolerated", 0, "reply"),
    Spot("bad_coordinator.json", "cases", 0, "code"), Spot("witness.json", "answers", 1, "answer"),
    Spot("witness.json", "bad", 2, "code"),
  ]

  @Test func everyFileIsChangedSomewhere() {
    #expect(Set(Self.results.map(\.file)) == Set(ProtocolVectors.fileNames))
  }

  @Test(arguments: results)
  func aChangedResultIsAFailureOfItsVector(spot: Spot) async throws {
    let original = Self.shortened(spot.file, try CommittedVectors.document(spot.file))
    var isChanged = false
    let changed = Path.replacing(original, spot.path[...]) { value in
      isChanged = value != nil
      return Self.changed(value)
    }
    #expect(isChanged)
    let document = try #require(changed as? [String: Any])
    let report = try await CommittedVectors.verify(spot.file, document)
    let beside = Path.value(original, Array(spot.path.prefix(2))[...]) as? [String: Any]
    let name = try #require(spot.vector ?? beside?["name"] as? String)
    #expect(Set(report.failures.map(\.vector)) == [name], "\(report.failures.map(\.line))")
    #expect(report.failed == 1)
    for failure in report.failures {
      #expect(failure.line.contains(spot.file) && failure.line.contains(name))
      // Eight digits and the number of bytes, never a whole value.
      #expect(failure.line.count < 300, "\(failure.line)")
    }
  }

  /// Another last digit, or the next number.
  private static func changed(_ value: Any?) -> Any? {
    if let text = value as? String {
      return String(text.dropLast()) + (text.last == "0" ? "1" : "0")
    }
    if let number = value as? Int { return number ^ 1 }
    return value
  }

  /// The document with the first six of the vectors that take long, which is enough for one failure.
  private static func shortened(_ file: String, _ document: [String: Any]) -> [String: Any] {
    let many = ["bad_client.json", "bad_coordinator.json", "witness.json", "cohort.json"]
    guard many.contains(file) else { return document }
    return document.mapValues { value in (value as? [Any]).map { Array($0.prefix(3)) } ?? value }
  }
}
