import CryptoPrimitives
import Testing
import TransparencyLog

@Suite struct EntryIndexTests {
  @Test func keysAreTaskRoundAndKindWhereThereAreRounds() throws {
    for entry in try SampleEntries.entries() {
      switch entry.content.kind {
      case .round, .cohort, .survivors, .debit, .release, .abort:
        #expect(
          entry.key
            == EntryKey(kind: entry.content.kind, subject: Cast.bytes("task"), number: 7))
      case .pause:
        #expect(entry.key == EntryKey(kind: .pause, subject: Cast.bytes("task"), number: 3))
      case .enrollment:
        #expect(
          entry.key == EntryKey(kind: .enrollment, subject: Cast.bytes("certificate"), number: 0))
      case .plan, .closing:
        #expect(
          entry.key
            == EntryKey(kind: entry.content.kind, subject: Cast.bytes("plan"), number: 0))
      case .rotation:
        let old = Cast.key("old").verificationKey.encoding
        #expect(entry.key == EntryKey(kind: .rotation, subject: old, number: 2))
      }
    }
  }

  @Test func secondEntryOfAKeyIsReportedWithBothPlaces() throws {
    var index = EntryIndex()
    for (place, entry) in try SampleEntries.entries().enumerated() {
      try index.insert(entry.key, at: UInt64(place))
    }
    let debit = try LogEntry(time: 5, .debit(SampleEntries.debit(survivorCount: 98)))
    #expect(throws: EntryIndex.Conflict(key: debit.key, first: 5, second: 11)) {
      try index.insert(debit.key, at: 11)
    }
    #expect(index[debit.key] == 5)
    // The same entry seen again is no second one.
    try index.insert(debit.key, at: 5)
    let other = RoundReference(task: Cast.bytes("task"), number: 8)
    let later = try LogEntry(time: 5, .cohort(SampleEntries.cohort(round: other)))
    #expect(index[later.key] == nil)
    try index.insert(later.key, at: 12)
  }

  @Test func twoEntriesOfAKeyConvictTheLog() throws {
    let evidence = try Self.evidence()
    #expect(evidence.holds(against: Cast.identity))
    #expect(!evidence.holds(against: LogIdentity(key: Cast.key("other").verificationKey)))
    #expect(try EntryEvidence(decoding: evidence.encoded) == evidence)
  }

  @Test func oneEntryAndEntriesOfTwoKeysConvictNobody() throws {
    let evidence = try Self.evidence()
    let twice = EntryEvidence(head: evidence.head, first: evidence.first, second: evidence.first)
    #expect(!twice.holds(against: Cast.identity))
    let log = try Self.log()
    let survivors = ProvedEntry(
      entry: try LogEntry(decoding: log.entries[4]), proof: log.inclusionProof(of: 4))
    let apart = EntryEvidence(head: evidence.head, first: evidence.first, second: survivors)
    #expect(!apart.holds(against: Cast.identity))
    let unproved = ProvedEntry(
      entry: evidence.second.entry, proof: log.inclusionProof(of: 4))
    let false1 = EntryEvidence(head: evidence.head, first: evidence.first, second: unproved)
    let false2 = EntryEvidence(head: evidence.head, first: unproved, second: evidence.first)
    #expect(!false1.holds(against: Cast.identity))
    #expect(!false2.holds(against: Cast.identity))
  }

  @Test func everyChangedByteOfEvidenceLeavesNone() throws {
    let encoded = try Self.evidence().encoded
    for position in encoded.indices {
      for changed in encoded.changed(at: position) {
        var holds = false
        let rule = refusal { () throws(LogRefusal) in
          holds = try EntryEvidence(decoding: changed).holds(against: Cast.identity)
        }
        #expect(rule != nil || !holds, "byte \(position)")
      }
    }
  }

  /// One entry of each kind, and a second debit of the same round.
  private static func log() throws -> MemoryLog {
    let second = try LogEntry(time: 5, .debit(SampleEntries.debit(survivorCount: 98)))
    return MemoryLog(try SampleEntries.entries().map(\.encoded) + [second.encoded])
  }

  private static func evidence() throws -> EntryEvidence {
    let log = try log()
    let proved = try [5, 11].map { index in
      ProvedEntry(
        entry: try LogEntry(decoding: log.entries[index]), proof: log.inclusionProof(of: index))
    }
    return EntryEvidence(
      head: Cast.head(log, time: 9).signed, first: proved[0], second: proved[1])
  }
}
