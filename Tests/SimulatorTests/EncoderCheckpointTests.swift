import Behavior
import CryptoPrimitives
import FederatedTasks
import Foundation
import NumericalMethods
import Report
import Scenarios
import Testing

@testable import Simulator

/// A simulation that was interrupted goes on to the same bytes; files that do not belong to it are refused.
@Suite struct EncoderCheckpointTests {
  private func temporaryFolder() -> String {
    FileManager.default.temporaryDirectory
      .appending(path: "silhouette-checkpoints-\(UUID().uuidString)").path(percentEncoded: false)
  }

  private func simulation(
    _ overrides: [String] = [], folder: String? = nil
  ) throws -> Simulation {
    let effective = try ScenarioDecoder.decode(
      yaml: """
        name: small
        seed: 7
        threads: 2
        behavior:
          source: synthetic
          synthetic: { users: 60, items: 40, events: 1500, interests: 4, seed: 3 }
        privacy: { epsilon: 8, split: { gram: 0.58, encoder: 0.2 } }
        tasks:
          gram: { headItems: 20, tailGroups: 5, maxRank: 8 }
          ranker: { rounds: 2, negatives: 20 }
          encoder: { shape: mean, items: projected, width: 4, rounds: 24, batch: 2, length: 8 }
        profile: { examples: 1 }
        evaluation: { sampledNegatives: 20, bootstrapResamples: 40, coldStart: [0] }
        """, file: "small.yaml", overrides: overrides)
    return Simulation(
      scenario: effective.scenario,
      population: try SyntheticPopulation(
        configuration: .init(users: 60, items: 40, events: 1500, interests: 4, seed: 3)
      ).population(),
      plan: .init(yaml: effective.yaml, hash: effective.hash), command: "test", version: "0",
      checkpoints: folder.map { CheckpointFolder($0) })
  }

  private func bytes(_ simulation: Simulation) async throws -> [UInt8] {
    try ReportRenderer.json(await simulation.run { _ in }, includingTimings: false)
  }

  /// What stays on devices is in no checkpoint, so there is nothing to go on from.
  @Test func aPreferenceModelHasNoCheckpoint() async throws {
    let folder = temporaryFolder()
    let simulation = try simulation(
      ["tasks.encoder.shape=preference", "tasks.encoder.items=own"], folder: folder)
    await #expect(throws: SimulationError.noCheckpointOfPreference) {
      _ = try await bytes(simulation)
    }
    #expect(!FileManager.default.fileExists(atPath: folder))
  }

  /// Stops while the encoder of the second training is under way, like a user who presses Control-C.
  @Test func anInterruptedRunGoesOnToTheSameBytes() async throws {
    let folder = temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let whole = try await bytes(simulation())
    let interrupted = try simulation(folder: folder)
    // A task of its own, for the test goes on after it.
    let task = Task {
      try await interrupted.run { step in
        guard step.phase == "encoder, round 17 of 24" else { return }
        unsafe withUnsafeCurrentTask { task in unsafe task?.cancel() }
      }
    }
    await #expect(throws: CancellationError.self) { _ = try await task.value }
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(files == ["epsilon-8.0.checkpoint"])
    let kept = try Data(contentsOf: URL(filePath: folder + "/" + files[0]))
    #expect(EncoderCheckpoint(decoding: Array(kept))?.state.completedRounds == 10)
    #expect(try await bytes(simulation(folder: folder)) == whole)
    // Nothing is left to do the third time.
    #expect(try await bytes(simulation(folder: folder)) == whole)
  }

  @Test func aCheckpointOfAnotherTrainingIsRefused() async throws {
    let folder = temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    _ = try await bytes(simulation(folder: folder))
    let changes = [
      ["tasks.encoder.width=5"], ["seed=8"],
      ["privacy.split.gram=0.56", "privacy.split.evaluation=0.04"],
    ]
    for change in changes {
      let other = try simulation(change, folder: folder)
      await #expect(
        throws: CheckpointError.otherTraining(path: folder + "/epsilon-8.0.checkpoint")
      ) {
        try await other.run { _ in }
      }
    }
  }

  /// Every truncation and every changed byte is noticed, and the file is left as it was.
  @Test func aDamagedCheckpointIsRefused() async throws {
    let folder = temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let checkpoint = EncoderCheckpoint(
      training: Blake2b.digest([1]),
      state: EncoderTask.State(
        parameters: [1, -2, 3], first: [0.5, 0, 0], second: [], completedRounds: 1),
      rounds: [
        .init(contributors: 5, signalNorm: 2, noiseStandardDeviation: 0, cpuSeconds: 0.25)
      ],
      curve: [
        .init(
          round: 1, hitRateAt10: Interval(value: 0.125, low: 0, high: 0.25),
          ndcgAt10: Interval(value: 0.0625, low: 0.03125, high: 0.125))
      ])
    let bytes = checkpoint.encoded
    #expect(EncoderCheckpoint(decoding: bytes) == checkpoint)
    for count in bytes.indices {
      #expect(EncoderCheckpoint(decoding: Array(bytes[..<count])) == nil)
    }
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      #expect(EncoderCheckpoint(decoding: changed) == nil)
    }
    #expect(EncoderCheckpoint(decoding: bytes + [0]) == nil)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = folder + "/epsilon-8.0.checkpoint"
    let damaged = Data(bytes.dropLast(7))
    try damaged.write(to: URL(filePath: path))
    let simulation = try simulation(folder: folder)
    await #expect(throws: CheckpointError.damaged(path: path)) {
      try await simulation.run { _ in }
    }
    #expect(try Data(contentsOf: URL(filePath: path)) == damaged)
  }

  /// A digest that fits does not make numbers sound.
  @Test func numbersThatAreNotFiniteAreRefused() {
    let checkpoint = EncoderCheckpoint(
      training: Blake2b.digest([1]),
      state: EncoderTask.State(
        parameters: [.nan], first: [], second: [], completedRounds: 0), rounds: [], curve: [])
    #expect(EncoderCheckpoint(decoding: checkpoint.encoded) == nil)
  }
}
