internal import Yams

/// Reads the settings of a scenario.
typealias SettingReader = KeyedSettingReader<ScenarioKey>

/// Reads settings as values, and collects what is wrong instead of stopping at the first fault.
///
/// Where a setting is at fault its default stands in, so that the rest can be checked as well.
struct KeyedSettingReader<Key: SettingKey> {
  private let settings: KeyedSettings<Key>
  private(set) var problems: [ScenarioProblem]
  private var faulty: Set<Key> = []

  init(_ settings: KeyedSettings<Key>) {
    self.settings = settings
    self.problems = settings.problems
  }

  /// Whether the value of each of these keys is one that can be compared with others.
  func isSound(_ keys: Key...) -> Bool { faulty.isDisjoint(with: keys) }

  /// Whether the file or an override says something about this key.
  func isGiven(_ key: Key) -> Bool { settings.settings[key] != nil }

  /// Notes a fault at a key, with the place where the key was written.
  mutating func report(_ key: Key, _ fault: ScenarioProblem.Fault) {
    let place = settings.settings[key]?.place ?? .file(settings.file)
    problems.append(ScenarioProblem(place: place, keyPath: key.rawValue, fault: fault))
    faulty.insert(key)
  }

  // MARK: Numbers

  /// A whole number that is `possible`.
  ///
  /// There is no integer without an upper bound: one that is far beyond all use would not be refused
  /// but run out of memory, time or the range of an `Int`.
  mutating func integer(
    _ key: Key, default standard: Int, _ possible: ClosedRange<Int>
  ) -> Int {
    guard let setting = settings.settings[key] else { return standard }
    let expected = "a whole number, \(possible.lowerBound) to \(possible.upperBound)"
    guard let text = plainText(setting.node), Self.isDecimal(text) else {
      report(key, .wrongType(found: setting.node.summary, expected: expected))
      return standard
    }
    guard let value = Int(text), possible.contains(value) else {
      report(key, .outOfRange(found: text, expected: expected))
      return standard
    }
    return value
  }

  /// A whole number as `integer` reads it, or the word that stands for `nil`.
  mutating func integer(
    _ key: Key, or word: String, _ possible: ClosedRange<Int>
  ) -> Int? {
    guard let setting = settings.settings[key] else { return nil }
    if plainText(setting.node) == word { return nil }
    guard let text = plainText(setting.node), Self.isDecimal(text) else {
      report(
        key,
        .wrongType(found: setting.node.summary, expected: "\(word) or a whole number"))
      return nil
    }
    return integer(key, default: possible.lowerBound, possible)
  }

  /// A whole number of 64 bits without a sign.
  mutating func seed(_ key: Key, default standard: UInt64) -> UInt64 {
    guard let setting = settings.settings[key] else { return standard }
    let expected = "a whole number, 0 to \(UInt64.max)"
    guard let text = plainText(setting.node), Self.isDecimal(text) else {
      report(key, .wrongType(found: setting.node.summary, expected: expected))
      return standard
    }
    guard let value = UInt64(text) else {
      report(key, .outOfRange(found: text, expected: expected))
      return standard
    }
    return value
  }

  /// A finite number that `isPossible`, described by `expected`.
  mutating func number(
    _ key: Key, default standard: Double, expected: String,
    _ isPossible: (Double) -> Bool
  ) -> Double {
    guard let setting = settings.settings[key] else { return standard }
    guard let text = plainText(setting.node), let value = Self.number(text) else {
      report(key, .wrongType(found: setting.node.summary, expected: expected))
      return standard
    }
    guard isPossible(value) else {
      report(key, .outOfRange(found: text, expected: expected))
      return standard
    }
    return value
  }

  /// A length of time in days, written with one of the units h, d and w.
  mutating func days(_ key: Key, default standard: Double) -> Double {
    guard let setting = settings.settings[key] else { return standard }
    let expected = "a time above 0 with its unit h, d or w, for example 30 d"
    guard let text = plainText(setting.node) else {
      report(key, .wrongType(found: setting.node.summary, expected: expected))
      return standard
    }
    if Self.number(text) != nil {
      report(key, .missingUnit(found: text))
      return standard
    }
    let unit = text.last
    let amount = text.dropLast().drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
    let daysPerUnit: [Character: Double] = ["h": 1 / 24, "d": 1, "w": 7]
    guard let unit, let scale = daysPerUnit[unit], let value = Self.number(String(amount)) else {
      report(key, .wrongType(found: text, expected: expected))
      return standard
    }
    guard value > 0, (value * scale).isFinite, value * scale > 0 else {
      report(key, .outOfRange(found: text, expected: expected))
      return standard
    }
    return value * scale
  }

