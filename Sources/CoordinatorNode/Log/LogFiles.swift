internal import CryptoPrimitives
package import Storage
package import TransparencyLog

/// A log of the size of one head, as the files that a static server serves: protocols/transparency-log.md,
/// section 5.
///
/// The coordinator's own answers come from here, too, so both have the same bytes.
package struct LogFiles: Sendable {
  private let store: any LogStore
  private let head: CosignedHead

  package init(_ store: any LogStore, head: CosignedHead) {
    self.store = store
    self.head = head
  }

  private var size: UInt64 { head.signed.head.tree.size }

  /// What the file at `path` holds; nil if the log has no such file.
  ///
  /// A tile that has become wider is still there as it was.
  package func bytes(at path: String) async throws(StorageError) -> [UInt8]? {
    if path == Self.headPath { return head.encoded }
    if let tile = Tile(path: path), has(tile) {
      return TileContent(tile: tile, hashes: try await store.hashes(of: tile)).encoded
    }
    if let tile = Tile(entriesPath: path), has(tile) {
      let start = tile.index << UInt64(Tile.height)
      return EntryBundle.encoded(
        try await store.loggedEntries(start..<start + UInt64(tile.width)))
    }
    return nil
  }

  private static let headPath = "head"

  private func has(_ tile: Tile) -> Bool {
    guard let present = Tile(level: tile.level, index: tile.index, size: size) else { return false }
    return tile.width <= present.width
  }

  /// Calls `body` with every file of the log, and the head last: whoever finds a head finds what it is over.
  ///
  /// - Parameter isKept: Whether a full tile is there already; it never changes, and is then left out.
  package func forEach(
    except isKept: (_ path: String) -> Bool,
    _ body: (_ path: String, _ bytes: [UInt8]) throws -> Void
  ) async throws {
    for level in 0..<Tile.levelCount {
      var index: UInt64 = 0
      while let tile = Tile(level: level, index: index, size: size) {
        for path in level == 0 ? [tile.path, tile.entriesPath] : [tile.path]
        where !tile.isFull || !isKept(path) {
          guard let bytes = try await bytes(at: path) else {
            throw StorageError.logIsShorter(size: try await store.logSize(), asked: size)
          }
          try body(path, bytes)
        }
        index += 1
      }
    }
    try body(Self.headPath, head.encoded)
  }
}

/// What GET /v1/log/PATH answers.
struct PublicLogFile: Sendable {
  let bytes: [UInt8]
  /// Whether the path always answers with these bytes.
  let isFixed: Bool
}

extension Coordinator {
  /// Files of the log, and proofs computed from them: protocols/node-api.md, section 10.
  ///
  /// - Parameter path: below /v1/log/.
  func logFile(_ path: String) async throws(StorageError) -> PublicLogFile? {
    guard let head = log.heads.published, path.utf8.count <= Self.mostPathBytes else { return nil }
    if let bytes = try await LogFiles(store, head: head).bytes(at: path) {
      return PublicLogFile(bytes: bytes, isFixed: path.hasPrefix("tile/"))
    }
    if let proof = log.proof(at: path) { return PublicLogFile(bytes: proof, isFixed: true) }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard let proof = try await proof(parts, in: head.signed.head.tree.size) else { return nil }
    // A head that was published meanwhile changes nothing: the path says of which size the tree is.
    log.keep(proof, at: path)
    return PublicLogFile(bytes: proof, isFixed: true)
  }

  private static let mostPathBytes = 160

  /// One number has one name, or an answer would be kept under many.
  private static func decimal(_ text: Substring) -> UInt64? {
    UInt64(text).flatMap { "\($0)" == text ? $0 : nil }
  }

  private func proof(
    _ parts: [Substring], in present: UInt64
  ) async throws(StorageError) -> [UInt8]? {
    switch parts.first {
    case "consistency" where parts.count == 3:
      guard let older = Self.decimal(parts[1]), let size = Self.decimal(parts[2]), older <= size,
        size <= present
      else { return nil }
      return try await store.consistencyProof(from: older, to: size).encoded
    case "entry" where parts.count == 5:
      guard let size = Self.decimal(parts[1]), size <= present,
        let kind = Self.decimal(parts[2]).flatMap(UInt8.init(exactly:))
          .flatMap(EntryKind.init(rawValue:)),
        let subject = Bytes32(hexadecimal: String(parts[3])), subject.description == parts[3],
        let number = Self.decimal(parts[4]), number <= LogLimits.mostCount,
        let placed = try await store.logged(
          EntryKey(kind: kind, subject: subject, number: number)), placed.index < size
      else { return nil }
      return ProvedEntry(
        entry: placed.entry,
        proof: try await store.inclusionProof(of: placed.index, size: size)
      ).encoded
    default: return nil
    }
  }
}
