import Foundation
import ProtocolVectors
import Testing

@testable import SecureAggregation

/// No check of a client is there in vain.
@Suite struct ClientCheckTests {
  /// For every check there is a vector that a client without it does not refuse with the check's code.
  @Test func everyCheckIsMissedByAVectorWhenItIsTakenAway() throws {
    let vectors = try ProtocolVectors(folder: Self.folder).clientRefusals()
    let byCode = Dictionary(grouping: vectors, by: \.code)
    #expect(ClientChecks.withoutOne.count >= 55)
    // A valid mask key is needed to go on at all, so without the check the agreement says the same.
    for removed in ClientChecks.withoutOne where removed.code != .point {
      let candidates = byCode[removed.code.rawValue] ?? []
      let isMissed = try candidates.contains { vector in
        try vector.answer { $0.client(checks: removed.checks) }.code != removed.code
      }
      #expect(isMissed, "\(removed.code) at \(removed.place)")
    }
  }

  private static var folder: String {
    var root = URL(filePath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    return root.appending(path: "protocols/vectors/secure-aggregation/1").path(
      percentEncoded: false)
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

extension ClientSetup {
  /// The client with other checks, which no product code can make.
  fileprivate func client(checks: ClientChecks) -> AggregationClient {
    AggregationClient(
      identity: identity, certificate: certificate, policy: policy, circumstances: circumstances,
      certificates: certificates, history: history, checks: checks)
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
