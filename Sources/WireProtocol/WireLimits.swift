/// The bounds on everything that comes from outside: protocols/node-api.md, section 4.
///
/// They are compared before anything is allocated for what they bound.
package enum WireLimits {
  /// The version that this program writes.
  package static let newestVersion: UInt32 = 1
  /// The oldest version that it still understands.
  package static let oldestVersion: UInt32 = 1
  package static let versions = oldestVersion...newestVersion

  package static let mediaType = "application/x-protobuf"

  /// A piece of an upload.
  package static let pieceByteCount = 1 << 20
  /// A message of the aggregation protocol that is not uploaded in pieces.
  package static let stepMessageByteCount = 1 << 18
  /// An Input message: `InputHeader` and at most 2^26 bytes.
  package static let uploadByteCount = 1 << 26 + 1 << 10
  /// The aggregation messages of a coordinator; the Directory of 16,384 devices is the largest.
  package static let deliveredMessageByteCount = 1 << 20
  /// The largest body of a request: a piece, sealed, in its envelope.
  package static let requestByteCount = pieceByteCount + 1 << 12
  package static let replyByteCount = deliveredMessageByteCount + 1 << 12
  /// A released model or a catalogue.
  package static let blobByteCount = 1 << 28
  /// A plan's document.
  package static let planByteCount = 1 << 16

  /// Witnesses of a coordinator: as many as a RoundConfig lists.
  package static let witnessCount = 16
  /// The answer of GET /v1/witnesses.
  package static let witnessListByteCount = 1 << 12
  /// Clients of a round, and the length of each one's Advertise message.
  package static let cohortCount = 1 << 14
  package static let advertiseByteCount = 312
  /// Revoked identities that a request to a witness names.
  package static let revokedCount = 1 << 18
  /// The largest request to a witness: a cohort, the revoked identities, the configuration.
  package static let witnessRequestByteCount =
    cohortCount * advertiseByteCount + revokedCount * 32 + 1 << 14
  /// A head of a log with the log's signature.
  package static let signedHeadByteCount = 146
  /// A proof that a log continues an older head.
  package static let consistencyProofByteCount = 2_051
  /// An entry of a log with its proof.
  package static let provedEntryByteCount = 4_109
  /// A description that operators hand to each other, in JSON.
  package static let introductionByteCount = 1 << 12

  package static let nonceByteCount = 16
  package static let reasonByteCount = 512
  package static let taskNameByteCount = 64
  /// How far the clocks of device and coordinator may be apart, in seconds.
  package static let clockSkew: UInt64 = 300
  package static let waitSeconds: ClosedRange<UInt32> = 1...604_800
}
