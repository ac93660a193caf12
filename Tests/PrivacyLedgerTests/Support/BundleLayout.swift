import TransparencyLog

@testable import PrivacyLedger

/// Which byte of a bundle of version 2 belongs to what: protocols/ledger.md, section 1.
struct BundleLayout {
  enum Part: Equatable {
    /// Keys and quorum, head and cosignatures, and all counts.
    case frame
    case authority
    /// A plan's length, document or hash.
    case plan(Int)
    /// An entry's length or bytes.
    case entry(Int)
    case leaf(Int)
    case hash
  }

  private var ends: [(end: Int, part: Part)] = []
  private let planCount: Int

  init(of bundle: AuditBundle) {
    planCount = bundle.plans.count
    add(.frame, 34)
    add(.authority, 32)
    add(.frame, 2 + 32 * bundle.policy.quorum.witnesses.count + bundle.head.encoded.count + 2)
    for (place, plan) in bundle.plans.enumerated() { add(.plan(place), 4 + plan.count + 32) }
    add(.frame, 4)
    for (place, entry) in bundle.entries.enumerated() {
      add(.entry(place), 2 + entry.encoded.count)
      add(.leaf(place), 32)
    }
    add(.hash, 32)
  }

  private mutating func add(_ part: Part, _ count: Int) {
    ends.append((byteCount + count, part))
  }

  var byteCount: Int { ends.last?.end ?? 0 }

  /// Whether a finding says that the byte at a place was changed, and nothing else.
  func agrees(with finding: LedgerFinding, at place: Int) -> Bool {
    switch ends.first(where: { place < $0.end })?.part {
    case .plan(let place): finding.plan == place && finding.entry == nil
    case .leaf(let place): finding.rule == "changed-leaf" && finding.entry?.index == place
    case .entry(let place):
      finding.entry?.index == place && finding.rule != "changed-leaf" && finding.plan == nil
    case .hash: finding.rule == "bundle-hash" && finding.entry == nil
    // The first entry that the authority's key has to do with, if there is one.
    case .authority:
      finding.rule == "authority" && finding.entry?.index == 0 || finding.rule == "bundle-hash"
    // A larger number of plans ends at the first that is not there.
    case .frame: finding.entry == nil && finding.plan ?? planCount == planCount
    case nil: false
    }
  }
}
