/// What a hash or a derived key is for.
///
/// Every hash and every derived key of this project starts with one of these labels, so that no value
/// made for one purpose can stand for another. A label is never used for a second purpose and never
/// changed; a new meaning gets a new label.
package enum DomainLabel: String, CaseIterable, Sendable {
  /// The key of a reproducible random stream of the simulator.
  case seededStream = "silhouette/seeded-stream/v1"
  /// The seed of a rotation, made from a plan.
  case rotationSeed = "silhouette/rotation-seed/v1"
  /// The keystream from which a rotation draws its signs.
  case rotation = "silhouette/rotation/v1"

  // Messages between nodes: protocols/node-api.md.

  /// What a device signs of a request.
  case nodeRequest = "silhouette/node-request/v1"
  /// What a coordinator signs of an answer.
  case nodeReply = "silhouette/node-reply/v1"
  /// What a coordinator signs of its description.
  case nodeDescription = "silhouette/node-description/v1"
  /// The key of a box that only the coordinator opens.
  case nodeSeal = "silhouette/node-seal/v1"
  /// The hash under which a join code is kept.
  case joinCode = "silhouette/join-code/v1"
  /// What the signer of a plan signs.
  case plan = "silhouette/plan/v1"
  /// The name of a plan's task, under which its rounds are counted.
  case plannedTask = "silhouette/planned-task/v1"
  /// The certificate of a coordinator's server, as named in join codes.
  case serverCertificate = "silhouette/server-certificate/v1"
  /// What a coordinator says of itself to those who are to be its witnesses.
  case coordinatorIntroduction = "silhouette/coordinator-introduction/v1"
  /// What a witness says of itself to coordinators.
  case witnessDescription = "silhouette/witness-description/v1"
  /// What the enrollment authority signs of the witnesses of a coordinator.
  case witnessList = "silhouette/witness-list/v1"
  /// What a coordinator signs of a request to a witness.
  case witnessRequest = "silhouette/witness-request/v1"
  /// What a witness signs of an answer.
  case witnessReply = "silhouette/witness-reply/v1"

  // The transparency log: protocols/transparency-log.md, section 2, in its order.

  /// The name of a log, made from its key.
  case logIdentity = "silhouette/log-identity/v1"
  /// The hash of an entry.
  case logLeaf = "silhouette/log-leaf/v1"
  /// An inner node of the log's tree.
  case logNode = "silhouette/log-node/v1"
  /// The root of a log without entries.
  case logEmpty = "silhouette/log-empty/v1"
  /// What a log signs of its head.
  case logHead = "silhouette/log-head/v1"
  /// What a witness signs of a log's head.
  case logCosignature = "silhouette/log-cosignature/v1"
  /// What an old and a new key sign of a rotation.
  case keyRotation = "silhouette/key-rotation/v1"
  /// A log with its plans in one file: protocols/ledger.md, section 1.
  case auditBundle = "silhouette/audit-bundle/v1"
  /// What the maker of an audit report signs.
  case auditReport = "silhouette/audit-report/v1"

  // What a device has spent: protocols/device-ledger.md, section 2.

  /// The key under which a device seals its ledger.
  case deviceLedgerKey = "silhouette/device-ledger-key/v1"
  /// The hash by which an entry names the one before.
  case deviceLedgerLink = "silhouette/device-ledger-link/v1"
  /// What is bound to a sealed entry.
  case deviceLedgerEntry = "silhouette/device-ledger-entry/v1"
  /// What is bound to the sealed head.
  case deviceLedgerHead = "silhouette/device-ledger-head/v1"

  // Secure aggregation fsa1: protocols/secure-aggregation.md, section 2, in its order.

  /// T0, the transcript value of a round's configuration.
  case config = "fsa1/config"
  /// The hash by which a leaf names a certificate.
  case certificate = "fsa1/certificate"
  /// The digest of the revocation list.
  case revocation = "fsa1/revocation"
  /// Whether an identity may take part in a round.
  case eligible = "fsa1/eligible"
  /// A cohort member's leaf.
  case leaf = "fsa1/leaf"
  /// An inner node of the cohort's tree.
  case node = "fsa1/node"
  /// T1, of the cohort.
  case cohort = "fsa1/cohort"
  /// One step back in a witness's chain.
  case chain = "fsa1/chain"
  /// The seed of the graph.
  case beacon = "fsa1/beacon"
  /// T2, of the graph.
  case graph = "fsa1/graph"
  /// The keystream that permutes the ring.
  case ring = "fsa1/ring"
  /// T3, of the sharers.
  case sharers = "fsa1/sharers"
  /// T4, of the survivors.
  case survivors = "fsa1/survivors"
  /// The key of a pairwise mask.
  case pair = "fsa1/pair"
  /// The key of a self mask.
  case selfMask = "fsa1/self"
  /// The key of a share box.
  case box = "fsa1/box"
  /// The digest of a packed vector.
  case vector = "fsa1/vector"
  case signedConfig = "fsa1/sig/config"
  case signedCertificate = "fsa1/sig/certificate"
  case signedAdvertise = "fsa1/sig/advertise"
  case signedDirectory = "fsa1/sig/directory"
  case signedShares = "fsa1/sig/shares"
  case signedInbox = "fsa1/sig/inbox"
  case signedInput = "fsa1/sig/input"
  case signedSurvivors = "fsa1/sig/survivors"
  case signedConsistency = "fsa1/sig/consistency"
  case signedQuorum = "fsa1/sig/quorum"
  case signedUnmask = "fsa1/sig/unmask"
  case signedReveal = "fsa1/sig/reveal"
  case signedCosign = "fsa1/sig/cosign"
  case signedAbort = "fsa1/sig/abort"

  /// The label as bytes.
  package var bytes: [UInt8] { Array(rawValue.utf8) }
}
