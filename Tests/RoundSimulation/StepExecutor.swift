internal import Synchronization

/// Runs tasks on one thread, one job after another, in the order in which they became ready.
///
/// Actors and continuations that are used from a task of this executor run here, too. So real
/// asynchronous code takes the same way whenever it starts from the same state, and when `run` returns
/// it has come as far as it can without another event.
final class StepExecutor: TaskExecutor {
  private let ready = Mutex<[UnownedJob]>([])

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    ready.withLock { $0.append(job) }
  }

  /// Starts a task; it does nothing until `run` is called.
  func start(_ work: @escaping @Sendable () async -> Void) {
    Task(executorPreference: self) { await work() }
  }

  /// Runs until no job is ready.
  func run() {
    while true {
      let jobs = ready.withLock { ready in
        let jobs = ready
        ready.removeAll(keepingCapacity: true)
        return jobs
      }
      if jobs.isEmpty { return }
      for job in jobs { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
  }
}
