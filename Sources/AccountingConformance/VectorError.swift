/// Why a folder of vectors cannot be read.
package enum VectorError: Error, Equatable, CustomStringConvertible {
  case missingFolder(path: String)
  case noFiles(path: String)
  case unreadable(file: String, reason: String)
  case notJSON(file: String, reason: String)
  /// The file states another schema, or none.
  case unknownSchema(file: String, found: String)
  case missingField(VectorPlace)
  case unknownField(VectorPlace)
  case wrongType(VectorPlace, found: String, expected: String)
  case outOfRange(VectorPlace, found: String, expected: String)
  /// A mechanism, adjacency or quantity that this program has never heard of.
  case unknownWord(VectorPlace, found: String)
  case duplicatedCase(VectorPlace)

  package var description: String {
    switch self {
    case .missingFolder(let path): "\(path): no such folder; name a folder of vectors"
    case .noFiles(let path): "\(path): there is no .json file in this folder"
    case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
    case .notJSON(let file, let reason): "\(file): this is not JSON: \(reason)"
    case .unknownSchema(let file, let found):
      "\(file): schema is \(found); only \(VectorFile.schema) is known"
    case .missingField(let place): "\(place) is missing"
    case .unknownField(let place): "\(place) is not a known field"
    case .wrongType(let place, let found, let expected):
      "\(place) is \(found); it must be \(expected)"
    case .outOfRange(let place, let found, let expected):
      "\(place) is \(found); it must be \(expected)"
    case .unknownWord(let place, let found): "\(place) is \(found), which is not known here"
    case .duplicatedCase(let place): "\(place) stands for two cases"
    }
  }
}

/// Where something stands in a folder of vectors.
package struct VectorPlace: Sendable, Equatable, CustomStringConvertible {
  package var file: String
  /// The identifier of the case, or its number where it has none.
  package var caseID: String?
  /// The path of the field, such as `params.count`.
  package var field: String

  package init(file: String, caseID: String?, field: String) {
    self.file = file
    self.caseID = caseID
    self.field = field
  }

  package var description: String {
    caseID.map { "\(file): case \($0): \(field)" } ?? "\(file): \(field)"
  }

  func appending(_ name: String) -> VectorPlace {
    VectorPlace(file: file, caseID: caseID, field: field.isEmpty ? name : "\(field).\(name)")
  }
}
