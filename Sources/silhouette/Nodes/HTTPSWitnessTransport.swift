internal import ClientNode
internal import CoordinatorNode
internal import Storage

/// A coordinator's connections to its witnesses, which speak HTTPS as coordinators do.
actor HTTPSWitnessTransport: WitnessTransport {
  private var connections: [DeviceNode.Address: HTTPSTransport] = [:]

  func send(_ body: [UInt8], to witness: WitnessRecord) async throws -> [UInt8] {
    let address = DeviceNode.Address(url: witness.url, pin: witness.pin)
    let connection: HTTPSTransport
    if let known = connections[address] {
      connection = known
    } else {
      connection = try await HTTPSTransport.connect(url: address.url, pin: address.pin)
      connections[address] = connection
    }
    do { return try await connection.send(body) } catch {
      // The next request looks at the certificate anew: the witness may have been set up again.
      connections[address] = nil
      try await connection.close()
      throw error
    }
  }

  /// Ends all connections.
  func close() async throws {
    let open = connections.values
    connections = [:]
    for connection in open { try await connection.close() }
  }
}
