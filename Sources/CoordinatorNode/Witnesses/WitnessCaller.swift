internal import ServiceLifecycle

/// Asks a coordinator's witnesses what is due, beside everything else that the coordinator does.
package struct WitnessCaller: Service {
  private let coordinator: Coordinator
  private let transport: any WitnessTransport
  private static let interval = Duration.milliseconds(200)

  package init(coordinator: Coordinator, transport: any WitnessTransport) {
    self.coordinator = coordinator
    self.transport = transport
  }

  package func run() async throws {
    await cancelWhenGracefulShutdown {
      await withDiscardingTaskGroup { group in
        while !Task.isCancelled {
          // One for each witness at most, however slow it is.
          for errand in await coordinator.takeWitnessErrands() {
            group.addTask { await coordinator.perform(errand, over: transport) }
          }
          do { try await Task.sleep(for: Self.interval) } catch { break }
        }
        group.cancelAll()
      }
    }
  }
}
