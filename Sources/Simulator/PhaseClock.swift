internal import Foundation
internal import Report

/// Keeps the time of a run's phases and tells how far it is.
struct PhaseClock {
  private let progress: @Sendable (SimulationProgress) -> Void
  private let steps: Int
  private let startedAt = Date()
  private let start = ContinuousClock.now
  private let cpuAtStart = PhaseClock.processCPUSeconds()
  private var phases: [RunFigures.PhaseTiming] = []
  private var current: (name: String, start: ContinuousClock.Instant)?

  init(progress: @escaping @Sendable (SimulationProgress) -> Void, steps: Int) {
    self.progress = progress
    self.steps = steps
  }

  /// Ends the phase that runs and begins the next.
  mutating func begin(_ phase: String) {
    endCurrent()
    current = (phase, .now)
    progress(
      SimulationProgress(phase: phase, fraction: Double(phases.count) / Double(steps)))
  }

  mutating func finish(threads: Int, deviceCPU: [RunFigures.DeviceCPU]) -> RunFigures.TimingFigures
  {
    endCurrent()
    progress(SimulationProgress(phase: "done", fraction: 1))
    return RunFigures.TimingFigures(
      startedAt: startedAt.formatted(.iso8601), wallSeconds: (ContinuousClock.now - start).seconds,
      cpuSeconds: Self.processCPUSeconds() - cpuAtStart,
      peakMemoryBytes: Self.peakMemoryBytes(), threads: threads, phases: phases,
      deviceCPUMilliseconds: deviceCPU)
  }

  private mutating func endCurrent() {
    guard let current else { return }
    phases.append(
      RunFigures.PhaseTiming(
        phase: current.name, seconds: (ContinuousClock.now - current.start).seconds))
    self.current = nil
  }

  private static func usage() -> rusage {
    var usage = rusage()
    #if canImport(Glibc)
      unsafe getrusage(RUSAGE_SELF.rawValue, &usage)
    #else
      unsafe getrusage(RUSAGE_SELF, &usage)
    #endif
    return usage
  }

  static func processCPUSeconds() -> Double {
    let usage = usage()
    return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
  }

  static func peakMemoryBytes() -> Int {
    #if os(Linux)
      Int(usage().ru_maxrss) * 1024
    #else
      Int(usage().ru_maxrss)
    #endif
  }
}

extension Duration {
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
