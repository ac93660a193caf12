/// Why bytes from outside are no message of this protocol.
///
/// Cases carry field names and sizes, never the bytes: they may be secret.
package enum WireError: Error, Sendable, Equatable {
  /// The body is longer than any message of its kind.
  case tooLarge(bytes: Int, limit: Int)
  /// Not the encoding of this message.
  case malformed(message: String)
  /// The peer speaks another version.
  case version(found: UInt32, oldest: UInt32, newest: UInt32)
  case length(field: String, found: Int, allowed: ClosedRange<Int>)
  case range(field: String)
  case unknownKind(UInt32)
  /// A message without its content.
  case missing(field: String)
  case badSignature
  /// The body was not sealed to this coordinator's key, or not for this request.
  case notSealedHere
  /// The answer belongs to another request.
  case otherRequest
}

extension WireError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tooLarge(let bytes, let limit): "\(bytes) bytes are too many; at most \(limit) are taken"
    case .malformed(let message): "this is no \(message)"
    case .version(let found, let oldest, let newest):
      "version \(found) is not spoken here; use \(oldest) to \(newest)"
    case .length(let field, let found, let allowed):
      "\(field) has \(found) bytes; allowed are \(allowed.lowerBound) to \(allowed.upperBound)"
    case .range(let field): "\(field) is out of its range"
    case .unknownKind(let kind): "there is no request of kind \(kind)"
    case .missing(let field): "\(field) is missing"
    case .badSignature: "the signature does not verify"
    case .notSealedHere: "the body was not sealed to this coordinator's key for this request"
    case .otherRequest: "the answer belongs to another request"
    }
  }
}
