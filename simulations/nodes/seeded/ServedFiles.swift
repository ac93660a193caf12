import ClientNode
import Foundation

/// What the coordinator tells everybody who asks.
struct ServedFiles {
  private let folder: NodesFolder

  init(folder: String) { self.folder = NodesFolder(path: folder) }

  private static let paths = [
    "/metrics", "/healthz", "/readyz", "/v1/coordinator", "/v1/revocations", "/v1/witnesses",
    "/v1/log/head",
  ]

  /// Keeps each answer as a file.
  func keep() async throws {
    let address = try await DeviceNode.address(folder: folder.device(1))
    let transport = try await SeededProcess.connect(address)
    try FileManager.default.createDirectory(
      atPath: folder.served, withIntermediateDirectories: true)
    for path in Self.paths {
      let name = path.dropFirst().replacing("/", with: "-")
      try Data(await transport.read(path, limit: 1 << 24))
        .write(to: URL(fileURLWithPath: folder.served + "/" + name))
    }
    try await transport.close()
  }
}
