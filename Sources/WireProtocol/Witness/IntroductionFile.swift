internal import CryptoPrimitives
internal import Foundation

/// Fields as JSON for people to pass on.
func introductionText(_ fields: some Encodable) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  do { return String(decoding: try encoder.encode(fields), as: UTF8.self) } catch {
    // Cannot fail: every field is text.
    preconditionFailure("a description cannot be encoded: \(error)")
  }
}

/// The fields of a JSON file, after its size was checked.
func introductionFields<Fields: Decodable>(
  _ type: Fields.Type, of text: [UInt8], kind: String
) throws(WireError) -> Fields {
  guard text.count <= WireLimits.introductionByteCount else {
    throw .tooLarge(bytes: text.count, limit: WireLimits.introductionByteCount)
  }
  do { return try JSONDecoder().decode(type, from: Data(text)) } catch {
    throw .malformed(message: kind)
  }
}

/// 32 bytes in 64 hexadecimal digits.
func introducedValue(_ text: String, _ field: String) throws(WireError) -> Bytes32 {
  guard let value = Bytes32(hexadecimal: text) else { throw .range(field: field) }
  return value
}

func introducedKey(_ text: String, _ field: String) throws(WireError) -> VerificationKey {
  VerificationKey(encoding: try introducedValue(text, field))
}

func introducedSignature(_ text: String) throws(WireError) -> Signature {
  guard text.utf8.count == 2 * Signature.byteCount,
    let first = Bytes32(hexadecimal: String(text.prefix(64))),
    let second = Bytes32(hexadecimal: String(text.suffix(64))),
    let signature = Signature(first.bytes + second.bytes)
  else { throw .range(field: "signature") }
  return signature
}
