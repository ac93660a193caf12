package import CryptoPrimitives
internal import Foundation

/// What a device needs to join a coordinator, as one word for people to pass on.
///
/// Its token is a secret that enrolls one device; the rest says whom the device trusts.
package struct JoinCode: Sendable, Equatable {
  /// Without a path, such as https://silhouette.example:8443.
  package let url: String
  /// Of the server's certificate; nil if a public authority vouches for it.
  package let certificatePin: Bytes32?
  package let coordinator: VerificationKey
  package let authority: VerificationKey
  /// The key of the coordinator's log, which it keeps for life.
  package let log: VerificationKey
  package let token: Bytes32

  /// 1 named no log.
  private static let version: UInt8 = 2
  private static let urlByteCount = 9...200
  private static let checkByteCount = 4
  /// What is said of a text that is no code.
  private static let form = "join code; copy all of what `coordinator enroll issue` printed"
  /// Codes are longer than any of our own limits only by mistake.
  private static let textByteCount = 1_000

  package init(
    url: String, certificatePin: Bytes32?, coordinator: VerificationKey,
    authority: VerificationKey, log: VerificationKey, token: Bytes32
  ) {
    self.url = url
    self.certificatePin = certificatePin
    self.coordinator = coordinator
    self.authority = authority
    self.log = log
    self.token = token
  }

  /// The code as URL-safe base64, with a check against typing errors.
  package var text: String {
    var bytes: [UInt8] = [Self.version, UInt8(url.utf8.count)]
    bytes += url.utf8
    bytes += (certificatePin ?? Bytes32()).bytes + coordinator.encoding.bytes
    bytes += authority.encoding.bytes + log.encoding.bytes + token.bytes
    bytes += Blake2b.digest(bytes).bytes.prefix(Self.checkByteCount)
    return Data(bytes).base64EncodedString()
      .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
      .replacingOccurrences(of: "=", with: "")
  }

  /// The code that `text` writes; spaces and line ends around it do not matter.
  package init(text: String) throws(WireError) {
    let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard text.utf8.count <= Self.textByteCount else {
      throw .tooLarge(bytes: text.utf8.count, limit: Self.textByteCount)
    }
    let standard = text.replacingOccurrences(of: "-", with: "+")
      .replacingOccurrences(of: "_", with: "/")
    let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
    guard let data = Data(base64Encoded: standard + padding) else {
      throw .malformed(message: Self.form)
    }
    let bytes = [UInt8](data)
    let body = Array(bytes.dropLast(Self.checkByteCount))
    guard bytes.count > Self.checkByteCount,
      Blake2b.digest(body).bytes.starts(with: bytes.suffix(Self.checkByteCount))
    else { throw .malformed(message: Self.form) }
    guard body[0] == Self.version else {
      throw .version(
        found: UInt32(body[0]), oldest: UInt32(Self.version), newest: UInt32(Self.version))
    }
    let length = body.count > 1 ? Int(body[1]) : 0
    guard Self.urlByteCount.contains(length), body.count == 2 + length + 5 * Bytes32.count else {
      throw .length(field: "join code", found: length, allowed: Self.urlByteCount)
    }
    url = String(decoding: body[2..<2 + length], as: UTF8.self)
    guard url.hasPrefix("https://") else { throw .range(field: "join code, URL") }
    let keys = (0..<5).compactMap { index in
      let start = 2 + length + index * Bytes32.count
      return Bytes32(Array(body[start..<start + Bytes32.count]))
    }
    guard keys.count == 5 else { throw .malformed(message: Self.form) }
    certificatePin = keys[0] == Bytes32() ? nil : keys[0]
    coordinator = VerificationKey(encoding: keys[1])
    authority = VerificationKey(encoding: keys[2])
    log = VerificationKey(encoding: keys[3])
    token = keys[4]
  }
}
