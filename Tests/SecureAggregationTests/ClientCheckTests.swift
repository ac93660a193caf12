import Testing

@testable import SecureAggregation

/// No check of a client is there in vain.
@Suite struct ClientCheckTests {
  private struct Cases: Decodable {
    let cases: [ClientCase]
  }

  /// For every check there is a vector that a client without it does not refuse with the check's code.
  @Test func everyCheckIsMissedByAVectorWhenItIsTakenAway() throws {
    let vectors = try VectorFile.load("bad_client", as: Cases.self).cases
    let byCode = Dictionary(grouping: vectors) { $0.code ?? 0 }
    #expect(ClientChecks.withoutOne.count >= 55)
    // A valid mask key is needed to go on at all, so without the check the agreement says the same.
    for removed in ClientChecks.withoutOne where removed.code != .point {
      let candidates = byCode[removed.code.rawValue] ?? []
      let isMissed = try candidates.contains { vector in
        var client = try vector.fedClient(checks: removed.checks)
        return client.answer(vector.message.bytes, at: vector.time).code != removed.code
      }
      #expect(isMissed, "\(removed.code) at \(removed.place)")
    }
  }

  /// Outside of this module a client can only be made with all checks.
  @Test func clientsHaveAllChecks() throws {
    let federation = try Federation(5)
    let client = AggregationClient(
      identity: federation.identities[0], certificate: federation.certificates[0],
      policy: federation.policy, circumstances: federation.circumstances,
      certificates: CertificateVerifier(authority: federation.authority.verificationKey),
      history: ClientHistory())
    let checks = client.checks
    #expect(checks.codes == ClientChecks.all.codes)
    #expect(checks.codes.count == ClientChecks.withoutOne.count)
  }
}

extension ClientChecks {
  /// The codes of all checks, list by list.
  fileprivate var codes: [AbortCode] {
    arrival.map(\.code) + address.map(\.code) + offer.map(\.code) + floors.map(\.code)
      + listedWitness.map(\.code) + standing.map(\.code) + cohort.map(\.code)
      + reveal.map(\.code) + neighborhood.map(\.code) + neighbor.map(\.code) + keys.map(\.code)
      + sharers.map(\.code) + box.map(\.code) + survivors.map(\.code) + signing.map(\.code)
      + signer.map(\.code) + quorum.map(\.code) + signature.map(\.code) + witnesses.map(\.code)
      + cosignature.map(\.code)
  }
}
