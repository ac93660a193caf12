internal import ServiceLifecycle

/// Lets a coordinator look at its deadlines a few times in a second.
package struct RoundTicker: Service {
  private let coordinator: Coordinator
  private static let interval = Duration.milliseconds(200)

  package init(coordinator: Coordinator) { self.coordinator = coordinator }

  package func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        await coordinator.advance()
        do { try await Task.sleep(for: Self.interval) } catch { break }
      }
    }
    await coordinator.drain()
  }
}
