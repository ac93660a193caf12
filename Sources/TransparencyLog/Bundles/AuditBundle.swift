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
    statedHash = Self.hash(
      Self.body(policy: policy, head: self.head, plans: plans, entries: entries))
  }

  /// The hash that belongs at the end: the name of the bundle.
  package var hash: Bytes32 { Self.hash(body) }

  package var encoded: [UInt8] {
    var bytes = body
    statedHash.append(to: &bytes)
    return bytes
  }

  private var body: [UInt8] {
    Self.body(policy: policy, head: head, plans: plans, entries: entries)
  }

  private static func body(
    policy: BundlePolicy, head: CosignedHead, plans: [[UInt8]], entries: [LogEntry]
  ) -> [UInt8] {
    var bytes = StructureKind.auditBundle.header
    bytes.reserveCapacity(
      4_096 + plans.reduce(0) { $0 + $1.count } + entries.reduce(0) { $0 + $1.encoded.count + 2 })
    policy.append(to: &bytes)
    bytes += head.encoded
    bytes.append(littleEndian: UInt16(plans.count))
    for plan in plans {
      bytes.append(littleEndian: UInt32(plan.count))
      bytes += plan
    }
    bytes.append(littleEndian: UInt32(entries.count))
    for entry in entries {
      bytes.append(littleEndian: UInt16(entry.encoded.count))
      bytes += entry.encoded
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
  package let refusal: LogRefusal
  /// The place in the log of the entry that does not decode; nil if it is something else.
  package let entry: Int?
}

extension AuditBundle {
  /// Plans in a bundle.
  package static let mostPlans = 1_024
  /// Bytes of a plan.
  package static let mostPlanBytes = 1 << 16
  /// Entries in a bundle.
  package static let mostEntries = 1 << 24

  /// The bundle that `bytes` encode, and nothing else; its last hash is not compared.
  package init(decoding bytes: [UInt8]) throws(BundleFault) {
    var reader = FieldReader(bytes)
    do throws(LogRefusal) {
      try reader.header(.auditBundle, "bundle.header")
      policy = try BundlePolicy(from: &reader)
      head = try CosignedHead(from: &reader)
      plans = try Self.plans(from: &reader)
    } catch {
      throw BundleFault(refusal: error, entry: nil)
    }
    entries = try Self.entries(from: &reader)
    do throws(LogRefusal) {
      statedHash = try reader.bytes32("bundle.hash")
      try reader.finish("bundle")
    } catch {
      throw BundleFault(refusal: error, entry: nil)
    }
  }

  private static func plans(from reader: inout FieldReader) throws(LogRefusal) -> [[UInt8]] {
    let count = Int(try reader.u16("bundle.plans"))
    guard count <= mostPlans else { throw reader.refusal(.limit, "bundle.plans") }
    var plans: [[UInt8]] = []
    for _ in 0..<count {
      let length = try reader.u32("bundle.plan")
      guard length <= mostPlanBytes else { throw reader.refusal(.limit, "bundle.plan") }
      plans.append(try reader.bytes(Int(length), "bundle.plan"))
    }
    return plans
  }

  private static func entries(
    from reader: inout FieldReader
  ) throws(BundleFault) -> [LogEntry] {
    var entries: [LogEntry] = []
    let count: UInt32
    do throws(LogRefusal) {
      count = try reader.u32("bundle.entries")
      guard count <= mostEntries else { throw reader.refusal(.limit, "bundle.entries") }
    } catch {
      throw BundleFault(refusal: error, entry: nil)
    }
    for index in 0..<Int(count) {
      do throws(LogRefusal) {
        let length = Int(try reader.u16("bundle.entry"))
        guard length <= LogLimits.mostEntryBytes else {
          throw reader.refusal(.limit, "bundle.entry")
        }
        entries.append(try LogEntry(decoding: try reader.bytes(length, "bundle.entry")))
      } catch {
        throw BundleFault(refusal: error, entry: index)
      }
    }
    return entries
  }
}
