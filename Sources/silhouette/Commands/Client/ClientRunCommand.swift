internal import ArgumentParser
internal import ClientNode
internal import CryptoPrimitives
internal import FederatedRounds
internal import Foundation
internal import Logging
internal import ServiceLifecycle
internal import SilhouetteClient
internal import Storage
internal import Synchronization
internal import UnixSignals

struct ClientRunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Check in and take part in rounds until SIGTERM.",
    discussion: """
      One process may be several devices: give each one's folder. They share connections and what is \
      public, and nothing else.

      Examples:
        silhouette client run --dir device
        silhouette client run --dir a --dir b --dir c
      """)

  @Option(help: "A device's folder; may be given several times.")
  var dir: [String]

  @Flag(help: "Check in once, take part in a round if one is offered, and stop.")
  var once = false

  func validate() throws {
    guard !dir.isEmpty, !dir.contains("") else {
      throw ValidationError("--dir is empty; write the path of a device's folder")
    }
    guard Set(dir).count == dir.count else {
      throw ValidationError("--dir names a folder twice; a device is in one place only")
    }
  }

  func run() async throws {
    let logger = Logger(label: "client") { StreamLogHandler.standardError(label: $0) }
    let shelf = PlanShelf()
    var devices: [DeviceService] = []
    var transports: [DeviceNode.Address: HTTPSTransport] = [:]
    for folder in dir {
      let address = try await DeviceNode.address(folder: folder)
      if transports[address] == nil {
        transports[address] = try await Self.connect(
          address, attempts: once ? 1 : Self.connectionAttempts, logger)
      }
      guard let transport = transports[address] else { continue }
      let lock = try FolderLock(folder: folder)
      let session = try DeviceSession(
        folder: DeviceFolder(path: folder), transport: transport, shelf: shelf,
        clock: NodeClock.now)
      devices.append(
        DeviceService(folder: folder, session: session, lock: lock, logger: logger))
    }
    let result: Result<Void, any Error>
    do {
      if once {
        for device in devices { try await device.runOnce() }
      } else {
        try await Self.run(devices, logger)
      }
      result = .success(())
    } catch { result = .failure(error) }
    for device in devices { try await device.session.close() }
    for transport in transports.values { try await transport.close() }
    try result.get()
  }

  /// Runs until the process is told to stop; a device that fails for good ends alone.
  ///
  /// - Throws: the failure of a device, after the others have ended.
  private static func run(_ devices: [DeviceService], _ logger: Logger) async throws {
    Interruption.handOver()
    try await ServiceGroup(
      configuration: .init(
        services: devices.map {
          .init(
            service: $0, successTerminationBehavior: .ignore,
            failureTerminationBehavior: .ignore)
        }, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    ).run()
    for device in devices { if let failure = device.failure.value { throw failure } }
  }

  private static let connectionAttempts = 20

  /// A coordinator that is just starting again is waited for.
  private static func connect(
    _ address: DeviceNode.Address, attempts: Int, _ logger: Logger
  ) async throws -> HTTPSTransport {
    for attempt in 1... {
      do {
        return try await HTTPSTransport.connect(url: address.url, pin: address.pin)
      } catch let error as TransportError where error.isTemporary && attempt < attempts {
        logger.info("cannot connect yet", metadata: ["error": "\(error)"])
        try await Task.sleep(for: .milliseconds(Int64.random(in: 250...1_000)))
      }
    }
    throw TransportError.timedOut
  }
}

/// What ended a device for good.
private final class FirstFailure: Sendable {
  private let found = Mutex<(any Error)?>(nil)

  var value: (any Error)? { found.withLock { $0 } }

  func note(_ error: any Error) { found.withLock { $0 = $0 ?? error } }
}

/// What was said last.
private final class LastText: Sendable {
  private let last = Mutex("")

  /// Whether this is something else.
  func note(_ text: String) -> Bool {
    last.withLock { last in
      defer { last = text }
      return last != text
    }
  }
}

/// A device that checks in until it is told to stop.
private struct DeviceService: Service {
  let folder: String
  let session: DeviceSession
  let lock: FolderLock
  let logger: Logger
  let failure = FirstFailure()
  private let lastObjection = LastText()

  func run() async throws {
    do {
      try await cancelWhenGracefulShutdown {
        try await session.run { log($0) }
      }
    } catch {
      logger.error("stops: \(error)", metadata: ["device": "\(folder)"])
      failure.note(error)
    }
  }

  func runOnce() async throws {
    let outcome = try await session.takePart { task, end in
      logger.notice(
        "takes part in a round, which ends at \(Moment.text(Int64(end))) at the latest",
        metadata: ["device": "\(folder)", "task": "\(task)"])
    }
    if case .wait(let seconds) = outcome {
      logger.notice(
        "has checked in; no round wants it now, ask again in \(seconds) s",
        metadata: ["device": "\(folder)"])
    }
    log(.success(outcome))
  }

  private func log(_ result: Result<DeviceNode.CheckInOutcome, DeviceError>) {
    let name: Logger.Metadata = ["device": "\(folder)"]
    switch result {
    case .success(.wait(let seconds)):
      logger.debug("waits \(seconds) s", metadata: name)
    case .success(.paused): logger.info("is paused", metadata: name)
    case .success(.objection(let reason)):
      // The same reason holds for hours.
      logger.log(
        level: lastObjection.note(reason) ? .notice : .debug, "does not take part: \(reason)",
        metadata: name)
    case .success(.round(let end)): logger.notice("round ended: \(end)", metadata: name)
    case .failure(let error): logger.warning("\(error)", metadata: name)
    }
  }
}
