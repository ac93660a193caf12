import CryptoPrimitives
import Storage
import Testing
import WireProtocol

@testable import CoordinatorNode

@Suite struct UploadSpoolTests {
  private let round = RoundKey(task: Bytes32(), number: 1)

  private func device(_ number: UInt8) -> VerificationKey {
    VerificationKey(encoding: Blake2b.digest([number]))
  }

  private func piece(_ offset: Int, _ count: Int) -> UploadChunk {
    UploadChunk(total: 6, offset: offset, piece: [UInt8](repeating: 7, count: count))
  }

  /// Whoever may begin can come to the end, however many others ask meanwhile.
  @Test func anUploadThatHasBegunAlwaysHasRoomForItsEnd() {
    var spool = UploadSpool(mostBytes: 13)
    for number in UInt8(1)...2 {
      guard case .progress(1) = spool.add(piece(0, 1), of: device(number), round: round) else {
        Issue.record("device \(number) may not begin")
        return
      }
    }
    guard case .full = spool.add(piece(0, 1), of: device(3), round: round) else {
      Issue.record("a third upload takes the room of the others")
      return
    }
    for number in UInt8(1)...2 {
      guard case .complete(let bytes) = spool.add(piece(1, 5), of: device(number), round: round)
      else {
        Issue.record("device \(number) cannot finish")
        return
      }
      #expect(bytes.count == 6)
    }
    guard case .progress(1) = spool.add(piece(0, 1), of: device(3), round: round) else {
      Issue.record("the room is not given back")
      return
    }
  }
}
