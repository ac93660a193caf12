import NodeServing
import Behavior
import BehaviorReaders
import ClientNode
import CryptoPrimitives
import DeviceProfiling
import FederatedRounds
import Foundation
import Logging
import Scenarios
import SeededDevices
import ServiceLifecycle
import SilhouetteClient
import Storage
import TestSupport
import WireProtocol

@testable import CoordinatorNode

/// How devices of a test reach their coordinator.
enum Way: CaseIterable, Sendable { case inProcess, overHTTPS }

/// A population, a coordinator with a signed plan over its catalogue, and a device for each user.
final class PlannedWorld: Sendable {
  static let seed: UInt64 = 7
  static let devices = 6
  let folder: String
  let population: Population
  let catalogue: [UInt8]
  let plan: FederationPlan
  let document: [UInt8]

  private static func yaml(privacy: String) -> String {
    """
    name: small
    seed: \(seed)
    catalogue: { items: 40 }
    cohort: { most: \(devices), attempts: 3 }
    times: { advertise: 900 s, shares: 900 s, input: 900 s, consistency: 900 s, unmask: 900 s }
    privacy: { \(privacy), retries: 1 }
    tasks:
      gram: { headItems: 10, tailGroups: 4, maxRank: 6 }
      ranker: { rounds: 2, negatives: 10 }
    """
  }

  init(privacy: String = "epsilon: 8") throws {
    folder = FileManager.default.temporaryDirectory.path + "/silhouette-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let synthetic = try SyntheticPopulation(
      configuration: .init(
        users: Self.devices, items: 40, events: 40 * Self.devices, interests: 3, seed: 3))
    try PopulationWriter(synthetic).writeCSV(to: folder + "/behavior")
    population = try BehaviorFiles.readCSV(
      events: folder + "/behavior/events.csv", catalogue: folder + "/behavior/catalogue.csv",
      maxBadRows: 0)
    catalogue = [UInt8](
      try Data(contentsOf: URL(fileURLWithPath: folder + "/behavior/catalogue.csv")))
    var plan = try PlanDecoder.decode(yaml: Self.yaml(privacy: privacy), file: "small.yaml")
    plan.catalogue.hash = Blake2b.digest(catalogue).description
    self.plan = plan
    document = Array(SignedPlanText.yaml(of: plan).utf8)
    var randomness = RandomStream.system()
    try CoordinatorKeys.make(in: folder + "/keys", randomness: &randomness)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  var keys: CoordinatorKeys { get throws { try CoordinatorKeys(folder: folder + "/keys") } }

  /// A coordinator over the world's store, with the plan published.
  func coordinator(
    logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  ) async throws -> (Coordinator, SQLiteCoordinatorStore) {
    let store = try await SQLiteCoordinatorStore(folder: folder + "/store")
    let record = try keys.sign(planDocument: document)
    try await store.add(record, catalogue: catalogue)
    try await store.enrollSleepers(RunningPlan(record).template.leastCohort)
    if try await store.plan(record.hash)?.state == .signed {
      try await store.move(record.hash, to: .published)
    }
    var settings = Coordinator.Settings()
    settings.pollMilliseconds = 20
    settings.pacing = Pacing(shortest: 1, longest: 2)
    return (
      try await Coordinator(
        keys: keys, store: store, settings: settings,
        logger: logger, clock: Self.now), store
    )
  }

  @Sendable static func now() -> UInt64 { UInt64(Date().timeIntervalSince1970) }

  /// The events that a device has: its user's without those of the last item.
  func history(of user: Int) -> DeviceHistory {
    let whole = population.log.history(of: user)
    let last = whole.events.last { $0.kind.isInterest }?.item
    let events = whole.events.filter { $0.item != last }
    return DeviceHistory(events: events[...], clock: whole.clock)
  }

