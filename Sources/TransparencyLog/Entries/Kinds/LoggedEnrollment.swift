package import CryptoPrimitives

/// An enrollment authority has issued a certificate.
///
/// The entry has the certificate's hash only: who holds the certificate finds it, and nobody learns an
/// identity from the log.
package struct LoggedEnrollment: Sendable, Equatable {
  package let authority: VerificationKey
  /// The hash of all bytes of the certificate.
  package let certificateHash: Bytes32

  package init(authority: VerificationKey, certificateHash: Bytes32) {
    self.authority = authority
    self.certificateHash = certificateHash
  }
}

extension LoggedEnrollment: EntryFields {
  static let kind = EntryKind.enrollment
  var place: (subject: Bytes32, number: UInt64) { (certificateHash, 0) }

  func append(to bytes: inout [UInt8]) {
    authority.encoding.append(to: &bytes)
    certificateHash.append(to: &bytes)
  }

  init(from reader: inout FieldReader) throws(LogRefusal) {
    authority = try reader.key("enrollment.authority")
    certificateHash = try reader.bytes32("enrollment.certificateHash")
  }
}
