package import TransparencyLog

/// The first thing that is wrong with a bundle.
package struct LedgerFinding: Error, Sendable, Equatable, CustomStringConvertible {
  /// The entry that should not be there.
  package struct Place: Sendable, Equatable {
    package let index: Int
    /// Nil if the entry does not decode.
    package let kind: EntryKind?
  }

  /// A name of protocols/ledger.md, section 3, or of transparency-log.md, section 10.
  package let rule: String
  package let entry: Place?
  /// The place in the bundle of the plan whose document is at fault.
  package let plan: Int?
  /// What was found, for people.
  package let detail: String

  init(_ rule: LedgerRule, _ detail: String, entry: Place? = nil, plan: Int? = nil) {
    self.rule = rule.rawValue
    self.entry = entry
    self.plan = plan
    self.detail = detail.isEmpty ? rule.meaning : "\(rule.meaning): \(detail)"
  }

  init(_ fault: BundleFault) {
    rule = fault.refusal.rule
    (entry, plan) =
      switch fault.part {
      case .entry(let place): (Place(index: place, kind: nil), nil)
      case .plan(let place): (nil, place)
      case nil: (nil, nil)
      }
    detail =
      if case .encoding(let encoding) = fault.refusal {
        Self.text(of: encoding, isInEntry: entry != nil)
      } else { fault.refusal.rule }
  }

  /// What somebody can do about bytes that are no bundle.
  private static func text(of fault: EncodingFault, isInEntry: Bool) -> String {
    switch fault.rule {
    case .truncated where fault.isOfBundleHeader:
      "the file is empty, or was cut off after its first byte; get it again"
    case .truncated where fault.isOfBundle || !isInEntry:
      "the file was cut off, \(fault.meaning); get it again"
    case .trailing where !isInEntry: "\(fault.meaning), which is one file; get it again"
    case .version where fault.isOfBundleHeader, .kind where fault.isOfBundleHeader:
      "this is no bundle of a version that is known here; take what silhouette audit bundle has written"
    case .contradiction where fault.isOfBundlePlan:
      "the document is not the one that was put into the bundle"
    case .contradiction where fault.isOfBundleEntries:
      "the signed head is over another number of entries"
    default: fault.meaning
    }
  }

  package var description: String {
    if let plan { return "plan \(plan): \(rule): \(detail)" }
    guard let entry else { return "\(rule): \(detail)" }
    return "entry \(entry.index) (\(entry.kind?.name ?? "unreadable")): \(rule): \(detail)"
  }
}

extension EntryKind {
  /// The name in protocols/transparency-log.md, section 4.
  package var name: String { "\(self)" }
}
