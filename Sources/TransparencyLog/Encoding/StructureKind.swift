internal import CryptoPrimitives

/// What an encoding other than an entry's is of: its second byte.
///
/// Entries have the numbers below 32, so no structure can be taken for another.
enum StructureKind: UInt8 {
  case signedHead = 32
  case cosignedHead = 33
  case inclusionProof = 34
  case consistencyProof = 35
  case headEvidence = 36
  case entryEvidence = 37
  case auditBundle = 38

  /// The first byte of every encoding.
  static let version: UInt8 = 1

  /// The two bytes with which an encoding of this kind begins.
  var header: [UInt8] { header(version: Self.version) }

  func header(version: UInt8) -> [UInt8] { [version, rawValue] }
}

extension FieldReader {
  /// Reads the version and returns the kind's number, whatever it is.
  mutating func kindNumber(_ place: StaticString) throws(LogRefusal) -> UInt8 {
    guard try u8(place) == StructureKind.version else { throw refusal(.version, place) }
    return try u8(place)
  }

  mutating func header(_ kind: StructureKind, _ place: StaticString) throws(LogRefusal) {
    guard try kindNumber(place) == kind.rawValue else { throw refusal(.kind, place) }
  }

  /// Reads the header of a kind that has several versions, and returns which it is.
  mutating func version(
    _ known: ClosedRange<UInt8>, of kind: StructureKind, _ place: StaticString
  ) throws(LogRefusal) -> UInt8 {
    let version = try u8(place)
    guard known.contains(version) else { throw refusal(.version, place) }
    guard try u8(place) == kind.rawValue else { throw refusal(.kind, place) }
    return version
  }
}
