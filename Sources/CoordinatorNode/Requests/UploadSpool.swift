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

  private struct Upload {
    let total: Int
    var bytes: [UInt8] = []
  }

  private let mostBytes: Int
  private var uploads: [Name: Upload] = [:]
  /// Of all uploads, as long as they are going to be: whoever may begin can come to the end.
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
    let received = uploads[name]?.bytes.count ?? 0
    guard chunk.offset <= received else { return .gap(received: received) }
    guard chunk.offset + chunk.piece.count > received else { return .progress(received) }
    guard chunk.offset == received else { return .gap(received: received) }
    if uploads[name] == nil {
      guard byteCount + chunk.total <= mostBytes else { return .full }
      uploads[name] = Upload(total: chunk.total)
      byteCount += chunk.total
    }
    uploads[name]?.bytes += chunk.piece
    guard let upload = uploads[name], upload.bytes.count == upload.total else {
      return .progress(received + chunk.piece.count)
    }
    forget(name)
    return .complete(upload.bytes)
  }

  /// Drops all uploads of a round.
  mutating func forget(round: RoundKey) {
    for name in uploads.keys where name.round == round { forget(name) }
  }

  private mutating func forget(_ name: Name) {
    byteCount -= uploads.removeValue(forKey: name)?.total ?? 0
  }
}