  /// A length of time in whole seconds, written with one of the units s, min, h and d.
  mutating func seconds(
    _ key: Key, default standard: Int, _ possible: ClosedRange<Int>
  ) -> Int {
    guard let setting = settings.settings[key] else { return standard }
    let expected =
      "a time of \(possible.lowerBound) s to \(possible.upperBound) s with its unit s, min, h or d, "
      + "for example 60 s"
    guard let text = plainText(setting.node) else {
      report(key, .wrongType(found: setting.node.summary, expected: expected))
      return standard
    }
    let digits = text.prefix { ("0"..."9").contains($0) }
    let unit = text.dropFirst(digits.count).drop { $0 == " " }
    let secondsPerUnit: [Substring: Int] = ["s": 1, "min": 60, "h": 3_600, "d": 86_400]
    guard let amount = Int(digits), let scale = secondsPerUnit[unit] else {
      report(key, .wrongType(found: text, expected: expected))
      return standard
    }
    let (value, overflows) = amount.multipliedReportingOverflow(by: scale)
    guard !overflows, possible.contains(value) else {
      report(key, .outOfRange(found: text, expected: expected))
      return standard
    }
    return value
  }

  // MARK: Lists

  /// A list of different numbers, each of which `isPossible`.
  mutating func numbers(
    _ key: Key, default standard: [Double], expected: String,
    _ isPossible: (Double) -> Bool
  ) -> [Double] {
    guard let texts = list(key, expected: expected) else { return standard }
    var values: [Double] = []
    for text in texts {
      guard let value = Self.number(text) else {
        report(key, .wrongType(found: text, expected: expected))
        return standard
      }
      guard isPossible(value), !values.contains(value) else {
        report(key, .outOfRange(found: text, expected: expected))
        return standard
      }
      values.append(value)
    }
    return values
  }

  /// A list of different whole numbers that are `possible`.
  mutating func counts(
    _ key: Key, default standard: [Int], _ possible: ClosedRange<Int>
  ) -> [Int] {
    let expected =
      "a list of different whole numbers, each \(possible.lowerBound) to \(possible.upperBound), "
      + "such as [0, 1, 5]"
    guard let texts = list(key, expected: expected) else { return standard }
    var values: [Int] = []
    for text in texts {
      guard Self.isDecimal(text) else {
        report(key, .wrongType(found: text, expected: expected))
        return standard
      }
      guard let value = Int(text), possible.contains(value), !values.contains(value) else {
        report(key, .outOfRange(found: text, expected: expected))
        return standard
      }
      values.append(value)
    }
    return values
  }

  /// The entries of a list as text, or `nil` where the default applies.
  private mutating func list(_ key: Key, expected: String) -> [String]? {
    guard let setting = settings.settings[key] else { return nil }
    guard case .sequence(let sequence) = setting.node else {
      report(key, .wrongType(found: setting.node.summary, expected: expected))
      return nil
    }
    var texts: [String] = []
    for node in sequence {
      guard let text = plainText(node) else {
        report(key, .wrongType(found: node.summary, expected: expected))
        return nil
      }
      texts.append(text)
    }
    return texts
  }

  // MARK: Words

  /// Text, with or without quotes; `null` counts as not given.
  mutating func text(_ key: Key) -> String? {
    guard let setting = settings.settings[key] else { return nil }
    guard case .scalar(let scalar) = setting.node else {
      report(key, .wrongType(found: setting.node.summary, expected: "text"))
      return nil
    }
    return scalar.isNull ? nil : scalar.string
  }

  /// One of the words that `Choice` knows.
  mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: Key, default standard: Choice
  ) -> Choice {
    guard let setting = settings.settings[key] else { return standard }
    let choices = Choice.allCases.map(\.rawValue)
    guard case .scalar(let scalar) = setting.node, !scalar.isNull else {
      let expected = choices.joined(separator: " or ")
      report(key, .wrongType(found: setting.node.summary, expected: expected))
      return standard
    }
    guard let value = Choice(rawValue: scalar.string) else {
      let suggestion = Spelling.nearest(to: scalar.string, among: choices)
      report(
        key, .unknownChoice(found: scalar.string, suggestion: suggestion, choices: choices))
      return standard
    }
    return value
  }

  /// One of the words `true` and `false`, without quotes.
  mutating func flag(_ key: Key, default standard: Bool) -> Bool {
    guard let setting = settings.settings[key] else { return standard }
    switch plainText(setting.node) {
    case "true": return true
    case "false": return false
    default:
      report(key, .wrongType(found: setting.node.summary, expected: "true or false"))
      return standard
    }
  }

  // MARK: Spelling of numbers

  /// The text of a value that stands there without quotes.
  private func plainText(_ node: Node) -> String? {
    guard case .scalar(let scalar) = node, !scalar.isQuoted, !scalar.isNull else { return nil }
    return scalar.string
  }

  private static func isDecimal(_ text: String) -> Bool {
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    return !digits.isEmpty && digits.allSatisfy { ("0"..."9").contains($0) }
  }

  /// A finite decimal number; `nan`, `inf` and hexadecimal notation are none.
  private static func number(_ text: String) -> Double? {
    guard text.allSatisfy({ ("0"..."9").contains($0) || "+-.eE".contains($0) }) else { return nil }
    guard let value = Double(text), value.isFinite else { return nil }
    return value
  }
}
