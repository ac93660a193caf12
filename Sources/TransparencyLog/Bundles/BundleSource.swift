package import CryptoPrimitives

/// Where a log and its plans are kept: a folder of static files, or a coordinator's store.
///
/// What a source returns need not be true: a bundle is judged after it was made.
package protocol BundleSource {
  /// The newest cosigned head.
  func head() async throws -> CosignedHead

  /// The encoded entries of a tile of level 0, at least `tile.width` of them.
  func entries(of tile: Tile) async throws -> [[UInt8]]

  /// The document of a plan by its hash.
  func document(ofPlan hash: Bytes32) async throws -> [UInt8]
}

extension AuditBundle {
  /// The log of `source` up to its newest head, with the plans that it names.
  ///
  /// - Throws: what the source throws; `BundleFault` for an entry that does not decode.
  package init(of source: some BundleSource, policy: BundlePolicy) async throws {
    let head = try await source.head()
    let size = head.signed.head.tree.size
    guard size <= UInt64(Self.mostEntries) else {
      throw BundleFault(
        refusal: .encoding(EncodingFault(.limit, "bundle.entries")), part: nil)
    }
    var entries: [LogEntry] = []
    var plans: [[UInt8]] = []
    var next: UInt64 = 0
    while let tile = Tile(level: 0, index: next, size: size) {
      for encoded in try await source.entries(of: tile).prefix(tile.width) {
        let entry: LogEntry
        do throws(LogRefusal) {
          entry = try LogEntry(decoding: encoded)
        } catch {
          throw BundleFault(refusal: error, part: .entry(entries.count))
        }
        entries.append(entry)
        if case .plan(let plan) = entry.content {
          plans.append(try await source.document(ofPlan: plan.hash))
        }
      }
      next += 1
    }
    self.init(policy: policy, head: head, plans: plans, entries: entries)
  }
}
