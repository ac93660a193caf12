internal import ClientNode
internal import Synchronization

/// A device's way to its coordinator, which is found when it is needed first.
///
/// Sessions are over this, so that connecting closes nothing that is at work.
final class DeviceLine: NodeTransport {
  private let transport = Mutex<HTTPSTransport?>(nil)

  var isConnected: Bool { transport.withLock { $0 != nil } }

  /// Takes another way, and returns the one before, for the caller to close.
  func connect(_ other: HTTPSTransport?) -> HTTPSTransport? {
    transport.withLock { transport in
      let former = transport
      transport = other
      return former
    }
  }

  private func connected() throws(TransportError) -> HTTPSTransport {
    guard let found = transport.withLock({ $0 }) else { throw .unreachable("offline") }
    return found
  }

  func send(_ body: [UInt8]) async throws(TransportError) -> [UInt8] {
    try await connected().send(body)
  }

  func read(_ path: String, limit: Int) async throws(TransportError) -> [UInt8] {
    try await connected().read(path, limit: limit)
  }
}
