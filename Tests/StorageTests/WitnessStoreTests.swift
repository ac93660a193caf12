import CryptoPrimitives
import Foundation
import TestSupport
import Testing
import TransparencyLog

@testable import Storage

/// What a witness promised is there after any end of its process, and no second promise ever is.
@Suite struct WitnessStoreTests {
  static let reveal = RevealRecord(
    position: 3, round: RoundKey(task: Blake2b.digest([1]), number: 1),
    config: Blake2b.digest([2]), cohort: Blake2b.digest([3]), cohortSize: 130)
  static let cosignature = CosignRecord(
    cohort: reveal.cohort, survivors: Blake2b.digest([4]))

  /// Signed by the same key every time.
  private static func head(size: UInt64 = 7, root: UInt8 = 1, time: UInt64 = 5) -> SignedHead {
    SignedHead(
      tree: TreeState(size: size, root: Blake2b.digest([root])), time: time,
      by: SigningKey(seed: SecretBytes(known: [UInt8](repeating: 4, count: 32))))
  }

  private static func promise(_ store: SQLiteWitnessStore) async throws {
    try await store.record(reveal)
    try await store.record(cosignature, of: reveal.round)
    try await store.record(head())
  }

  @Test(arguments: FailPoint.ofWitnesses)
  func aKilledWitnessKeepsWhatItPromised(point: FailPoint) async throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    await #expect(processExitsWith: .signal(SIGKILL)) { [point, path = path as String] in
      let store = try SQLiteWitnessStore(folder: path, makes: true, faults: KillAt(Kill(point)))
      try await Self.promise(store)
    }
    let store = try SQLiteWitnessStore(folder: path)
    // A record is there exactly if its commit came before the end.
    #expect(try await store.reveals().isEmpty == (point == .revealWritten))
    let isCosigned: Set<FailPoint> = [.cosignatureCommitted, .headWritten, .headCommitted]
    #expect(try await store.cosignatures().isEmpty == !isCosigned.contains(point))
    #expect(try await store.lastHead() == (point == .headCommitted ? Self.head() : nil))
    try await Self.promise(store)
    #expect(try await store.reveals() == [Self.reveal])
    #expect(try await store.cosignatures() == [Self.cosignature])
    #expect(try await store.lastHead() == Self.head())
    try store.close()
  }

  /// Whatever a program tries, a witness has one history of its coordinator's log.
  @Test func aHeadThatIsNoContinuationIsRefusedByTheStoreItself() async throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteWitnessStore(folder: folder.path, makes: true)
    try await store.record(Self.head())
    for other in [Self.head(size: 6), Self.head(root: 2), Self.head(size: 6, time: 9)] {
      await #expect(throws: StorageError.secondHead(size: other.head.tree.size)) {
        try await store.record(other)
      }
    }
    // The same tree again: the later time stays.
    try await store.record(Self.head(time: 4))
    #expect(try await store.lastHead() == Self.head())
    for later in [Self.head(time: 6), Self.head(size: 8, root: 2)] {
      try await store.record(later)
      #expect(try await store.lastHead() == later)
    }
    // Whoever is convicted does not fill the witness's disk.
    for number in 0..<100 { try await store.recordEvidence([UInt8(number)]) }
    #expect(try await store.evidence().count == 16)
    try store.close()
  }

  @Test func aSecondPromiseIsRefusedByTheStoreItself() async throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteWitnessStore(folder: folder.path, makes: true)
    try await Self.promise(store)
    let round = Self.reveal.round
    let next = RoundKey(task: round.task, number: 2)
    func record(_ position: UInt64, _ round: RoundKey, cohort: UInt8 = 9) -> RevealRecord {
      RevealRecord(
        position: position, round: round, config: Self.reveal.config,
        cohort: Blake2b.digest([cohort]), cohortSize: 130)
    }
    for other in [
      // Another cohort, another round, a later and an earlier position.
      record(3, round), record(3, next), record(4, round), record(2, next),
    ] {
      await #expect(throws: StorageError.secondPromise(other.round)) {
        try await store.record(other)
      }
    }
    try await store.record(record(4, next))
    await #expect(throws: StorageError.secondPromise(round)) {
      try await store.record(
        CosignRecord(cohort: Self.reveal.cohort, survivors: Bytes32()), of: round)
    }
    #expect(try await store.reveals() == [Self.reveal, record(4, next)])
    try store.close()
  }

  @Test func aStoreThatIsMissingIsNotMadeAgain() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/witness.sqlite"
    #expect(throws: StorageError.witnessStoreMissing(path: path)) {
      _ = try SQLiteWitnessStore(folder: folder.path)
    }
    // Nor does one that was emptied become a fresh one.
    try Data().write(to: URL(fileURLWithPath: path))
    #expect(throws: StorageError.witnessStoreMissing(path: path)) {
      _ = try SQLiteWitnessStore(folder: folder.path)
    }
  }

  @Test func witnessesOfACoordinatorChangeOneAfterAnother() async throws {
    let folder = try TemporaryFolder()
    let store = try await SQLiteCoordinatorStore(folder: folder.path)
    #expect(try await store.witnesses() == .none)
    let witness = WitnessRecord(
      identity: Blake2b.digest([1]), anchor: Blake2b.digest([2]), url: "https://w", pin: nil)
    let other = WitnessRecord(
      identity: Blake2b.digest([3]), anchor: Blake2b.digest([4]), url: "https://v",
      pin: Blake2b.digest([5]))
    let first = WitnessSet(serial: 1, signedList: [1], witnesses: [witness])
    try await store.replaceWitnesses(first)
    try await store.replaceWitnesses(first)
    let second = WitnessSet(serial: 2, signedList: [2], witnesses: [witness, other])
    try await store.replaceWitnesses(second)
    #expect(try await store.witnesses() == second)
    // Somebody who had read the first one comes too late.
    await #expect(throws: StorageError.witnessesChanged(expected: 1, found: 2)) {
      try await store.replaceWitnesses(WitnessSet(serial: 2, signedList: [3], witnesses: []))
    }
    try store.close()
  }
}
