/// The fields of one object, read strictly: what is missing, of the wrong type or left over throws.
struct VectorFields {
  let place: VectorPlace
  private let fields: [String: VectorValue]
  private var unread: Set<String>

  init(_ value: VectorValue, at place: VectorPlace) throws(VectorError) {
    guard case .fields(let fields) = value else {
      throw .wrongType(place, found: value.summary, expected: "an object")
    }
    self.fields = fields
    self.place = place
    unread = Set(fields.keys)
  }

  var names: [String] { fields.keys.sorted() }

  /// A field that may be missing; null counts as missing.
  mutating func optional(_ name: String) -> VectorValue? {
    unread.remove(name)
    return fields[name].flatMap { $0 == .null ? nil : $0 }
  }

  mutating func required(_ name: String) throws(VectorError) -> VectorValue {
    guard let value = optional(name) else { throw .missingField(place.appending(name)) }
    return value
  }

  /// Fields that say something to people only.
  mutating func skip(_ names: String...) { unread.subtract(names) }

  /// Throws for the first field that nobody asked for.
  func finish() throws(VectorError) {
    if let name = unread.min() { throw .unknownField(place.appending(name)) }
  }

  // MARK: Types

  mutating func text(_ name: String) throws(VectorError) -> String {
    let value = try required(name)
    guard case .text(let text) = value else {
      throw .wrongType(place.appending(name), found: value.summary, expected: "text")
    }
    return text
  }

  mutating func number(_ name: String) throws(VectorError) -> Double {
    try Self.number(try required(name), at: place.appending(name))
  }

  mutating func optionalNumber(_ name: String) throws(VectorError) -> Double? {
    guard let value = optional(name) else { return nil }
    return try Self.number(value, at: place.appending(name))
  }

  /// A number that is finite, as every parameter of a mechanism is.
  mutating func finite(_ name: String) throws(VectorError) -> Double {
    let number = try number(name)
    guard number.isFinite else {
      throw .outOfRange(place.appending(name), found: "\(number)", expected: "finite")
    }
    return number
  }

  mutating func whole(_ name: String, atLeast least: Int = 0) throws(VectorError) -> Int {
    try Self.whole(try required(name), at: place.appending(name), atLeast: least)
  }

  mutating func numbers(_ name: String) throws(VectorError) -> [Double] {
    try Self.numbers(try required(name), at: place.appending(name))
  }

  mutating func list(_ name: String) throws(VectorError) -> [VectorValue] {
    let value = try required(name)
    guard case .list(let list) = value else {
      throw .wrongType(place.appending(name), found: value.summary, expected: "a list")
    }
    return list
  }

  // MARK: Values

  /// A number; "inf" and "-inf" are written as text.
  static func number(_ value: VectorValue, at place: VectorPlace) throws(VectorError) -> Double {
    switch value {
    case .number(let number): return number
    case .text("inf"): return .infinity
    case .text("-inf"): return -.infinity
    default: throw .wrongType(place, found: value.summary, expected: "a number")
    }
  }

  static func whole(
    _ value: VectorValue, at place: VectorPlace, atLeast least: Int
  ) throws(VectorError) -> Int {
    let number = try number(value, at: place)
    guard number == number.rounded(), abs(number) <= 0x1p53 else {
      throw .wrongType(place, found: value.summary, expected: "a whole number")
    }
    guard Int(number) >= least else {
      throw .outOfRange(place, found: value.summary, expected: "\(least) or more")
    }
    return Int(number)
  }

  static func numbers(
    _ value: VectorValue, at place: VectorPlace
  ) throws(VectorError) -> [Double] {
    guard case .list(let list) = value else {
      throw .wrongType(place, found: value.summary, expected: "a list of numbers")
    }
    return try list.map { element throws(VectorError) in try number(element, at: place) }
  }
}
