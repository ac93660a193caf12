internal import Storage
internal import TransparencyLog

/// What a coordinator shows of its log.
///
/// One head at a time: it is signed, waits for its cosignatures, and is published; then comes the next. So a
/// witness that is slow delays heads by a bounded time, and readers who demand cosignatures find them.
struct PublishedLog: Sendable {
  var heads = LogHeads()
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

  /// Whether readers find the entry at `index`.
  func covers(_ index: UInt64) -> Bool { index < size }

  /// Whether the newest head has been published, so that another one may be signed.
  var isSettled: Bool { heads.signed?.signed == heads.published?.signed }
}
