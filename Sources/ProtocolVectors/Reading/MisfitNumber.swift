internal import Foundation

/// Finds a number that does not fit its field: Foundation says of it only that the JSON is not valid.
struct MisfitNumber {
  private enum Step: CodingKey {
    case key(String)
    case index(Int)

    init?(stringValue: String) { self = .key(stringValue) }
    init?(intValue: Int) { self = .index(intValue) }

    var stringValue: String {
      switch self {
      case .key(let key): key
      case .index(let index): "\(index)"
      }
    }

    var intValue: Int? {
      if case .index(let index) = self { return index }
      return nil
    }
  }

  /// Where the number stands.
  let path: [any CodingKey]
  let value: String

  /// The number without which `isMisfit` no longer holds, the largest first; nil if there is none.
  ///
  /// - Parameter isMisfit: Whether a document cannot be decoded for a number in it.
  init?(in bytes: Data, isMisfit: (Data) -> Bool) {
    // What is no JSON at all has no number to find; the caller then reports the fault that it has.
    guard var document = try? JSONSerialization.jsonObject(with: bytes) else { return nil }
    var numbers: [(path: [Step], value: NSNumber)] = []
    Self.collect(document, at: [], into: &numbers)
    numbers.sort { abs($0.value.doubleValue) > abs($1.value.doubleValue) }
    // More than a few are not looked at: each takes a pass over the file.
    for number in numbers.prefix(32) {
      document = Self.zeroing(document, number.path[...])
      // Cannot fail: a number of a document that was read is replaced by zero.
      guard let changed = try? JSONSerialization.data(withJSONObject: document) else { return nil }
      guard isMisfit(changed) else {
        path = number.path
        value = "\(number.value)"
        return
      }
    }
    return nil
  }

  private static func collect(
    _ value: Any, at path: [Step], into numbers: inout [(path: [Step], value: NSNumber)]
  ) {
    switch value {
    case let fields as [String: Any]:
      for (key, value) in fields { collect(value, at: path + [.key(key)], into: &numbers) }
    case let list as [Any]:
      for (index, value) in list.enumerated() {
        collect(value, at: path + [.index(index)], into: &numbers)
      }
    case let number as NSNumber: numbers.append((path, number))
    default: break
    }
  }

  private static func zeroing(_ value: Any, _ path: ArraySlice<Step>) -> Any {
    switch path.first {
    case .key(let key)?:
      var fields = value as? [String: Any] ?? [:]
      fields[key] = fields[key].map { zeroing($0, path.dropFirst()) }
      return fields
    case .index(let index)?:
      var list = value as? [Any] ?? []
      list[index] = zeroing(list[index], path.dropFirst())
      return list
    case nil: return 0
    }
  }
}
