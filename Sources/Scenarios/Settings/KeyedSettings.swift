internal import Yams

/// What a file and its overrides say, by key, before anything is read as a value.
struct KeyedSettings<Key: SettingKey> {
  /// A value as written, and where.
  struct Setting {
    let node: Node
    let place: ScenarioProblem.Place
  }

  let file: String
  private(set) var settings: [Key: Setting] = [:]
  private(set) var problems: [ScenarioProblem] = []

  /// Collects the settings of a file, then those of the overrides, of which the last one wins.
  init(yaml: String, file: String, overrides: [String]) throws(ScenarioError) {
    self.file = file
    if let root = try Self.composed(yaml, file: file) {
      collect(root, section: "")
    }
    for override in overrides { apply(override) }
  }

  private mutating func collect(_ node: Node, section: String) {
    guard case .mapping(let mapping) = node else {
      // A section whose settings are all commented out reads as nothing and means the defaults.
      if case .scalar(let scalar) = node, scalar.isNull { return }
      report(
        place(of: node), section.isEmpty ? Key.fileKind : section,
        .wrongType(found: node.summary, expected: "a section of key: value lines"))
      return
    }
    for (keyNode, value) in mapping {
      guard case .scalar(let scalar) = keyNode else {
        report(
          place(of: keyNode), section.isEmpty ? Key.fileKind : section,
          .wrongType(found: keyNode.summary, expected: "a name before the colon"))
        continue
      }
      let path = section.isEmpty ? scalar.string : "\(section).\(scalar.string)"
      // A dot would let one key stand twice: as a path, and in its section.
      let isName = !scalar.string.contains(".")
      if isName, let key = Key(rawValue: path) {
        settings[key] = Setting(node: value, place: place(of: value, or: keyNode))
      } else if isName, Key.sections.contains(path) {
        collect(value, section: path)
      } else {
        reportUnknown(scalar.string, path: path, in: section, at: place(of: keyNode))
      }
    }
  }

  private mutating func apply(_ override: String) {
    let place = ScenarioProblem.Place.override(override)
    guard let equals = override.firstIndex(of: "="), equals > override.startIndex else {
      report(place, override, .overrideWithoutValue)
      return
    }
    let path = String(override[..<equals])
    let text = String(override[override.index(after: equals)...])
    guard let key = Key(rawValue: path) else {
      let known = Key.allCases.map(\.rawValue)
      let inSection = known.filter { $0.hasPrefix(path + ".") }
      report(
        place, path,
        .unknownKey(
          suggestion: Spelling.nearest(to: path, among: known),
          known: inSection.isEmpty ? known : inSection))
      return
    }
    do throws(ScenarioError) {
      let node = try Self.composed(text, file: override) ?? Node("")
      settings[key] = Setting(node: node, place: place)
    } catch {
      report(place, path, .wrongType(found: text, expected: "a number, a word or a list [1, 2]"))
    }
  }

  private mutating func reportUnknown(
    _ name: String, path: String, in section: String, at place: ScenarioProblem.Place
  ) {
    let known = Key.names(in: section)
    // A known name under the wrong section is the other usual slip.
    let elsewhere = Key.allCases.first { $0.components.last == name }?.rawValue
    report(
      place, path,
      .unknownKey(
        suggestion: Spelling.nearest(to: name, among: known) ?? elsewhere, known: known))
  }

  private mutating func report(
    _ place: ScenarioProblem.Place, _ keyPath: String, _ fault: ScenarioProblem.Fault
  ) {
    problems.append(ScenarioProblem(place: place, keyPath: keyPath, fault: fault))
  }

  private func place(of node: Node, or fallback: Node? = nil) -> ScenarioProblem.Place {
    guard let mark = node.mark ?? fallback?.mark else { return .file(file) }
    return .line(file: file, line: mark.line, column: mark.column)
  }

  /// The document as nodes that know their place; `nil` for an empty one.
  private static func composed(_ yaml: String, file: String) throws(ScenarioError) -> Node? {
    do {
      return try compose(yaml: yaml)
    } catch let error as YamlError {
      throw notYAML(error, file: file)
    } catch {
      throw .notYAML(file: file, line: nil, column: nil, reason: "\(error)")
    }
  }

  private static func notYAML(_ error: YamlError, file: String) -> ScenarioError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return .notYAML(file: file, line: mark.line, column: mark.column, reason: problem)
    case .duplicatedKeysInMapping(let duplicates, let context):
      return .repeatedKeys(
        file: file, line: context.mark.line, column: context.mark.column,
        keys: duplicates.sorted())
    default:
      return .notYAML(file: file, line: nil, column: nil, reason: "\(error)")
    }
  }
}

extension Node.Scalar {
  /// Enough to recognize the value by.
  ///
  /// A file that is no settings at all reads as one long value, and may hold what nobody should see.
  fileprivate var beginning: String {
    let line = string.prefix { !$0.isNewline }
    let most = 40
    return line.count < string.count || line.count > most ? line.prefix(most) + "..." : string
  }

  /// Whether this is YAML's way to write nothing.
  var isNull: Bool { !isQuoted && ["", "~", "null"].contains(string) }

  /// Whether it was put in quotes, which makes it text whatever it looks like.
  var isQuoted: Bool { style == .singleQuoted || style == .doubleQuoted }
}

extension Node {
  /// The value as an error message shows it.
  var summary: String {
    switch self {
    case .scalar(let scalar):
      scalar.isNull
        ? ScenarioProblem.nothing
        : scalar.isQuoted ? "\"\(scalar.beginning)\"" : scalar.beginning
    case .mapping: "a section"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }
}
