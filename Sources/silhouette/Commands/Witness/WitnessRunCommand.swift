internal import ArgumentParser
internal import Logging
internal import NodeServing
internal import ServiceLifecycle
internal import Storage
internal import UnixSignals
internal import WitnessNode

struct WitnessRunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Serve the coordinator until SIGTERM.",
    discussion: """
      HTTPS on one port: the witness API of protocols/node-api.md, section 9, and /healthz. What it \
      promises is on disk before it answers, so it may be killed at any time.

      Example:
        silhouette witness run --dir watch
      """)

  @OptionGroup var options: WitnessOptions

  func run() async throws {
    let folder = WitnessFolder(path: options.dir)
    let configuration = try folder.configuration()
    let logger = Logger(label: "witness") { StreamLogHandler.standardError(label: $0) }
    let lock = try FolderLock(folder: options.dir)
    defer { withExtendedLifetime(lock) {} }
    let witness = try await folder.open(configuration, logger: logger, clock: NodeClock.now)
    let server = try WitnessServer(
      witness: witness,
      address: HTTPSServer.Address(
        host: configuration.host, port: configuration.port, file: folder.configurationPath),
      files: folder.serverFiles(configuration), logger: logger
    ) { port in
      logger.notice("serving", metadata: ["host": "\(configuration.host)", "port": "\(port)"])
    }
    Interruption.handOver()
    try await ServiceGroup(
      services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
    ).run()
  }
}
