/// The one layout of files that are hashed: every key, in the order of its kind, sections indented.
enum CanonicalText {
  static func yaml<Key: SettingKey>(
    _ keys: Key.Type, without left: Set<Key> = [], value: (Key) -> String?
  ) -> String {
    var lines: [String] = []
    var open: [String] = []
    for key in Key.allCases where !left.contains(key) {
      // A key without a value is left out.
      guard let text = value(key) else { continue }
      let sections = Array(key.components.dropLast())
      let shared = zip(open, sections).prefix { $0 == $1 }.count
      for depth in shared..<max(shared, sections.count) {
        lines.append(indentation(depth) + sections[depth] + ":")
      }
      open = sections
      let name = key.components[sections.count]
      lines.append(indentation(sections.count) + name + ": " + text)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func indentation(_ depth: Int) -> String {
    String(repeating: "  ", count: depth)
  }
}
