/// Waits for work no longer than a limit.
enum TimeLimit {
  /// The work was not done in time.
  struct Exceeded: Error {}

  /// Runs `body` and gives up waiting after `limit`.
  ///
  /// Then the work is canceled, and its result dropped whenever it comes: work that computes and never
  /// asks whether it was canceled cannot hold up its device.
  /// - Throws: `Exceeded`, or what `body` throws.
  static func run<Value: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let (results, sink) = AsyncThrowingStream<Value, any Error>.makeStream()
    let work = Task.detached {
      do {
        sink.yield(try await body())
        sink.finish()
      } catch { sink.finish(throwing: error) }
    }
    let timer = Task.detached {
      do {
        try await Task.sleep(for: limit)
        sink.finish(throwing: Exceeded())
      } catch {
        // The work was done in time.
      }
    }
    defer {
      work.cancel()
      timer.cancel()
    }
    for try await result in results { return result }
    throw CancellationError()
  }
}
