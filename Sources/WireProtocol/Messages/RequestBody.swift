package import CryptoPrimitives

/// What a device says in a request.
package enum RequestBody: Sendable, Equatable {
  /// The secret part of a join code, 32 bytes.
  case enroll(token: Bytes32)
  case checkIn
  /// A message of the aggregation protocol other than Input.
  case stepMessage([UInt8])
  case uploadChunk(UploadChunk)
  /// The kind of the aggregation message that the device waits for.
  case poll(awaited: UInt32)

  package var kind: RequestKind {
    switch self {
    case .enroll: .enroll
    case .checkIn: .checkIn
    case .stepMessage: .stepMessage
    case .uploadChunk: .uploadChunk
    case .poll: .poll
    }
  }
}

/// A piece of an Input message.
package struct UploadChunk: Sendable, Equatable {
  /// Bytes of the whole message.
  package let total: Int
  package let offset: Int
  package let piece: [UInt8]

  package init(total: Int, offset: Int, piece: [UInt8]) {
    self.total = total
    self.offset = offset
    self.piece = piece
  }
}
