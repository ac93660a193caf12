import Foundation
import Synchronization
import WireProtocol

/// Check-ins of different devices at a fixed rate, however long the answers take.
struct CheckIns {
  struct Figures {
    let perSecond: Double
    let medianMilliseconds: Double
    /// 99 % of the answers came faster.
    let slowMilliseconds: Double
    /// Of the coordinator, for one check-in.
    let cpuMicroseconds: Double
    /// Resident memory of the coordinator.
    let megabytes: Double
  }

  private let devices: LoadDevices
  private let rate: Int
  private let requests: [SignedRequest]

  /// Signs all requests in advance: the coordinator is measured, and not the devices.
  init(_ devices: LoadDevices, rate: Int, seconds: Int) throws {
    self.devices = devices
    self.rate = rate
    requests = try (0..<rate * seconds).map {
      try devices.request(.checkIn, of: $0 % devices.count, counter: UInt64($0) + 2)
    }
  }

  func run(against coordinator: CoordinatorProcess) async throws -> Figures {
    let bytes = requests.map(\.encoded)
    let latencies = Mutex([Double](repeating: 0, count: bytes.count))
    let cpu = coordinator.cpuSeconds
    let start = ContinuousClock.now
    let (devices, requests, interval) = (devices, requests, 1 / Double(rate))
    try await devices.forEach(bytes.count) { index in
      let due = start + .seconds(Double(index) * interval)
      if due > .now { try await Task.sleep(until: due, clock: .continuous) }
      let answer = try await devices.send(bytes[index])
      // From the time at which it was due: a request that had to wait for its turn has waited.
      let latency = seconds(ContinuousClock.now - due)
      latencies.withLock { $0[index] = latency }
      // Some are verified, so that the answers are what they should be.
      guard index.isMultiple(of: 100) else { return }
      let reply = try SignedReply(decoding: answer)
        .body(to: requests[index].header, from: devices.description.identity)
      guard case .success(.wait) = reply else { throw LoadDevices.Failure.unexpectedAnswer }
    }
    let elapsed = seconds(ContinuousClock.now - start)
    let sorted = latencies.withLock { $0.sorted() }
    return Figures(
      perSecond: Double(bytes.count) / elapsed,
      medianMilliseconds: 1e3 * sorted[sorted.count / 2],
      slowMilliseconds: 1e3 * sorted[sorted.count * 99 / 100],
      cpuMicroseconds: 1e6 * (coordinator.cpuSeconds - cpu) / Double(bytes.count),
      megabytes: coordinator.residentKilobytes / 1_024)
  }
}
