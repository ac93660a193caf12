/// A message that was refused, or a round that ended, with its code and the field that shows it.
///
/// Two errors are equal if their codes are: tests and peers compare codes, people read places.
package struct ProtocolError: Error, Sendable, Equatable, CustomStringConvertible {
  package let code: AbortCode
  /// Message and field, such as "Directory.leaves".
  package let place: StaticString

  package init(_ code: AbortCode, _ place: StaticString) {
    self.code = code
    self.place = place
  }

  package static func == (left: ProtocolError, right: ProtocolError) -> Bool {
    left.code == right.code
  }

  package var description: String { "\(place): \(code.rawValue) \(code): \(code.explanation)" }
}
