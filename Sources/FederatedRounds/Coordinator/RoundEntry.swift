package import CryptoPrimitives
internal import SecureAggregation

/// Something that happened in a round and has to be durable before anybody hears of it.
///
/// The entries of a round, in order, make the round again.
package enum RoundEntry: Sendable, Equatable {
  /// A message that was accepted.
  case message([UInt8], from: VerificationKey, at: UInt64)
  /// A masked contribution that is in the partial sum which is stored together with this entry.
  case input(digest: Bytes32, from: VerificationKey)
  /// A step was closed; who had answered until then goes on.
  case closed(at: UInt64)
  /// The sum of the contributions of these devices, and no other, may be opened from here on: the debit.
  ///
  /// In ascending order of their cohort indices.
  case opening(contributors: [VerificationKey])

  /// The number of the entry's kind in a store.
  package var kind: Int {
    switch self {
    case .message: 1
    case .input: 2
    case .closed: 3
    case .opening: 4
    }
  }

  /// Who sent it; nil for the coordinator's own decisions.
  package var device: VerificationKey? {
    switch self {
    case .message(_, let device, _), .input(_, let device): device
    case .closed, .opening: nil
    }
  }

  /// The kind of the device's message: a device has one entry of each.
  ///
  /// 0 for the coordinator's own.
  package var step: Int {
    switch self {
    case .message(let bytes, _, _):
      MessageLayout.kind(of: bytes).map { Int($0.rawValue) } ?? 0
    case .input: Int(MessageKind.input.rawValue)
    case .closed, .opening: 0
    }
  }

  /// The rest as bytes; the same entry always gives the same.
  ///
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    switch self {
    case .message(let message, _, let time):
      bytes = message
      bytes.append(littleEndian: time)
    case .input(let digest, _): digest.append(to: &bytes)
    case .closed(let time): bytes.append(littleEndian: time)
    case .opening(let contributors):
      for device in contributors { device.encoding.append(to: &bytes) }
    }
    return bytes
  }

  /// The entry that a store gives back, or nil if it is none.
  package init?(kind: Int, device: Bytes32?, bytes: [UInt8]) {
    let device = device.map(VerificationKey.init(encoding:))
    switch (kind, device) {
    case (1, let device?):
      guard bytes.count > 8 else { return nil }
      self = .message(Array(bytes.dropLast(8)), from: device, at: Self.word(bytes.suffix(8)))
    case (2, let device?):
      guard let digest = Bytes32(bytes) else { return nil }
      self = .input(digest: digest, from: device)
    case (3, nil):
      guard bytes.count == 8 else { return nil }
      self = .closed(at: Self.word(bytes[...]))
    case (4, nil):
      guard bytes.count.isMultiple(of: Bytes32.count) else { return nil }
      self = .opening(
        contributors: stride(from: 0, to: bytes.count, by: Bytes32.count).compactMap {
          Bytes32(Array(bytes[$0..<$0 + Bytes32.count])).map(VerificationKey.init(encoding:))
        })
    default: return nil
    }
  }

  private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
