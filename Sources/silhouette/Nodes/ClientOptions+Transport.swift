internal import ClientNode
internal import CryptoPrimitives
internal import SilhouetteClient
internal import Storage

extension ClientOptions {
  /// Runs `body` on the device over HTTPS, and closes files and connections whatever happens.
  func withSession<Value: Sendable>(
    at address: DeviceNode.Address? = nil, _ body: (DeviceSession) async throws -> Value
  ) async throws -> Value {
    let address = try await Self.address(address, of: dir)
    let transport = try await HTTPSTransport.connect(url: address.url, pin: address.pin)
    let result: Result<Value, any Error>
    do {
      // A device that joins has no folder yet.
      result = .success(try await withSession(over: transport, makes: true, body))
    } catch { result = .failure(error) }
    try await transport.close()
    return try result.get()
  }

  private static func address(
    _ given: DeviceNode.Address?, of folder: String
  ) async throws -> DeviceNode.Address {
    if let given { return given }
    return try await DeviceNode.address(folder: folder)
  }

  /// Runs `body` while no other process takes part in rounds with the folder: that one would go on with keys and a
  /// coordinator that are not there any more.
  func alone<Value>(_ body: () async throws -> Value) async throws -> Value {
    let lock = try FolderLock(folder: dir)
    defer { withExtendedLifetime(lock) {} }
    return try await body()
  }

  /// Runs `body` on the device without asking its coordinator anything.
  ///
  /// - Parameter makes: whether a folder without a device becomes one; for the rest it is a wrong path.
  func withSession<Value: Sendable>(
    over transport: any NodeTransport, makes: Bool = false,
    _ body: (DeviceSession) async throws -> Value
  ) async throws -> Value {
    guard makes || DeviceKeys.exist(in: dir) else { throw DeviceError.noDevice(dir) }
    let session = try DeviceSession(
      folder: DeviceFolder(path: dir), transport: transport, shelf: PlanShelf(),
      clock: NodeClock.now)
    let result: Result<Value, any Error>
    do { result = .success(try await body(session)) } catch { result = .failure(error) }
    try await session.close()
    return try result.get()
  }
}
