import Foundation
import Logging

// A coordinator under the load of many devices, over real sockets of this machine.
//   swift run -c release node-benchmark [--devices N] [--rate N] [--seconds N] [--connections N]
//     [--rounds N] [--cohort N] [--program PATH]
// It makes a coordinator in a temporary folder, starts `silhouette coordinator run` there as a process of its own,
// enrolls the devices, and measures: check-ins, idle connections, the time to serve again after kill -9, and then, with
// another one and a witness, a masked round of --cohort devices that this process hosts.
// Only loopback is used, and everything is removed at the end. Exits with 1 if a target is missed.

LoggingSystem.bootstrap { _ in SwiftLogNoOpLogHandler() }

/// What a machine with two cores has to reach.
enum Target {
  static let checkInsPerSecond = 2_000
  static let latencyMilliseconds = 50.0
  static let connectionKilobytes = 100.0
  static let recoverySeconds = 2.0
  static let releaseSeconds = 10.0
  static let releaseCPUSeconds = 3.0
  static let megabytes = 250.0
}

func argument(_ name: String, default standard: Int) -> Int {
  let words = CommandLine.arguments
  guard let place = words.firstIndex(of: "--" + name), place + 1 < words.count,
    let value = Int(words[place + 1]), value > 0
  else { return standard }
  return value
}

func rounded(_ value: Double, _ digits: Int = 1) -> String {
  String(format: "%.\(digits)f", value)
}

let deviceCount = argument("devices", default: 10_000)
let connectionCount = argument("connections", default: 10_000)
let rate = argument("rate", default: Target.checkInsPerSecond)
var program = ".build/release/silhouette"
if let place = CommandLine.arguments.firstIndex(of: "--program"),
  place + 1 < CommandLine.arguments.count
{
  program = CommandLine.arguments[place + 1]
}
guard FileManager.default.isExecutableFile(atPath: program) else {
  print("\(program) is not there; run make build, or name the program with --program")
  exit(66)
}

var misses: [String] = []
let coordinator = try await CoordinatorProcess(program: program)
do {
  var started = ContinuousClock.now
  let devices = try await LoadDevices(count: deviceCount, of: coordinator)
  let enrolling = seconds(ContinuousClock.now - started)
  print("\(deviceCount) devices enrolled: \(rounded(Double(deviceCount) / enrolling, 0)) a second")

  let checkIns = try await CheckIns(
    devices, rate: rate, seconds: argument("seconds", default: 10)
  ).run(against: coordinator)
  print(
    "check-ins: \(rounded(checkIns.perSecond, 0)) a second, latency of the median "
      + "\(rounded(checkIns.medianMilliseconds)) ms, of 99 % below \(rounded(checkIns.slowMilliseconds)) ms; "
      + "coordinator \(rounded(checkIns.cpuMicroseconds, 0)) us of CPU for each, "
      + "\(rounded(checkIns.megabytes, 0)) MB")
  if checkIns.perSecond < 0.99 * Double(rate)
    || checkIns.slowMilliseconds >= Target.latencyMilliseconds
  {
    misses.append("check-ins")
  }
  try await devices.leave()

  let idle = try await IdleConnections(count: connectionCount).run(against: coordinator)
  print(
    "idle connections: \(idle.count), \(rounded(idle.kilobytes)) KB of the coordinator's memory for each; "
      + "meanwhile \(idle.isServing ? "it answers others" : "it does not answer others")")
  if idle.kilobytes > Target.connectionKilobytes || !idle.isServing { misses.append("connections") }

  let finished = argument("rounds", default: 1_000)
  try coordinator.stop()
  try await FinishedRounds(count: finished).add(to: coordinator)
  var slowest = 0.0
  for _ in 0..<3 {
    try await coordinator.start()
    try coordinator.kill()
    started = ContinuousClock.now
    try await coordinator.start()
    slowest = max(slowest, seconds(ContinuousClock.now - started))
    try coordinator.kill()
  }
  print(
    "after kill -9, with \(deviceCount) devices and \(finished) finished rounds: serving again in "
      + "\(rounded(slowest, 2)) s, the slowest of three")
  if slowest > Target.recoverySeconds { misses.append("recovery") }
  coordinator.remove()
} catch {
  coordinator.remove()
  throw error
}

let large = try await LargeRound(devices: argument("cohort", default: 500)).run(program: program)
print(
  "a round of \(large.contributions) devices with \(large.dimension) coordinates: the sum is released "
    + "\(rounded(large.releaseSeconds)) s after the last contribution, \(rounded(large.releaseCPUSeconds)) s of the "
    + "coordinator's CPU; \(rounded(large.megabytes, 0)) MB at most")
if large.releaseSeconds > Target.releaseSeconds
  || large.releaseCPUSeconds > Target.releaseCPUSeconds || large.megabytes > Target.megabytes
{
  misses.append("round")
}

if !misses.isEmpty {
  print("missed: \(misses.joined(separator: ", "))")
  exit(1)
}
