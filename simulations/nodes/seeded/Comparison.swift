import Behavior
import BehaviorReaders
import ClientNode
import CoordinatorNode
import CryptoPrimitives
import FederatedRounds
import Foundation
import PlannedRounds
import RoundVocabulary
import Scenarios
import Simulator
import Storage

/// The rounds that nodes have run, beside the same rounds in the simulator.
struct Comparison {
  private let folder: NodesFolder

  init(folder: String) { self.folder = NodesFolder(path: folder) }

  /// Prints hashes and quality; returns whether the hashes are equal.
  func run() async throws -> Bool {
    let store = try await folder.store()
    let tasks = try await folder.plan(in: store)
    let users = try Users(folder)
    let participants = try await participants(store, tasks, users.numbers)
    guard let model = try await store.currentModel(plan: tasks.hash) else { return false }
    try store.close()
    let outcome = try await PlanReplay(
      tasks.plan, hash: tasks.hash, catalogue: users.catalogue, histories: users.histories,
      heldOut: users.heldOut, participants: participants
    ).run()
    let simulated = Blake2b.digest(outcome.model.encoded)
    print("model of the nodes       \(model.hash)")
    print("model of the simulator   \(simulated), same seed and participants")
    print(model.hash == simulated ? "equal to the bit" : "NOT EQUAL")
    print("\nsimulator, \(users.measured) devices        HR@10   NDCG@10")
    for quality in outcome.quality {
      print(
        "  " + quality.method.padding(toLength: 27, withPad: " ", startingAt: 0)
          + String(format: "%.4f    %.4f", quality.hitRateAt10, quality.ndcgAt10))
    }
    return model.hash == simulated
  }

  /// Whose contributions the rounds' sums have, from the coordinator's debits.
  private func participants(
    _ store: SQLiteCoordinatorStore, _ tasks: PlannedTasks,
    _ numbers: [VerificationKey: Int32]
  ) async throws -> [RoundID: [Int32]] {
    var participants: [RoundID: [Int32]] = [:]
    var committed: [TaskKind: Int] = [:]
    for round in try await store.rounds(limit: 1_000_000).reversed() {
      guard case .committed = round.outcome,
        let task = PlannedTasks.task(named: round.key.task, plan: tasks.hash)
      else { continue }
      committed[task, default: 0] += 1
      for entry in try await store.journal(round.key) {
        guard
          case .opening(let contributors)? = RoundEntry(
            kind: entry.kind, device: entry.device, bytes: entry.bytes)
        else { continue }
        participants[RoundID(task: task, number: committed[task] ?? 0)] =
          contributors.compactMap { numbers[$0] }.sorted()
      }
    }
    return participants
  }
}

/// The users of the devices, in the order of the devices' numbers.
private struct Users {
  let catalogue: Catalogue
  let histories: [DeviceHistory]
  let heldOut: [Int32?]
  /// By the identities of the devices, from 0.
  let numbers: [VerificationKey: Int32]

  var measured: Int { heldOut.count { $0 != nil } }

  init(_ folder: NodesFolder) throws {
    var found = 0
    while FileManager.default.fileExists(atPath: folder.device(found + 1)) { found += 1 }
    // One file with the events of all devices, for the reader that simulations use.
    let lines = try (1...found).map { try Self.lines("\(folder.behavior)/users/\($0).csv") }
    let all = folder.path + "/events.csv"
    let text = ([lines[0][0]] + lines.flatMap { $0.dropFirst() }).joined(separator: "\n") + "\n"
    try Data(text.utf8).write(to: URL(fileURLWithPath: all))
    let population = try BehaviorFiles.readCSV(
      events: all, catalogue: folder.behavior + "/catalogue.csv", maxBadRows: 0)
    let places = Dictionary(
      uniqueKeysWithValues: population.log.userIDs.enumerated().map { ($1, $0) })
    let wanted = Dictionary(
      try Self.lines(folder.behavior + "/heldout.csv").dropFirst().map { line in
        let fields = line.split(separator: ",", maxSplits: 1).map(String.init)
        return (fields[0], fields[1])
      }, uniquingKeysWith: { first, _ in first })
    catalogue = population.catalogue
    var histories: [DeviceHistory] = []
    var heldOut: [Int32?] = []
    for lines in lines {
      guard lines.count > 1, let user = lines[1].split(separator: ",").first.map(String.init),
        let place = places[user]
      else { throw NodesFolder.Failure.noUser(lines.last ?? "") }
      histories.append(population.log.history(of: place))
      heldOut.append(wanted[user].flatMap { population.catalogue.index(of: $0) })
    }
    self.histories = histories
    self.heldOut = heldOut
    var randomness = RandomStream.system()
    numbers = try Dictionary(
      uniqueKeysWithValues: (0..<found).map { number in
        let keys = try DeviceKeys(folder: folder.device(number + 1), randomness: &randomness)
        return (keys.verificationKey, Int32(number))
      })
  }

  private static func lines(_ file: String) throws -> [String] {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
      .split(separator: "\n").map(String.init)
  }
}
