internal import Storage
internal import TransparencyLog

/// What a coordinator shows of its log.
///
/// One head at a time: it is signed, waits for its cosignatures, and is published; then comes the next. So a
/// witness that is slow delays heads by a bounded time, and readers who demand cosignatures find them.
struct PublishedLog: Sendable {
  var heads = LogHeads() {
    didSet { if heads.published?.signed != oldValue.published?.signed { proofs = [:] } }
  }
  /// Proofs that were given since the published head is there, by their path.
  ///
  /// A round's devices ask for the same few, all at once.
  private var proofs: [String: [UInt8]] = [:]
  /// Whether it is open which heads the store has: a write has failed.
  var isUncertain = false
  /// Why the log could not be published when it was last tried.
  ///
  /// A round that readers cannot find in the log is of no use to anybody, so none begins meanwhile.
  var failure: String?
  /// The size of a head that was signed with the log's key and that the log in the store does not continue.
  var contradicted: UInt64?
  /// When the newest head was signed here, in Unix seconds.
  var signedAt: UInt64 = 0

  /// Entries in the tree that readers are given.
  var size: UInt64 { heads.published?.signed.head.tree.size ?? 0 }

  func proof(at path: String) -> [UInt8]? { proofs[path] }

  /// Keeps a proof that is to be given again, unless there are many.
  mutating func keep(_ proof: [UInt8], at path: String) {
    guard proofs.count < Self.mostProofs || proofs[path] != nil else { return }
    proofs[path] = proof
  }

  private static let mostProofs = 32

  /// Whether readers find the entry at `index`.
  func covers(_ index: UInt64) -> Bool { index < size }

  /// Whether the newest head has been published, so that another one may be signed.
  var isSettled: Bool { heads.signed?.signed == heads.published?.signed }
}
