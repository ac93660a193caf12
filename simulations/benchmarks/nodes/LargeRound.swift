import Behavior
import BehaviorReaders
import ClientNode
import CoordinatorNode
import CryptoPrimitives
import DeviceProfiling
import FederatedRounds
import Foundation
import PlannedRounds
import RoundVocabulary
import Scenarios
import SilhouetteClient
import Storage
import WireProtocol

/// A round in which hundreds of real devices of one process contribute a large vector, masked.
struct LargeRound {
  struct Figures {
    let contributions: Int
    let dimension: Int
    /// From the last contribution to the version that follows from the sum.
    let releaseSeconds: Double
    /// CPU time of the coordinator meanwhile.
    let releaseCPUSeconds: Double
    /// Of the coordinator, at its largest.
    let megabytes: Double
  }

  enum Failure: Error { case roundFailed(String), timedOut }

  let devices: Int

  /// Runs the plan up to the round of the item basis, which has the largest vectors.
  func run(program: String) async throws -> Figures {
    let coordinator = try await CoordinatorProcess(program: program)
    let witness = try WitnessProcess(program: program, beside: coordinator)
    defer {
      witness.remove()
      coordinator.remove()
    }
    let population = try SyntheticPopulation(
      configuration: .init(
        users: devices, items: 1_500, events: 60 * devices, interests: 8, seed: 1))
    let behavior = coordinator.folder.path + "/behavior"
    try PopulationWriter(population).writeCSV(to: behavior)
    let people = try BehaviorFiles.readCSV(
      events: behavior + "/events.csv", catalogue: behavior + "/catalogue.csv", maxBadRows: 0)
    let store = try await SQLiteCoordinatorStore(
      folder: coordinator.folder.storeFolder, as: .visitor)
    let tasks = try await publish(
      catalogue: [UInt8](try Data(contentsOf: URL(fileURLWithPath: behavior + "/catalogue.csv"))),
      items: people.catalogue.count, coordinator, store)
    let transport = try await HTTPSTransport.connect(url: coordinator.url, pin: coordinator.pin)
    // Devices pin the witnesses that the coordinator names when they join, and it looks once a second.
    let asked = ContinuousClock.now
    while try await transport.read("/v1/witnesses", limit: 1 << 16).isEmpty {
      guard ContinuousClock.now - asked < .seconds(30) else { throw Failure.timedOut }
      try await Task.sleep(for: .milliseconds(100))
    }
    let sessions = try await join(people, coordinator, store, transport)
    try await store.move(tasks.hash, to: .published)
    let figures = try await withThrowingTaskGroup(of: Void.self) { group in
      for session in sessions {
        group.addTask {
          do {
            try await session.run { outcome in
              switch outcome {
              case .success(.objection(let reason)): print("a device takes no part: \(reason)")
              case .success(.round(let end)) where !end.isExpected:
                print("a device left: \(end)")
              case .failure(let error) where !error.isTemporary: print("a device failed: \(error)")
              default: break
              }
            }
          } catch { print("a device stopped: \(error)") }
        }
      }
      defer { group.cancelAll() }
      return try await watch(tasks, coordinator, store)
    }
    for session in sessions { try await session.close() }
    try await transport.close()
    try store.close()
    return figures
  }

  private func publish(
    catalogue: [UInt8], items: Int, _ coordinator: CoordinatorProcess,
    _ store: SQLiteCoordinatorStore
  ) async throws -> PlannedTasks {
    // 364 coordinates of the item basis: 66,430 numbers in a contribution.
    var plan = try PlanDecoder.decode(
      yaml: """
        name: large
        catalogue: { items: \(items) }
        cohort: { most: \(devices), attempts: 3 }
        times: { advertise: 300 s, shares: 300 s, input: 300 s, consistency: 300 s, unmask: 300 s }
        privacy: { epsilon: 8, dropoutShare: 0.05, colludingShare: 0.05 }
        encoding: { ringBits: 32 }
        tasks:
          gram: { headItems: 300, tailGroups: 64, maxRank: 32 }
          ranker: { rounds: 1 }
        """, file: "large.yaml")
    plan.catalogue.hash = Blake2b.digest(catalogue).description
    let keys = try CoordinatorKeys(folder: coordinator.folder.keysFolder)
    let record = keys.sign(planDocument: Array(SignedPlanText.yaml(of: plan).utf8))
    try await store.add(record, catalogue: catalogue)
    return try PlannedTasks(plan, hash: record.hash)
  }

