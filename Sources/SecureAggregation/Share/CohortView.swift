internal import CryptoPrimitives

/// The cohort as a Directory shows it, before anything is derived from it: section 13.2, steps 1 to 3.
struct CohortView: Sendable {
  let directory: DirectoryMessage
  let round: JoinedRound
  let policy: ClientPolicy

  var config: RoundConfig { round.config }
  var cohortSize: Int { directory.leaves.count }
  var parameters: GraphParameters { config.graphParameters(cohortSize: cohortSize) }

  /// What shares of a cohort are counted in.
  private static let whole = 10_000

  static let checks: [Check<CohortView>] = [
    Check(.cohortSize, "Directory.n") {
      $0.config.leastCohort...$0.config.mostCohort ~= $0.cohortSize
    },
    Check(.survivorFloor, "RoundConfig.leastSurvivors") { view in
      let least = view.config.leastSurvivors
      return view.parameters.threshold <= least && least <= view.cohortSize
        && whole * least >= view.policy.leastSurvivorShare * view.cohortSize
    },
    Check(.honestFloor, "RoundConfig.leastHonest") { view in
      let corrupt = view.config.collusion * view.cohortSize / whole
      return view.config.leastSurvivors - corrupt >= view.config.leastHonest
    },
    Check(.witnessSet, "Directory.reveals") {
      $0.directory.reveals.count == $0.config.witnesses.count
    },
    Check(.duplicateLeaf, "Directory.leaves") {
      Set($0.directory.leaves).count == $0.cohortSize
    },
    Check(.ownLeaf, "Directory.leaves") { view in
      let index = view.directory.recipient
      return view.directory.leaves[index] == view.round.advertise.leaf(at: index)
    },
  ]

  /// T1.
  var transcript: Bytes32 {
    Transcript.gathered(round.transcript, cohort: CohortTree(directory.leaves))
  }

  /// What one witness revealed.
  struct Reveal: Sendable {
    let terms: WitnessTerms
    let revealed: DirectoryMessage.RevealedValue
    /// T1.
    let transcript: Bytes32

    static let checks: [Check<Reveal>] = [
      Check(.reveal, "Directory.reveals.value") {
        Beacon.previous(of: $0.revealed.value) == $0.terms.previous
      },
      Check(.revealSignature, "Directory.reveals.signature") { reveal in
        let message = RevealMessage(
          transcript: reveal.transcript, witness: reveal.terms.identity,
          position: reveal.terms.position, value: reveal.revealed.value)
        return Signed(message, signature: reveal.revealed.signature)
          .isSigned(by: reveal.terms.identity)
      },
    ]
  }

  /// The witnesses' values, in the order of the configuration.
  func reveals(transcript: Bytes32) -> [Reveal] {
    zip(config.witnesses, directory.reveals).map {
      Reveal(terms: $0, revealed: $1, transcript: transcript)
    }
  }
}
