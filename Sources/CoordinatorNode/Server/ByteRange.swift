/// One range of a download: `bytes=a-b`, `bytes=a-` or `bytes=-n`.
///
/// - Source: RFC 9110, section 14.1.2. Several ranges at once are not served.
struct ByteRange: Equatable {
  let bounds: Range<Int>

  init?(_ field: String, of count: Int) {
    guard field.hasPrefix("bytes=") else { return nil }
    let parts = field.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.count <= 12 }) else { return nil }
    switch (Int(parts[0]), Int(parts[1])) {
    case (let first?, nil) where parts[1].isEmpty && first < count && first >= 0:
      bounds = first..<count
    case (let first?, let last?) where first >= 0 && first <= last && first < count:
      bounds = first..<min(last + 1, count)
    case (nil, let suffix?) where parts[0].isEmpty && suffix > 0 && count > 0:
      bounds = max(0, count - suffix)..<count
    default: return nil
    }
  }
}
