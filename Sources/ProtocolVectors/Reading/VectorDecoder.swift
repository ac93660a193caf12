internal import Foundation

/// Decodes one file, and says of a fault in which vector and field it is.
struct VectorDecoder {
  let file: String
  /// The only one that is read.
  var schema = ProtocolVectors.schema
  /// Two fields of masks.json differ in the case of a letter only, so its names are taken as they are.
  var keys = JSONDecoder.KeyDecodingStrategy.convertFromSnakeCase

  private struct Header: Decodable {
    let schema: String?
  }

  func decode<Content: Decodable>(
    _ type: Content.Type, from bytes: Data
  ) throws(ProtocolVectorError) -> Content {
    let header = try parse(Header.self, from: bytes)
    guard header.schema == schema else {
      throw .unknownSchema(file: file, found: header.schema ?? "missing", known: schema)
    }
    return try parse(type, from: bytes)
  }

  private func parse<Content: Decodable>(
    _ type: Content.Type, from bytes: Data
  ) throws(ProtocolVectorError) -> Content {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = keys
    do {
      return try decoder.decode(type, from: bytes)
    } catch {
      // Whether the changed file can be decoded is all that is asked; the fault reported is the first one.
      throw misfit(error, in: bytes) { (try? decoder.decode(type, from: $0)) == nil }
        ?? vectorError(error, in: bytes)
    }
  }

  /// The error for a number that does not fit, if that is what is wrong with valid JSON.
  private func misfit(
    _ error: any Error, in bytes: Data, isMisfit: (Data) -> Bool
  ) -> ProtocolVectorError? {
    guard case DecodingError.dataCorrupted(let context) = error, context.codingPath.isEmpty,
      let number = MisfitNumber(in: bytes, isMisfit: isMisfit)
    else { return nil }
    return .outOfRange(
      place(number.path, in: bytes), found: number.value,
      expected: "a number of the field's type")
  }

  private func vectorError(_ error: any Error, in bytes: Data) -> ProtocolVectorError {
    if let fault = error as? FieldFault {
      return .outOfRange(
        place(fault.path, in: bytes), found: fault.found, expected: fault.expected)
    }
    guard let error = error as? DecodingError else {
      return .notJSON(file: file, reason: "\(error)")
    }
    switch error {
    case .keyNotFound(let key, let context):
      return .missingField(place(context.codingPath + [key], in: bytes))
    case .valueNotFound(_, let context):
      return .missingField(place(context.codingPath, in: bytes))
    case .typeMismatch(_, let context):
      return .wrongType(
        place(context.codingPath, in: bytes), expected: context.debugDescription)
    case .dataCorrupted(let context):
      // Numbers that do not fit have a path; what is no JSON has none.
      guard !context.codingPath.isEmpty else {
        let cause = context.underlyingError.map { "\($0)" } ?? context.debugDescription
        return .notJSON(file: file, reason: cause)
      }
      return .wrongType(
        place(context.codingPath, in: bytes), expected: context.debugDescription)
    @unknown default:
      return .notJSON(file: file, reason: "\(error)")
    }
  }

  /// A path in the file's own spelling, and the name of the innermost vector on it.
  private func place(_ path: [any CodingKey], in bytes: Data) -> ProtocolVectorPlace {
    // Only to name a fault: the file has been parsed before, or there would be no path.
    var value = try? JSONSerialization.jsonObject(with: bytes)
    var vector: String?
    var field = ""
    for key in path {
      if let index = key.intValue {
        field += "[\(index)]"
        let list = value as? [Any] ?? []
        value = list.indices.contains(index) ? list[index] : nil
      } else {
        let fields = value as? [String: Any] ?? [:]
        let name = fields.keys.first { Self.isSame($0, key.stringValue) }
        field += (field.isEmpty ? "" : ".") + (name ?? snakeCase(key.stringValue))
        value = name.flatMap { fields[$0] }
      }
      if let name = (value as? [String: Any])?["name"] as? String { vector = name }
    }
    return ProtocolVectorPlace(file: file, vector: vector, field: field)
  }

  private static func isSame(_ name: String, _ key: String) -> Bool {
    name == key || name.filter { $0 != "_" }.lowercased() == key.lowercased()
  }

  private func snakeCase(_ key: String) -> String {
    guard case .convertFromSnakeCase = keys else { return key }
    return key.reduce(into: "") { text, character in
      if character.isUppercase { text += "_" }
      text += character.lowercased()
    }
  }
}
