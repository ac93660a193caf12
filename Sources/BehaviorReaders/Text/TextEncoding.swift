/// How the bytes of a file stand for characters.
package enum TextEncoding: Sendable {
  case utf8
  /// ISO 8859-1, where every byte is the character of that number; MovieLens uses it for titles.
  case latin1

  /// The text, or `nil` when the bytes are not valid in this encoding.
  package func decode(_ bytes: some Collection<UInt8>) -> String? {
    switch self {
    case .utf8:
      return String(validating: bytes, as: UTF8.self)
    case .latin1:
      var scalars = String.UnicodeScalarView()
      for byte in bytes { scalars.append(Unicode.Scalar(byte)) }
      return String(scalars)
    }
  }
}
