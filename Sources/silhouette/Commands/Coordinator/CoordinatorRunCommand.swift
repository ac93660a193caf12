internal import ArgumentParser
internal import CoordinatorNode
internal import FederatedRounds
internal import Logging
internal import NodeServing
internal import ServiceLifecycle
internal import Storage
internal import UnixSignals

struct CoordinatorRunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Serve devices until SIGTERM.",
    discussion: """
      HTTPS on one port: the node API of protocols/node-api.md, /metrics for Prometheus, /healthz and \
      /readyz. On SIGTERM it takes nothing new, ends what it is doing, and stops.

      Example:
        silhouette coordinator run --dir state
      """)

  @OptionGroup var options: CoordinatorOptions

  func run() async throws {
    let folder = CoordinatorFolder(path: options.dir)
    let configuration = try folder.configuration()
    let logger = Logger(label: "coordinator") { StreamLogHandler.standardError(label: $0) }
    let lock = try FolderLock(folder: options.dir)
    defer { withExtendedLifetime(lock) {} }
    let store = try await SQLiteCoordinatorStore(folder: folder.storeFolder)
    try await CoordinatorKeys.addLogKey(in: folder.keysFolder, of: store)
    let coordinator = try await Coordinator(
      keys: CoordinatorKeys(folder: folder.keysFolder), store: store,
      settings: Coordinator.Settings(
        pacing: Pacing(
          shortest: configuration.shortestWait, longest: configuration.longestWait),
        enrollmentsPerMinute: configuration.enrollmentsPerMinute), logger: logger,
      clock: NodeClock.now)
    var limits = NodeServer.limits
    let files = OpenFiles.raiseLimit()
    if files < limits.connections + OpenFiles.own {
      limits.connections = max(16, files - OpenFiles.own)
      logger.warning(
        "fewer connections than usual: raise the limit of open files (ulimit -n)",
        metadata: ["connections": "\(limits.connections)", "files": "\(files)"])
    }
    let server = try NodeServer(
      coordinator: coordinator,
      address: HTTPSServer.Address(
        host: configuration.host, port: configuration.port, file: folder.configurationPath),
      files: folder.serverFiles(configuration), limits: limits, logger: logger
    ) { port in
      logger.notice("serving", metadata: ["host": "\(configuration.host)", "port": "\(port)"])
    }
    Interruption.handOver()
    let witnesses = HTTPSWitnessTransport()
    let result: Result<Void, any Error>
    do {
      result = .success(
        try await ServiceGroup(
          services: [
            server, RoundTicker(coordinator: coordinator),
            WitnessCaller(coordinator: coordinator, transport: witnesses),
          ],
          gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
        ).run())
    } catch { result = .failure(error) }
    try await witnesses.close()
    try result.get()
    logger.notice("stopped, everything is kept; run it again to go on")
  }
}
