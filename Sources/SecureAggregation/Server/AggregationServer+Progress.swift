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

extension AggregationServer {
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
