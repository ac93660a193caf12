internal import CryptoPrimitives
internal import Storage
internal import WireProtocol

/// Uploads that are not complete yet, in memory and bounded.
///
/// Nothing of them is promised to a device: after a restart it starts again from the first byte.
struct UploadSpool: Sendable {
  private struct Name: Hashable {
    let round: RoundKey
    let device: VerificationKey
  }

  private let mostBytes: Int
  private var uploads: [Name: [UInt8]] = [:]
  private var byteCount = 0

  init(mostBytes: Int) { self.mostBytes = mostBytes }

  enum Outcome {
    /// So many bytes are there without a gap.
    case progress(Int)
    case complete([UInt8])
    /// The piece does not follow what is there.
    case gap(received: Int)
    case full
  }

  /// Adds a piece.
  ///
  /// One that is there already changes nothing.
  mutating func add(
    _ chunk: UploadChunk, of device: VerificationKey, round: RoundKey
  ) -> Outcome {
    let name = Name(round: round, device: device)
    if chunk.offset == 0 && chunk.piece.count == chunk.total {
      forget(name)
      return .complete(chunk.piece)
    }
    let received = uploads[name]?.count ?? 0
    guard chunk.offset <= received else { return .gap(received: received) }
    guard chunk.offset + chunk.piece.count > received else { return .progress(received) }
    guard chunk.offset == received else { return .gap(received: received) }
    guard byteCount + chunk.piece.count <= mostBytes else { return .full }
    uploads[name, default: []] += chunk.piece
    byteCount += chunk.piece.count
    guard let whole = uploads[name], whole.count == chunk.total else {
      return .progress(received + chunk.piece.count)
    }
    forget(name)
    return .complete(whole)
  }

  /// Drops all uploads of a round.
  mutating func forget(round: RoundKey) {
    for name in uploads.keys where name.round == round { forget(name) }
  }

  private mutating func forget(_ name: Name) {
    byteCount -= uploads.removeValue(forKey: name)?.count ?? 0
  }
}
