import Foundation
import ProtocolVectors
import Testing

/// Input that no implementation should have written: an error that says where, and no crash.
@Suite struct FaultyVectorTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    let file: String
    let path: [PathStep]
    /// JSON that takes the place; nil removes the field.
    let value: String?
    /// What the error has to say, besides the name of the file.
    let says: [String]

    init(_ file: String, _ path: PathStep..., is value: String?, says: String...) {
      self.file = file
      self.path = path
      self.value = value
      self.says = says
    }

    var testDescription: String { "\(file) \(path) \(value ?? "removed")" }
  }

  static let faults = [
    // Hexadecimal digits.
    Fault(
      "bad_decoding.json", "cases", 0, "message", is: "\"6g\"",
      says: "cases[0].message", "lower-case hexadecimal"),
    Fault(
      "bad_decoding.json", "cases", 1, "message", is: "\"abc\"",
      says: "cases[1].message", "3 characters"),
    Fault("messages.json", "messages", 0, "message", is: "\"AB\"", says: "messages[0].message"),
    Fault(
      "encodings.json", "hashes", 0, "hash", is: "\"abcd\"",
      says: "hash_fsa1/config", "hashes[0].hash", "2 bytes", "32 bytes"),
    Fault("encodings.json", "hashes", 0, "key", is: "\"abcd\"", says: "key", "16 to 64"),
    Fault("masks.json", "keys", 1, "other_S", is: "\"ab\"", says: "keys_1", "keys[1].other_S"),
    Fault("sharing.json", "bad_boxes", 0, "box", is: "\"\"", says: "bad_box_tampered", "104 bytes"),
    Fault("sharing.json", "boxes", 0, "nonce", is: "\"00\"", says: "box_0", "24 bytes"),
    // Fields that are not there, or of another type.
    Fault("encodings.json", "codes", is: nil, says: "codes is missing"),
    Fault("witness.json", "bad", 0, "requests", is: nil, says: "bad[0].requests is missing"),
    Fault("witness.json", "bad", 0, "code", is: nil, says: "code is missing"),
    Fault("cohort.json", "large_ring", "order_as_u32_hash", is: nil, says: "order_as_u32_hash is"),
    Fault("packing.json", "packings", 0, "values", is: "\"x\"", says: "packings[0].values"),
    Fault("bad_client.json", "cases", is: "{}", says: "cases"),
    Fault("round_complete.json", "times", "input", is: nil, says: "times.input is missing"),
    // Unknown rounds, kinds, steps, phases.
    Fault("bad_client.json", "cases", 0, "round", is: "\"other\"", says: "round", "unknown round"),
    Fault(
      "bad_client.json", "cases", 0, "feed", is: "[\"inbux\"]",
      says: "feed[0]", "no inbux for client"),
    Fault("bad_coordinator.json", "cases", 0, "phase", is: "\"later\"", says: "phase"),
    Fault("messages.json", "messages", 0, "kind", is: "77", says: "config", "kind is 77"),
    Fault("bad_decoding.json", "cases", 0, "kind", is: "0", says: "kind is 0"),
    Fault("witness.json", "answers", 0, "requests", 0, "ask", is: "\"sing\"", says: "ask"),
    Fault("graph_parameters.json", "lookups", 0, "rule", is: "9", says: "rule is 9"),
    // Numbers.
    Fault("cohort.json", "cohorts", 0, "n", is: "2", says: "n is 2"),
    Fault("cohort.json", "cohorts", 0, "n", is: "9223372036854775807", says: "cohort_3", "n is"),
    Fault("cohort.json", "cohorts", 0, "n", is: "1e400", says: "JSON"),
    Fault("cohort.json", "cohorts", 0, "holders", 0, "index", is: "-1", says: "holders[0].index"),
    Fault("cohort.json", "large_ring", "n", is: "5", says: "large_ring", "n is 5"),
    Fault("encodings.json", "bitmaps", 0, "members", is: "[3]", says: "members[0] is 3"),
    Fault("encodings.json", "bitmaps", 0, "n", is: "-8", says: "n is -8"),
    Fault("masks.json", "streams", 0, "b", is: "33", says: "b is 33"),
    Fault("masks.json", "streams", 0, "b", is: "17", says: "b is 17"),
    Fault("masks.json", "streams", 0, "first", is: "9007199254740993", says: "first is"),
    Fault("masks.json", "streams", 5, "count", is: "9007199254740993", says: "count is"),
    Fault("packing.json", "bad", 0, "d", is: "-1", says: "d is -1"),
    Fault("packing.json", "bad", 0, "code", is: "99999999999", says: "bad[0].code"),
    Fault("sharing.json", "polynomials", 0, "t", is: "0", says: "t is 0"),
    Fault(
      "sharing.json", "polynomials", 0, "reconstruct_from_x", is: "[1, 1, 2]",
      says: "reconstruct_from_x[1]"),
    Fault("sharing.json", "boxes", 0, "from", is: "-1", says: "from is -1"),
    Fault("bad_client.json", "cases", 0, "client", is: "5", says: "client is 5"),
    Fault(
      "bad_client.json", "cases", 0, "overrides", is: "{\"certificate\": \"00\"}",
      says: "overrides.certificate", "truncated"),
    Fault(
      "bad_client.json", "cases", 0, "overrides", is: "{\"store\": {\"chain_positions\": [99]}}",
      says: "chain_positions[0] is 99"),
    Fault(
      "bad_client.json", "cases", 0, "overrides",
      is: "{\"store\": {\"chain_positions\": [1, 1, 1]}}", says: "chain_positions[2]"),
    Fault(
      "bad_client.json", "cases", 0, "overrides",
      is: "{\"policy\": {\"least_survivor_share\": 9223372036854775807}}",
      says: "least_survivor_share"),
    Fault("witness.json", "answers", 0, "witness", is: "7", says: "witness is 7"),
    Fault("witness.json", "answers", 0, "requests", is: "[]", says: "requests"),
    Fault(
      "round_complete.json", "policy", "noise_ratio", is: "[1, 0]", says: "noise_ratio[1] is 0"),
    Fault("round_complete.json", "policy", "noise_ratio", is: "[1]", says: "noise_ratio"),
    Fault(
      "round_complete.json", "witnesses", 0, "last_position", is: "9223372036854775807",
      says: "last_position"),
    Fault("round_complete.json", "witnesses", is: "[]", says: "witnesses"),
    Fault("round_complete.json", "clients", is: "[]", says: "clients"),
    Fault("round_complete.json", "clients", 0, "x", is: "[1]", says: "clients[0].x"),
    Fault(
      "round_complete.json", "messages", "config", "0", is: "\"00\"", says: "messages.config.0"),
    Fault(
      "round_complete.json", "coordinator_seed", is: "\"\(String(repeating: "00", count: 32))\"",
      says: "coordinator_seed"),
    // Nothing to show.
    Fault("bad_decoding.json", "cases", is: "[]", says: "cases", "empty list"),
    Fault("graph_parameters.json", "table", is: "[]", says: "table", "empty list"),
    Fault("packing.json", "schema", is: "\"fsa2-vectors/1\"", says: "schema is fsa2-vectors/1"),
    Fault("packing.json", "schema", is: nil, says: "schema is missing"),
  ]

  @Test(arguments: faults)
  func aFaultIsNamedWithItsPlace(fault: Fault) async throws {
    let document = try CommittedVectors.document(fault.file)
    // JSONSerialization writes no number of this size, so a word stands for it first.
    let marker = "the value of this test"
    let changed = Path.replacing(document, fault.path[...]) { _ in
      fault.value == nil ? nil : marker
    }
    let text = String(
      decoding: try JSONSerialization.data(withJSONObject: try #require(changed)), as: UTF8.self
    ).replacing("\"\(marker)\"", with: fault.value ?? "")
    let error = await #expect(throws: ProtocolVectorError.self) {
      try await CommittedVectors.verify(fault.file, bytes: Data(text.utf8))
    }
    let message = try #require(error).description
    for word in [fault.file] + fault.says { #expect(message.contains(word), "\(message)") }
  }

  @Test func whatIsNoVectorIsAnError() async throws {
    for text in ["", "[", "{\"schema\": \"fsa1-vectors/1\"", "\u{0}", "[1, 2]", "null"] {
      await #expect(throws: ProtocolVectorError.self, "\(text)") {
        try await CommittedVectors.verify("masks.json", bytes: Data(text.utf8))
      }
    }
    let deep = String(repeating: "[", count: 100_000)
    await #expect(throws: ProtocolVectorError.self) {
      try await CommittedVectors.verify("masks.json", bytes: Data(deep.utf8))
    }
  }

  @Test func twoVectorsOfOneNameAreAnError() async throws {
    var document = try CommittedVectors.document("packing.json")
    let bad = try #require(document["bad"] as? [Any])
    document["bad"] = bad + [bad[0]]
    let error = await #expect(throws: ProtocolVectorError.self) {
      try await CommittedVectors.verify("packing.json", document)
    }
    guard case .duplicatedName(let place)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(place.vector == "bad_padding_16_7")
  }

  @Test func aRoundThatIsNotThereIsNamed() async throws {
    let vectors = try ProtocolVectors(
      contents: ["witness.json": try CommittedVectors.bytes("witness.json")])
    let error = await #expect(throws: ProtocolVectorError.self) { try await vectors.verify() }
    guard case .missingRound(_, let file)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(file == "round_complete.json")
  }

  @Test func foldersAndNamesThatAreUnknownAreErrors() throws {
    #expect(throws: ProtocolVectorError.missingFolder(path: "/nowhere")) {
      _ = try ProtocolVectors(folder: "/nowhere")
    }
    #expect(
      throws: ProtocolVectorError.unknownFile(
        file: "mask.json", expected: ProtocolVectors.fileNames)
    ) {
      _ = try ProtocolVectors(contents: ["mask.json": Data()])
    }
  }
}
