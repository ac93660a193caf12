import ClientNode
import CoordinatorNode
import CryptoPrimitives
import Foundation
import NodeServing
import Storage

func seconds(_ duration: Duration) -> Double {
  Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

/// A coordinator that runs as a process of its own, in a temporary folder.
final class CoordinatorProcess {
  enum Failure: Error { case didNotStart, commandFailed([String]) }

  let folder: CoordinatorFolder
  let url: String
  let pin: Bytes32?
  private let program: String
  private let path: String
  private var process: Process?

  /// Makes the coordinator and starts it.
  init(program: String) async throws {
    self.program = program
    path = FileManager.default.temporaryDirectory.path + "/silhouette-" + UUID().uuidString
    let port = Int.random(in: 20_000..<30_000)
    url = "https://127.0.0.1:\(port)"
    folder = CoordinatorFolder(path: path)
    var configuration = CoordinatorFolder.Configuration(
      url: url, host: "127.0.0.1", port: port, certificate: "", key: "", pinsCertificate: true)
    // All devices come at once here.
    configuration.enrollmentsPerMinute = 10_000_000
    try await folder.make(
      configuration, files: ServerCertificate.make(forNodeAt: "127.0.0.1", notBefore: Date()))
    pin = try folder.certificatePin(folder.configuration())
    try await start()
  }

  /// Starts the process and waits until it serves.
  func start() async throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["coordinator", "run", "--dir", path]
    process.standardError = FileHandle.nullDevice
    try process.run()
    self.process = process
    for _ in 0..<6_000 {
      do {
        let transport = try await HTTPSTransport.connect(url: url, pin: pin)
        do {
          _ = try await transport.read("/readyz", limit: 64)
          return try await transport.close()
        } catch {
          try await transport.close()
          throw error
        }
      } catch { try await Task.sleep(for: .milliseconds(10)) }
    }
    throw Failure.didNotStart
  }

  /// Ends the process in order.
  func stop() throws {
    process?.terminate()
    process?.waitUntilExit()
  }

  /// Ends the process with SIGKILL.
  func kill() throws {
    guard let process else { return }
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Ends the process and removes its folder.
  func remove() {
    if let process, process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    process?.waitUntilExit()
    do { try FileManager.default.removeItem(atPath: path) } catch {
      print("\(path) is left behind: \(error)")
    }
  }

  /// CPU seconds of the process so far.
  var cpuSeconds: Double {
    let fields = file("stat").split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
      return 0
    }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// Resident memory of the process in KB.
  var residentKilobytes: Double { status("VmRSS") }

  /// The most resident memory that the process has had, in KB.
  var peakKilobytes: Double { status("VmHWM") }

  private func status(_ name: String) -> Double {
    let line = file("status").split(separator: "\n").first { $0.hasPrefix(name + ":") }
    return line.flatMap { Double($0.split(separator: " ").dropFirst().first ?? "") } ?? 0
  }

  private func file(_ name: String) -> String {
    let path = "/proc/\(process?.processIdentifier ?? 0)/\(name)"
    return FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
      ?? ""
  }
}