  /// All devices of this process, each in a folder of its own.
  private func join(
    _ people: Population, _ coordinator: CoordinatorProcess, _ store: SQLiteCoordinatorStore,
    _ transport: HTTPSTransport
  ) async throws -> [DeviceSession] {
    let keys = try CoordinatorKeys(folder: coordinator.folder.keysFolder)
    let shelf = PlanShelf()
    var sessions: [DeviceSession] = []
    for user in 0..<devices {
      let folder = DeviceFolder(path: coordinator.folder.path + "/device-\(user)")
      _ = try folder.change([
        "rounds.mostPerDay=1000", "privacy.epsilon=20", "privacy.leastNoise=0.01",
        "events.lifetime=36500 d", "work.time=600 s",
      ])
      let session = try DeviceSession(folder: folder, transport: transport, shelf: shelf) {
        UInt64(Date().timeIntervalSince1970)
      }
      _ = try await session.events.add(
        people.log.history(of: user).events.map { event in
          StoredEvent(
            item: people.catalogue.items[Int(event.item)].id, kind: event.kind,
            value: event.value, time: event.hasTime ? event.time : nil)
        }, now: Int64(Date().timeIntervalSince1970))
      try await session.node.join(
        JoinCode(
          url: coordinator.url, certificatePin: coordinator.pin,
          coordinator: keys.verificationKey, authority: keys.authorityKey,
          log: keys.logKey,
          token: try await Coordinator.issueToken(in: store, expiry: .max >> 1)))
      sessions.append(session)
    }
    return sessions
  }

  /// Looks at the round of the item basis from its last contribution to its end.
  private func watch(
    _ tasks: PlannedTasks, _ coordinator: CoordinatorProcess, _ store: SQLiteCoordinatorStore
  ) async throws -> Figures {
    let task = PlannedTasks.identifier(of: .gram, plan: tasks.hash)
    let key = RoundKey(task: task, number: 1)
    var closed: (at: ContinuousClock.Instant, cpu: Double, contributions: Int)?
    let start = ContinuousClock.now
    while ContinuousClock.now - start < .seconds(900) {
      switch try await store.round(key)?.outcome {
      case .aborted(let reason)?: throw Failure.roundFailed("gram/1 was aborted (\(reason))")
      case .committed?:
        guard let closed else { throw Failure.roundFailed("gram/1 was over too soon") }
        return Figures(
          contributions: closed.contributions,
          dimension: tasks.terms(of: .gram).dimension,
          releaseSeconds: seconds(ContinuousClock.now - closed.at),
          releaseCPUSeconds: coordinator.cpuSeconds - closed.cpu,
          megabytes: coordinator.peakKilobytes / 1_024)
      case .open?:
        let count = try await contributions(key, store)
        if let count, closed == nil || count > (closed?.contributions ?? 0) {
          closed = (ContinuousClock.now, coordinator.cpuSeconds, count)
        }
      case nil: break
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw Failure.timedOut
  }

  /// How many contributions the sum has; nil while the coordinator replaces it.
  private func contributions(
    _ key: RoundKey, _ store: SQLiteCoordinatorStore
  ) async throws -> Int? {
    do { return try await store.partialSum(key)?.count ?? 0 } catch {
      guard case .blobMissing = error else { throw error }
      return nil
    }
  }
}

extension DeviceRoundEnd {
  /// Also that a later round is cut short, when all has been measured.
  fileprivate var isExpected: Bool {
    switch self {
    case .committed, .contributed, .interrupted: true
    default: false
    }
  }
}

/// A witness that runs as a process of its own: cohorts above 128 need one.
private final class WitnessProcess {
  private let process = Process()

  init(program: String, beside coordinator: CoordinatorProcess) throws {
    let folder = coordinator.folder.path
    let port = Int.random(in: 30_000..<40_000)
    func run(_ arguments: [String], into file: String? = nil) throws {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: program)
      process.arguments = arguments
      let output = Pipe()
      process.standardOutput = output
      try process.run()
      let text = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      guard process.terminationStatus == 0 else {
        throw CoordinatorProcess.Failure.commandFailed(arguments)
      }
      if let file { try text.write(to: URL(fileURLWithPath: file)) }
    }
    try run(["coordinator", "show", "--dir", folder], into: folder + "/coordinator-show.json")
    try run([
      "witness", "init", "--dir", folder + "/witness", "--url", "https://127.0.0.1:\(port)",
      "--port", "\(port)", "--coordinator", folder + "/coordinator-show.json",
    ])
    try run(["witness", "show", "--dir", folder + "/witness"], into: folder + "/witness.json")
    try run(["coordinator", "witness", "add", folder + "/witness.json", "--dir", folder])
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["witness", "run", "--dir", folder + "/witness"]
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  func remove() {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}
