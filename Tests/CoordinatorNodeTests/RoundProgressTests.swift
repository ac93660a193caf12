import CryptoPrimitives
import FederatedRounds
import Storage
import TestSupport
import Testing

@testable import CoordinatorNode

/// What `coordinator round show` prints of a journal.
@Suite struct RoundProgressTests {
  @Test func aRoundIsShownWithoutThoseWhoAreInIt() {
    let devices = (0..<40).map { Blake2b.digest([UInt8($0)]) }
    let keys = devices.map(VerificationKey.init(encoding:))
    var entries = keys.map { RoundEntry.input(digest: Bytes32(), from: $0) }
    func progress() -> RoundProgress {
      RoundProgress(
        entries.map {
          JournalEntry(
            kind: $0.kind, step: $0.step, device: $0.device?.encoding, bytes: $0.bytes)
        })
    }
    // Forty, as nobody is to be told apart by one more or less.
    #expect(progress().contributions == 32 && progress().survivors == nil)
    #expect(progress().begun == ["contributions"])
    entries.append(.message([1, 2, 3], from: keys[0], at: 5))
    entries.append(.opening(contributors: Array(keys.prefix(37))))
    #expect(progress().survivors == 37, "this number is in the log, and floors are about it")
    #expect(progress().messages.values.allSatisfy { $0 == 0 } && progress().begun.count == 2)
    #expect(CapturedLog.named(devices, in: String(reflecting: progress())).isEmpty)
  }
}
