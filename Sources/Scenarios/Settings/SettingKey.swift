/// Every setting that a kind of file may hold.
///
/// The raw value is the path of the setting: its sections, then its name, with dots between. The order
/// of the cases is the order in which an effective file lists them.
package protocol SettingKey: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
  /// What the file is, as errors call it.
  static var fileKind: String { get }
}

extension ScenarioKey {
  package static let fileKind = "scenario"
}

extension SettingKey {
  /// The parts of the path.
  var components: [String] { rawValue.split(separator: ".").map(String.init) }

  /// Paths of all sections: everything that other keys stand under.
  static var sections: Set<String> {
    var sections: Set<String> = []
    for key in allCases {
      let components = key.components
      for length in 1..<components.count {
        sections.insert(components.prefix(length).joined(separator: "."))
      }
    }
    return sections
  }

  /// Names that may stand directly in a section; `""` is the top of the file.
  static func names(in section: String) -> [String] {
    let depth = section.isEmpty ? 0 : section.split(separator: ".").count
    var names: [String] = []
    for key in allCases {
      let components = key.components
      guard components.count > depth,
        components.prefix(depth).joined(separator: ".") == section,
        !names.contains(components[depth])
      else { continue }
      names.append(components[depth])
    }
    return names
  }
}
