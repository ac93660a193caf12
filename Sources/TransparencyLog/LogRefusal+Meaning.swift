extension EncodingFault {
  /// What is wrong with the bytes, for people.
  package var meaning: String {
    switch rule {
    case .truncated: "it ends within \(place)"
    case .trailing: "bytes follow the end of \(place)"
    case .version: "\(place) is of another version"
    case .kind: "\(place) is of another kind"
    case .range: "\(place) is outside of its range"
    case .limit: "\(place) is more than allowed"
    case .order: "\(place) is not in ascending order"
    case .text: "\(place) has other characters than it may have"
    case .fraction: "\(place) is not in lowest terms"
    case .contradiction: "\(place) contradicts another field"
    }
  }

  /// Whether the fault is in the file around entries and heads, by the names of protocols/ledger.md, section 1.
  package var isOfBundle: Bool { "\(place)".hasPrefix("bundle") }
  /// Whether the first bytes are not those of a bundle.
  package var isOfBundleHeader: Bool { "\(place)" == "bundle.header" }
  /// Whether the number of entries is not that of the head.
  package var isOfBundleEntries: Bool { "\(place)" == "bundle.entries" }
  /// Whether a plan's document is not that of its hash.
  package var isOfBundlePlan: Bool { "\(place)" == "bundle.planHash" }
}

extension LogRefusal {
  /// What is wrong, for people; of bytes that were read, the field.
  package var meaning: String {
    switch self {
    case .encoding(let fault): "\(rule): \(fault.meaning)"
    default: rule
    }
  }
}
