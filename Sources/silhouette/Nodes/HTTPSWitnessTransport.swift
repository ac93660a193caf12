internal import ClientNode
internal import CoordinatorNode
internal import Storage

/// A coordinator's connections to its witnesses, which speak HTTPS as coordinators do.
actor HTTPSWitnessTransport: WitnessTransport {
  /// Made once for all requests that want it at the same time.
  private var connections: [DeviceNode.Address: Task<HTTPSTransport, any Error>] = [:]

  func send(_ body: [UInt8], to witness: WitnessRecord) async throws -> [UInt8] {
    let address = DeviceNode.Address(url: witness.url, pin: witness.pin)
    let connection =
      connections[address]
      ?? Task { try await HTTPSTransport.connect(url: address.url, pin: address.pin) }
    connections[address] = connection
    do { return try await connection.value.send(body) } catch {
      // The next request looks at the certificate anew: the witness may have been set up again. Whoever fails
      // first closes; another request over the same connection fails with it and finds a new one there.
      if connections[address] == connection {
        connections[address] = nil
        if case .success(let failed) = await connection.result { try await failed.close() }
      }
      throw error
    }
  }

  /// Ends all connections.
  func close() async throws {
    let open = connections.values
    connections = [:]
    for connection in open {
      if case .success(let transport) = await connection.result { try await transport.close() }
    }
  }
}
