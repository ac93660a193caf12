internal import Behavior

/// Splits an item's public description into terms.
enum ItemTerms {
  /// A term and the field that it comes from: the same word means different things in each.
  enum Term: Hashable, Comparable {
    case category(Int32)
    case creator(String)
    case fiveYears(Int)
    case decade(Int)
    case word(String)
  }

  private static let stopWords: Set<String> = ["the", "and", "for", "with", "from"]

  static func terms(of item: Catalogue.Item) -> Set<Term> {
    var terms = Set(item.categories.map(Term.category))
    if let creator = item.creator { terms.insert(.creator(creator)) }
    let year = yearInTitle(item.title) ?? item.publishedAt.map(year(ofUnixSeconds:))
    if let year {
      terms.insert(.fiveYears(year / 5))
      terms.insert(.decade(year / 10))
    }
    for text in [item.title, item.text ?? ""] { terms.formUnion(words(of: text).map(Term.word)) }
    return terms
  }

  /// Lower-case runs of at least three ASCII letters outside parentheses, without stop words.
  private static func words(of text: String) -> Set<String> {
    var words: Set<String> = []
    var current: [UInt8] = []
    var depth = 0
    func finish() {
      let word = String(decoding: current, as: UTF8.self)
      if current.count >= 3, !stopWords.contains(word) { words.insert(word) }
      current.removeAll(keepingCapacity: true)
    }
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"): depth = max(0, depth - 1)
      default: break
      }
      let lower = byte | 0x20
      if depth == 0, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lower), byte >= 0x41 {
        current.append(lower)
      } else {
        finish()
      }
    }
    finish()
    return words
  }

  /// The four digits of a title such as "Heat (1995)".
  private static func yearInTitle(_ title: String) -> Int? {
    let bytes = Array(title.utf8)
    guard bytes.count >= 6 else { return nil }
    for start in 0...(bytes.count - 6)
    where bytes[start] == UInt8(ascii: "(") && bytes[start + 5] == UInt8(ascii: ")") {
      let digits = bytes[(start + 1)..<(start + 5)]
      if digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
      }
    }
    return nil
  }

  /// The calendar year, counting in mean Gregorian years: off by a day at most around New Year.
  private static func year(ofUnixSeconds seconds: Int64) -> Int {
    1970 + Int((Double(seconds) / 31_556_952).rounded(.down))
  }
}
