internal import Foundation

/// Strings that are in events, to be looked for wherever events must not be.
package struct PlantedStrings: Sendable {
  private let forms: [(string: String, bytes: Data)]

  package init(_ strings: [String]) {
    forms = strings.flatMap { string in
      Self.forms(of: string).map { (string, Data($0.utf8)) }
    }
  }

  /// How a string is written where nobody meant to hide it: as it is, in hexadecimal digits, and in base64, where it
  /// may begin at any of the three bytes of a group.
  package static func forms(of string: String) -> [String] {
    let digits = string.utf8.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
      .joined()
    return [string, digits, digits.uppercased()] + (0..<3).map { base64(of: string, after: $0) }
  }

  /// The characters of base64 that are the same whatever stands before and after the string.
  ///
  /// - Parameter before: bytes of its first group that are not the string's.
  private static func base64(of string: String, after before: Int) -> String {
    let bytes = [UInt8](repeating: 0, count: before) + string.utf8
    let text = Data(bytes).base64EncodedString()
    // 6 bits a character: those that have a bit of something else are left out.
    let (first, end) = ((before * 8 + 5) / 6, bytes.count * 8 / 6)
    return String(text.dropFirst(first).prefix(end - first))
  }

  /// Those that bytes hold in any form.
  package func found(in bytes: some Sequence<UInt8>) -> Set<String> {
    let data = Data(bytes)
    return Set(forms.filter { data.range(of: $0.bytes) != nil }.map(\.string))
  }

  /// The files in a folder, and in those inside of it, that hold any of them.
  package func files(in folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).filter { name in
      // A folder has no contents.
      guard let bytes = FileManager.default.contents(atPath: folder + "/" + name) else {
        return false
      }
      return !found(in: bytes).isEmpty
    }
  }
}
