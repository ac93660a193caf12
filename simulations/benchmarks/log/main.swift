import CryptoPrimitives
import Foundation
import Storage
import TransparencyLog

// Durable appends to a coordinator's log in batches, and proofs from it, beside the targets. A missed one
// makes it exit with 1.
//
//   swift run -c release log-benchmark [ENTRIES [BATCH]]

let entryCount = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 100_000
let batchCount = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 100
let leastAppends = 5_000.0
let mostProofMilliseconds = 1.0

func entry(_ number: Int) throws -> LogEntry {
  var bytes: [UInt8] = []
  bytes.append(littleEndian: UInt64(number))
  return try LogEntry(
    at: 1_800_000_000,
    .enrollment(
      LoggedEnrollment(
        authority: VerificationKey(encoding: Bytes32()), certificateHash: Blake2b.digest(bytes))))
}

/// Milliseconds of each call, ascending.
func times(_ count: Int, _ body: (Int) async throws -> Void) async throws -> [Double] {
  var times: [Double] = []
  for number in 0..<count {
    let start = ContinuousClock.now
    try await body(number)
    times.append(start.duration(to: .now) / .milliseconds(1))
  }
  return times.sorted()
}

let folder = FileManager.default.temporaryDirectory.path + "/silhouette-" + UUID().uuidString
defer { try? FileManager.default.removeItem(atPath: folder) }
let store = try await SQLiteCoordinatorStore(folder: folder)
let entries = try (0..<entryCount).map(entry)
let start = ContinuousClock.now
for first in stride(from: 0, to: entryCount, by: batchCount) {
  try await store.log(Array(entries[first..<min(first + batchCount, entryCount)]))
}
let rate = Double(entryCount) / (start.duration(to: .now) / .seconds(1))
let size = UInt64(entryCount)
let tree = try await store.logTree()
var random = SystemRandomNumberGenerator()
let inclusion = try await times(1_000) { _ in
  let index = UInt64.random(in: 0..<size, using: &random)
  _ = try await store.inclusionProof(of: index, size: size)
}
let consistency = try await times(1_000) { _ in
  _ = try await store.consistencyProof(from: .random(in: 1...size, using: &random), to: size)
}
let check = try await times(1_000) { number in
  let index = UInt64(number) % size
  let proof = try await store.inclusionProof(of: index, size: size)
  try proof.verify(leaf: entries[Int(index)].leaf, in: tree)
}
let roots = try await times(200) { _ in _ = try await store.logTree() }
try store.close()

func line(_ name: String, _ sorted: [Double]) -> String {
  String(
    format: "%@ median %.3f ms, 99%% %.3f ms", name, sorted[sorted.count / 2],
    sorted[sorted.count * 99 / 100])
}
print(
  String(
    format: "durable appends       %.0f/s in batches of %d, to %d entries", rate, batchCount,
    entryCount))
print(line("inclusion proof      ", inclusion))
print(line("consistency proof    ", consistency))
print(line("proof and its check  ", check))
print(line("root from the disk   ", roots))
let isMissed = rate < leastAppends || inclusion[inclusion.count / 2] > mostProofMilliseconds
exit(isMissed ? 1 : 0)
