internal import Foundation
internal import Synchronization

/// Runs the same work for many devices on a few threads.
///
/// Which thread serves which device is left to chance; results are therefore either integer sums,
/// which do not depend on it, or stored by device.
struct Workers: Sendable {
  let count: Int

  init(count: Int?) {
    self.count = max(1, count ?? ProcessInfo.processInfo.activeProcessorCount)
  }

  /// What the threads are left with after all devices were served.
  struct Outcome<State: Sendable>: Sendable {
    let states: [State]
    /// CPU time of all threads together.
    let cpuSeconds: Double
  }

  /// Calls `body` once for each index below `total`, with the state of the thread that serves it.
  ///
  /// - Parameter block: how many indices a thread takes at once; nil for what keeps all threads busy.
  func forEach<State: Sendable>(
    _ total: Int, block: Int? = nil, state makeState: @Sendable @escaping () -> State,
    _ body: @Sendable @escaping (inout State, Int) throws -> Void
  ) async throws -> Outcome<State> {
    let next = NextIndex()
    let block = block ?? self.block(of: total)
    return try await withThrowingTaskGroup(of: (State, Double).self) { group in
      for _ in 0..<min(count, max(total, 1)) {
        group.addTask {
          let start = Self.threadCPUSeconds()
          var state = makeState()
          while true {
            let first = next.take(block)
            guard first < total else { break }
            try Task.checkCancellation()
            for index in first..<min(first + block, total) { try body(&state, index) }
          }
          return (state, Self.threadCPUSeconds() - start)
        }
      }
      var states: [State] = []
      var cpuSeconds = 0.0
      for try await (state, seconds) in group {
        states.append(state)
        cpuSeconds += seconds
      }
      return Outcome(states: states, cpuSeconds: cpuSeconds)
    }
  }

  /// The results of `body` for all indices below `total`, in order.
  func map<Scratch: Sendable, Result: Sendable>(
    _ total: Int, scratch makeScratch: @Sendable @escaping () -> Scratch,
    _ body: @Sendable @escaping (inout Scratch, Int) throws -> Result
  ) async throws -> [Result] {
    let outcome = try await forEach(
      total, state: { (scratch: makeScratch(), found: [(Int, Result)]()) }
    ) { state, index in
      state.found.append((index, try body(&state.scratch, index)))
    }
    return outcome.states.flatMap(\.found).sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// So few at once that the last block of a round is a small part of a thread's share: whoever has no more
  /// waits for it.
  func block(of total: Int) -> Int { min(8, max(1, total / (32 * count))) }

  /// CPU time of the calling thread so far.
  static func threadCPUSeconds() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

/// A counter that threads take blocks of indices from.
private final class NextIndex: Sendable {
  private let value = Atomic<Int>(0)

  func take(_ count: Int) -> Int {
    value.add(count, ordering: .relaxed).oldValue
  }
}
