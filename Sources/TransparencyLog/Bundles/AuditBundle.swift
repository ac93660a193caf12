package import CryptoPrimitives

/// All that is public of a coordinator's log, in one file: protocols/ledger.md, section 1.
///
/// Decoding bounds every count and checks that entries are entries; what they say is for
/// `PrivacyLedger` to judge.
package struct AuditBundle: Sendable, Equatable {
  package let policy: BundlePolicy
  /// The newest head.
  package let head: CosignedHead
  /// The documents of all plans in the log, in the order of their entries.
  package let plans: [[UInt8]]
  /// All entries of the log.
  package let entries: [LogEntry]
  /// The leaf that follows each entry, as it was found there; nil in version 1, which has none.
  ///
  /// Those of the signed root tell which entry was changed; without them nothing does.
  package let statedLeaves: [Bytes32]?
  /// The hash at the end of the encoding, as it was found there.
  package let statedHash: Bytes32

  /// A bundle of a log.
  ///
  /// Cosignatures that the policy does not list, or that do not verify, say nothing and are left out.
  package init(
    policy: BundlePolicy, head: CosignedHead, plans: [[UInt8]], entries: [LogEntry]
  ) {
    self.policy = policy
    self.head = head.keeping {
      policy.quorum.witnesses.contains($0.witness) && $0.isValid(for: head.signed.head)
    }
    self.plans = plans
    self.entries = entries
    let leaves = entries.map(\.leaf)
    statedLeaves = leaves
    statedHash = Self.hash(
      Self.body(
        policy: policy, head: self.head, plans: plans, entries: entries, leaves: leaves))
  }

  /// The hash that belongs at the end: the name of the bundle.
  package var hash: Bytes32 { Self.hash(body) }

  package var encoded: [UInt8] {
    var bytes = body
    statedHash.append(to: &bytes)
    return bytes
  }

  private var body: [UInt8] {
    Self.body(policy: policy, head: head, plans: plans, entries: entries, leaves: statedLeaves)
  }

  private static func body(
    policy: BundlePolicy, head: CosignedHead, plans: [[UInt8]], entries: [LogEntry],
    leaves: [Bytes32]?
  ) -> [UInt8] {
    var bytes = StructureKind.auditBundle.header(version: leaves == nil ? 1 : newestVersion)
    bytes.reserveCapacity(
      4_096 + plans.reduce(0) { $0 + $1.count + 36 }
        + entries.reduce(0) { $0 + $1.encoded.count + 34 })
    policy.append(to: &bytes)
    bytes += head.encoded
    bytes.append(littleEndian: UInt16(plans.count))
    for plan in plans {
      bytes.append(littleEndian: UInt32(plan.count))
      bytes += plan
      if leaves != nil { Blake2b.digest(plan).append(to: &bytes) }
    }
    bytes.append(littleEndian: UInt32(entries.count))
    for (place, entry) in entries.enumerated() {
      bytes.append(littleEndian: UInt16(entry.encoded.count))
      bytes += entry.encoded
      leaves?[place].append(to: &bytes)
    }
    return bytes
  }

  private static func hash(_ body: [UInt8]) -> Bytes32 {
    var message = LabeledMessage(.auditBundle)
    message.append(body)
    return message.digest
  }
}

/// Why bytes are no bundle.
package struct BundleFault: Error, Sendable, Equatable {
  /// What of a bundle there are several of, by place.
  package enum Part: Sendable, Equatable, CustomStringConvertible {
    case plan(Int)
    case entry(Int)

    package var description: String {
      switch self {
      case .plan(let place): "plan \(place)"
      case .entry(let place): "entry \(place)"
      }
    }
  }

  package let refusal: LogRefusal
  /// Where it is; nil if it is something else.
  package let part: Part?
}

extension AuditBundle {
  /// Plans in a bundle.
  package static let mostPlans = 1_024
  /// Bytes of a plan.
  package static let mostPlanBytes = 1 << 16
  /// Entries in a bundle.
  package static let mostEntries = 1 << 24
  /// The one that is written; those before it are read.
  private static let newestVersion: UInt8 = 2

  /// The bundle that `bytes` encode, and nothing else; its last hash is not compared.
  package init(decoding bytes: [UInt8]) throws(BundleFault) {
    var reader = FieldReader(bytes)
    let hasHashes: Bool
    let planCount: Int
    do throws(LogRefusal) {
      let version = try reader.version(
        1...Self.newestVersion, of: .auditBundle, "bundle.header")
      hasHashes = version > 1
      policy = try BundlePolicy(from: &reader)
      head = try CosignedHead(from: &reader)
      planCount = Int(try reader.u16("bundle.plans"))
      guard planCount <= Self.mostPlans else { throw reader.refusal(.limit, "bundle.plans") }
    } catch {
      throw BundleFault(refusal: error, part: nil)
    }
    var plans: [[UInt8]] = []
    for place in 0..<planCount {
      do throws(LogRefusal) {
        plans.append(try Self.plan(from: &reader, withHash: hasHashes))
      } catch {
        throw BundleFault(refusal: error, part: .plan(place))
      }
    }
    self.plans = plans
    let entryCount: Int
    do throws(LogRefusal) {
      entryCount = Int(try reader.u32("bundle.entries"))
      guard entryCount <= Self.mostEntries else {
        throw reader.refusal(.limit, "bundle.entries")
      }
      guard !hasHashes || entryCount == head.signed.head.tree.size else {
        throw reader.refusal(.contradiction, "bundle.entries")
      }
    } catch {
      throw BundleFault(refusal: error, part: nil)
    }
    var entries: [LogEntry] = []
    var leaves: [Bytes32] = []
    for place in 0..<entryCount {
      do throws(LogRefusal) {
        entries.append(try Self.entry(from: &reader))
        if hasHashes { leaves.append(try reader.bytes32("bundle.leaf")) }
      } catch {
        throw BundleFault(refusal: error, part: .entry(place))
      }
    }
    self.entries = entries
    statedLeaves = hasHashes ? leaves : nil
    do throws(LogRefusal) {
      statedHash = try reader.bytes32("bundle.hash")
      try reader.finish("bundle")
    } catch {
      throw BundleFault(refusal: error, part: nil)
    }
  }

  /// A plan's document, which its hash shows to be whole.
  private static func plan(
    from reader: inout FieldReader, withHash hasHash: Bool
  ) throws(LogRefusal) -> [UInt8] {
    let length = try reader.u32("bundle.plan")
    guard length <= mostPlanBytes else { throw reader.refusal(.limit, "bundle.plan") }
    let plan = try reader.bytes(Int(length), "bundle.plan")
    guard hasHash else { return plan }
    guard try reader.bytes32("bundle.planHash") == Blake2b.digest(plan) else {
      throw reader.refusal(.contradiction, "bundle.planHash")
    }
    return plan
  }

  private static func entry(from reader: inout FieldReader) throws(LogRefusal) -> LogEntry {
    let length = Int(try reader.u16("bundle.entry"))
    guard length <= LogLimits.mostEntryBytes else { throw reader.refusal(.limit, "bundle.entry") }
    return try LogEntry(decoding: try reader.bytes(length, "bundle.entry"))
  }
}
