import CryptoPrimitives
import ProtocolVectors
import Testing

@testable import SecureAggregation

/// Coordinators that ask a witness to reveal its value for a cohort that it must not bless.
///
/// Clients on the ring see their neighbors only, so nobody else finds these cohorts out.
@Suite struct WitnessAttackTests {
  private let enrollment = Enrollment(seed: 800, witnessCount: 1)

  private func terms(least: Int = 5, most: Int = 6) -> RoundTerms {
    var terms = enrollment.terms(cohort: most)
    terms.leastCohort = least
    return terms
  }

  /// What the witness says to a configuration that `signer` signs and to these members.
  private func reveal(
    _ terms: RoundTerms, signer: Identity? = nil, _ members: Range<Int>,
    entry: (Int, Puppet, Bytes32) -> Signed<AdvertiseMessage> = { $1.advertise(in: $2) }
  ) throws -> AggregationWitness.Answer {
    let config = try RoundConfig(terms)
    let transcript = Transcript.configured(config)
    let request = RevealRequest(
      config: (signer ?? enrollment.coordinator).message(config),
      cohort: members.map { entry($0, Puppet(enrollment, $0), transcript).encoded })
    return try enrollment.witnesses[0].witness.reveal(request, isLogged: true)
  }

  private func expectRefusal(
    _ code: AbortCode, sourceLocation: SourceLocation = #_sourceLocation,
    _ reveal: () throws -> AggregationWitness.Answer
  ) throws {
    #expect(throws: ProtocolError(code, ""), sourceLocation: sourceLocation) { _ = try reveal() }
    // Nothing was recorded, and the same witness reveals for a cohort as it has to be.
    _ = try self.reveal(terms(), 0..<6)
  }

  @Test func unknownCoordinatorsGetNoValue() throws {
    let stranger = Enrollment(seed: 801).coordinator
    var own = terms()
    own.coordinator = stranger.verificationKey
    try expectRefusal(.coordinator) { try reveal(own, signer: stranger, 0..<6) }
    // Nor does somebody who only says that it is the coordinator.
    try expectRefusal(.signature) { try reveal(terms(), signer: stranger, 0..<6) }
  }

  /// With more clients than the configuration says, thresholds and noise would be those of another cohort.
  @Test(arguments: [4, 7, 8])
  func cohortsAreAsLargeAsTheConfigurationAllows(size: Int) throws {
    try expectRefusal(.cohortSize) { try reveal(terms(), 0..<size) }
  }

  @Test(arguments: [5, 6])
  func theSmallestAndTheLargestCohortAreFine(size: Int) throws {
    _ = try reveal(terms(), 0..<size)
  }

  /// Which of its values a member copies from member 0.
  enum Copied: CaseIterable { case identity, agreementKey, maskKey }

  @Test(arguments: Copied.allCases)
  func everybodyInACohortIsSomebodyElse(copied: Copied) throws {
    try expectRefusal(.duplicateKey) {
      try reveal(terms(), 0..<6) { index, puppet, transcript in
        guard index == 4 else { return puppet.advertise(in: transcript) }
        let first = Puppet(enrollment, 0)
        let signer = copied == .identity ? first : puppet
        return Signed(
          AdvertiseMessage(
            transcript: transcript, certificate: signer.certificate,
            agreementKey: (copied == .agreementKey ? first : puppet).agreementKey.publicKey,
            maskKey: copied == .maskKey ? first.maskPoint : puppet.maskPoint, nonce: puppet.nonce),
          by: signer.signing)
      }
    }
  }
}
