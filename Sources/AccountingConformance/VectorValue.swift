/// A value of a JSON document, before anything is expected of it.
package indirect enum VectorValue: Decodable, Sendable, Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case list([VectorValue])
  case fields([String: VectorValue])

  package init(from decoder: any Decoder) throws {
    // Containers are asked for first: the wrong kind is refused without reading its contents.
    if let object = Self.attempt({ try decoder.container(keyedBy: Name.self) }) {
      var fields: [String: VectorValue] = [:]
      for name in object.allKeys {
        fields[name.stringValue] = try object.decode(VectorValue.self, forKey: name)
      }
      self = .fields(fields)
      return
    }
    if var array = Self.attempt({ try decoder.unkeyedContainer() }) {
      var list: [VectorValue] = []
      while !array.isAtEnd { list.append(try array.decode(VectorValue.self)) }
      self = .list(list)
      return
    }
    let scalar = try decoder.singleValueContainer()
    if scalar.decodeNil() {
      self = .null
    } else if let flag = Self.attempt({ try scalar.decode(Bool.self) }) {
      self = .bool(flag)
    } else if let number = Self.attempt({ try scalar.decode(Double.self) }) {
      self = .number(number)
    } else {
      self = .text(try scalar.decode(String.self))
    }
  }

  /// What `decode` returns, or nil where the value is of another kind.
  private static func attempt<Result>(_ decode: () throws -> Result) -> Result? {
    do {
      return try decode()
    } catch {
      // The next kind is tried; the last one's error is thrown.
      return nil
    }
  }

  /// Any name of a field.
  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// The value as a message shows it.
  var summary: String {
    switch self {
    case .null: "null"
    case .bool(let flag): "\(flag)"
    case .number(let number): "\(number)"
    case .text(let text): "\"\(text)\""
    case .list: "a list"
    case .fields: "an object"
    }
  }
}
