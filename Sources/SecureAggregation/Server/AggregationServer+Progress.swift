package import CryptoPrimitives

/// How far a coordinator has come: what any message that is accepted changes, and no other may.
package struct ServerProgress: Sendable, Equatable {
  /// Clients that have joined.
  package let joined: Int
  /// Witnesses whose values are known.
  package let revealed: Int
  /// Clients that have shared.
  package let shared: Int
  /// Masked inputs, and their sum.
  package let partial: PartialSum?
  /// Clients, and witnesses, that have signed the survivors.
  package let signed: Int
  package let cosigned: Int
  /// Clients that have released shares.
  package let released: Int
}

/// What closing the step Advertise fixes.
package struct CohortCommitment: Sendable, Equatable {
  /// T1.
  package let transcript: Bytes32
  /// Of the cohort's tree.
  package let root: Bytes32
  /// n.
  package let count: Int
}

/// What closing the step Input fixes: the one sum that may be opened.
package struct SurvivorCommitment: Sendable, Equatable {
  /// T4.
  package let transcript: Bytes32
  package let count: Int
}

extension AggregationServer {
  /// The cohort, once it is fixed.
  package var cohortCommitment: CohortCommitment? {
    cohort.map {
      CohortCommitment(
        transcript: $0.transcript, root: $0.tree.root, count: $0.members.count)
    }
  }

  /// The survivors, once they are fixed.
  package var survivorCommitment: SurvivorCommitment? {
    consistency.map {
      SurvivorCommitment(
        transcript: $0.survivors.transcript, count: $0.survivors.members.count)
    }
  }

  /// How far the round has come, to compare it before and after a message.
  package var progress: ServerProgress {
    ServerProgress(
      joined: gathering.members.count, revealed: cohort?.reveals.count ?? 0,
      shared: sharing?.messages.count ?? 0, partial: ingest?.partial,
      signed: consistency?.signatures.count ?? 0,
      cosigned: consistency?.cosignatures.count ?? 0,
      released: unmasking?.messages.count ?? 0)
  }

  /// T0 to T3, as far as the round has come.
  package var transcripts: [Bytes32] {
    [transcript, cohort?.transcript, sharing?.transcript, sharing?.sharers?.transcript]
      .compactMap(\.self)
  }
}
