/// Why vectors cannot be understood; that they disagree is no error but a `VectorFailure`.
package enum ProtocolVectorError: Error, Equatable, CustomStringConvertible {
  case missingFolder(path: String)
  /// Not one of the files is there.
  case noFiles(path: String, expected: [String])
  case unreadable(file: String, reason: String)
  /// A file that no version of the vectors has: most likely a misspelled name.
  case unknownFile(file: String, expected: [String])
  case notJSON(file: String, reason: String)
  /// The file states another schema, or none.
  case unknownSchema(file: String, found: String, known: String)
  case missingField(ProtocolVectorPlace)
  case wrongType(ProtocolVectorPlace, expected: String)
  case outOfRange(ProtocolVectorPlace, found: String, expected: String)
  /// Bytes or keys that a vector starts from and that cannot be taken in.
  case unusable(ProtocolVectorPlace, reason: String)
  /// Vectors that go on from a round whose file is not there.
  case missingRound(ProtocolVectorPlace, file: String)
  case duplicatedName(ProtocolVectorPlace)

  package var description: String {
    switch self {
    case .missingFolder(let path): "\(path): no such folder; name a folder of vectors"
    case .noFiles(let path, let expected):
      "\(path): none of the files of vectors is in this folder; expected are "
        + expected.joined(separator: ", ")
    case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
    case .unknownFile(let file, let expected):
      "\(file): no vectors have this name; rename or remove it, known are "
        + expected.joined(separator: ", ")
    case .notJSON(let file, let reason): "\(file): this is not JSON: \(reason)"
    case .unknownSchema(let file, let found, let known):
      "\(file): schema is \(found); only \(known) is known"
    case .missingField(let place): "\(place) is missing"
    case .wrongType(let place, let expected): "\(place) has the wrong type: \(expected)"
    case .outOfRange(let place, let found, let expected):
      "\(place) is \(found); it must be \(expected)"
    case .unusable(let place, let reason): "\(place) cannot be used: \(reason)"
    case .missingRound(let place, let file):
      "\(place) needs \(file), which is not there; add it to the folder"
    case .duplicatedName(let place): "\(place) stands for two vectors of the file"
    }
  }
}

/// Where something stands in a folder of vectors.
package struct ProtocolVectorPlace: Sendable, Equatable, CustomStringConvertible {
  package var file: String
  /// The name of the vector; nil outside of vectors and in those without a name.
  package var vector: String?
  /// The path of the field, such as `cases[3].message`.
  package var field: String

  package init(file: String, vector: String? = nil, field: String) {
    self.file = file
    self.vector = vector
    self.field = field
  }

  package var description: String {
    [file, vector, field].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ": ")
  }
}
