package import SecureAggregation

/// A case of bad_client.json, to be played by clients that the caller makes.
package struct ClientRefusal: Sendable {
  private let vector: ClientCase
  private let rounds: RoundScripts

  package var name: String { vector.name }
  /// The number of the code with which a client refuses.
  package var code: UInt32 { vector.code ?? 0 }

  init(_ vector: ClientCase, rounds: RoundScripts) {
    self.vector = vector
    self.rounds = rounds
  }

  /// What a client says to the message of the case.
  ///
  /// - Throws: Where it does not even come to the message.
  package func answer(
    made make: (ClientSetup) -> AggregationClient
  ) throws(ProtocolVectorError) -> PlayedClient.Answer {
    var checks = VectorChecks(file: "bad_client.json")
    try checks.begin(vector.name)
    guard var client = try vector.fedClient(in: rounds, &checks, made: make) else {
      throw .unusable(
        checks.place("feed"), reason: checks.result.failures.map(\.line).joined(separator: "; "))
    }
    return client.answer(vector.message.bytes, at: vector.time)
  }
}