  /// A device with the events of a user, all but those of the last item.
  func device(
    _ user: Int, over transport: any NodeTransport, shelf: PlanShelf, settings: [String] = [],
    source: any ContributionRandomness = SystemRandomness()
  ) async throws -> DeviceSession {
    let folder = DeviceFolder(path: self.folder + "/device-\(user)")
    _ = try folder.change(
      [
        "rounds.leastCohort=3", "rounds.leastSurvivors=3", "rounds.leastHonest=1",
        "rounds.mostPerDay=100", "privacy.epsilon=20", "privacy.leastNoise=0.01",
        "events.lifetime=36500 d", "work.time=3600 s",
      ] + settings)
    let session = try DeviceSession(
      folder: folder, transport: transport, shelf: shelf, source: source, clock: Self.now)
    _ = try await session.events.add(
      history(of: user).events.map { event in
        StoredEvent(
          item: population.catalogue.items[Int(event.item)].id, kind: event.kind,
          value: event.value, time: event.hasTime ? event.time : nil)
      }, now: Int64(Self.now()))
    return session
  }

  func code(
    from coordinator: Coordinator, url: String, pin: Bytes32?
  ) async throws -> JoinCode {
    JoinCode(
      url: url, certificatePin: pin, coordinator: try keys.verificationKey,
      authority: try keys.authorityKey, log: try keys.logKey,
      token: try await coordinator.issueToken(expiry: .max >> 1))
  }

  /// Runs `body` with a transport to the coordinator, while the coordinator looks at its deadlines.
  func serving(
    _ coordinator: Coordinator, _ way: Way,
    _ body: @escaping @Sendable (any NodeTransport, _ url: String, Bytes32?) async throws -> Void
  ) async throws {
    switch way {
    case .inProcess:
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask {
          while !Task.isCancelled {
            await coordinator.advance()
            do { try await Task.sleep(for: .milliseconds(20)) } catch { break }
          }
        }
        try await body(InProcessTransport(coordinator: coordinator), "https://in.process", nil)
        tasks.cancelAll()
      }
    case .overHTTPS: try await servingOverHTTPS(coordinator, body)
    }
  }

  private func servingOverHTTPS(
    _ coordinator: Coordinator,
    _ body: @escaping @Sendable (any NodeTransport, _ url: String, Bytes32?) async throws -> Void
  ) async throws {
    let files = try ServerCertificate.make(
      hosts: ["localhost", "127.0.0.1"], notBefore: Date(timeIntervalSinceNow: -60),
      lifetime: .seconds(86_400))
    let pin = try ServerCertificate.pin(ofPEM: files.certificate)
    let (ports, continuation) = AsyncStream<Int>.makeStream()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let server = try NodeServer(
      coordinator: coordinator, address: .init(host: "127.0.0.1", port: 0),
      files: files, logger: logger
    ) { continuation.yield($0) }
    let group = ServiceGroup(
      services: [server, RoundTicker(coordinator: coordinator)], logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      var iterator = ports.makeAsyncIterator()
      let port = await iterator.next() ?? 0
      let url = "https://127.0.0.1:\(port)"
      let transport = try await HTTPSTransport.connect(url: url, pin: pin)
      try await body(transport, url, pin)
      try await transport.close()
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }
}

/// A coordinator in the same process.
struct InProcessTransport: NodeTransport {
  let coordinator: Coordinator

  func send(_ body: [UInt8]) async throws(TransportError) -> [UInt8] {
    await coordinator.answer(body).body
  }

  func read(_ path: String, limit: Int) async throws(TransportError) -> [UInt8] {
    if path == "/v1/coordinator" { return coordinator.description }
    if path == "/v1/revocations" { return await coordinator.revokedIdentities }
    if path.hasPrefix("/v1/log/") {
      let file: PublicLogFile?
      do { file = try await coordinator.logFile(String(path.dropFirst("/v1/log/".count))) } catch {
        throw .status(503)
      }
      guard let file else { throw .status(404) }
      return file.bytes
    }
    let name = String(path.dropFirst("/v1/blobs/".count))
    guard let hash = Bytes32(hexadecimal: name), let blob = await coordinator.publicBlob(hash)
    else { throw .status(404) }
    do { return try await blob.read(0..<blob.byteCount) } catch { throw .status(500) }
  }
}
