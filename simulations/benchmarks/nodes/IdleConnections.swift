import ClientNode
import CoordinatorNode
import NIOCore
import NodeServing
import NIOPosix
import NIOSSL
import NIOTLS

/// Connections that have shaken hands and say nothing.
struct IdleConnections {
  struct Figures {
    let count: Int
    /// Of the coordinator's resident memory, for one connection.
    let kilobytes: Double
    /// Whether somebody else is answered while they are there.
    let isServing: Bool
  }

  /// With the one that asks meanwhile: the coordinator takes so many and no more.
  let count: Int

  func run(against coordinator: CoordinatorProcess) async throws -> Figures {
    let transport = try await HTTPSTransport.connect(url: coordinator.url, pin: coordinator.pin)
    _ = try await transport.read("/healthz", limit: 64)
    let before = coordinator.residentKilobytes
    let connections = try await open(count - 1, to: coordinator)
    let after = coordinator.residentKilobytes
    var isServing = true
    do { _ = try await transport.read("/healthz", limit: 64) } catch { isServing = false }
    for connection in connections { connection.close(promise: nil) }
    try await transport.close()
    return Figures(
      count: count,
      kilobytes: (after - before) / Double(max(connections.count, 1)), isServing: isServing)
  }

  private func open(
    _ count: Int, to coordinator: CoordinatorProcess
  ) async throws -> [any Channel] {
    let configuration = try coordinator.folder.configuration()
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.trustRoots = .certificates(
      try NIOSSLCertificate.fromPEMBytes(
        Array(coordinator.folder.serverFiles(configuration).certificate.utf8)))
    let context = try NIOSSLContext(configuration: tls)
    let (host, port) = (configuration.host, configuration.port)
    return try await withThrowingTaskGroup(of: [any Channel].self) { group in
      for worker in 0..<Self.workers {
        let share = (count + Self.workers - 1 - worker) / Self.workers
        group.addTask {
          var channels: [any Channel] = []
          for _ in 0..<share {
            channels.append(try await Self.connect(host, port, context))
          }
          return channels
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
  }

  private static let workers = 32

  private static func connect(
    _ host: String, _ port: Int, _ context: NIOSSLContext
  ) async throws -> any Channel {
    let done = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: Void.self)
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connectTimeout(.seconds(30))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            NIOSSLClientHandler(context: context, serverHostname: nil))
          try channel.pipeline.syncOperations.addHandler(HandshakeWatch(done))
        }
      }
      .connect(host: host, port: port).get()
    let timeout = channel.eventLoop.scheduleTask(in: .seconds(30)) {
      done.fail(ChannelError.connectTimeout(.seconds(30)))
    }
    defer { timeout.cancel() }
    try await done.futureResult.get()
    return channel
  }
}

/// Tells when TLS is ready, or that it never will be.
private final class HandshakeWatch: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private let done: EventLoopPromise<Void>
  private var isDone = false

  init(_ done: EventLoopPromise<Void>) { self.done = done }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted? = event as? TLSUserEvent { succeed() }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    fail(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    fail(ChannelError.eof)
    context.fireChannelInactive()
  }

  private func succeed() {
    guard !isDone else { return }
    isDone = true
    done.succeed()
  }

  private func fail(_ error: any Error) {
    guard !isDone else { return }
    isDone = true
    done.fail(error)
  }
}
