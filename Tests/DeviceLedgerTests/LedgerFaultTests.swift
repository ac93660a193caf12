import CryptoPrimitives
import DeviceLedger
import Testing

/// What a device finds when its ledger is not as it left it, and what it goes on with.
@Suite struct LedgerFaultTests {
  private func filled() async throws -> Bench {
    let bench = Bench()
    try await bench.fill()
    return bench
  }

  /// Reads again after a change, and checks that nothing that was spent is forgotten.
  private func expect(
    _ fault: LedgerFault, count: Int = 3, _ change: (inout MemoryMedium.State) throws -> Void
  ) async throws {
    let bench = try await filled()
    try change(&bench.medium.state)
    #expect(try await bench.keeper.read().fault == fault)
    let stopped = try await bench.debit(Bench.charge(1))
    #expect(stopped == fault, "nothing is debited to a ledger that is not sound")
    let ledger = try await bench.ready()
    #expect(ledger.contributionCount == count)
    #expect(ledger.quarantineEnd == Bench.start + Bench.quarantine)
    #expect(ledger.quarantineReason == .fault(fault))
    #expect(ledger.isQuarantined(at: ledger.quarantineEnd - 1))
    #expect(!ledger.isQuarantined(at: ledger.quarantineEnd))
    // The end is durable, and reading again is no other fault.
    let again = try await bench.ready(at: Bench.start + 5 * Bench.day)
    #expect(again == ledger)
    // Afterwards the ledger goes on.
    #expect(try await bench.debit(Bench.charge(1), at: ledger.quarantineEnd) == nil)
    #expect(try await bench.keeper.read().fault == nil)
    #expect(try await bench.ready().contributionCount == count + 1)
  }

  @Test func aLedgerAsItWasLeftIsSound() async throws {
    let bench = try await filled()
    let reading = try await bench.keeper.read()
    #expect(reading.fault == nil && reading.headNumber == 3)
    let ledger = try await bench.ready(at: Bench.start + 1)
    #expect(ledger == reading.ledger)
    #expect(ledger.count(of: Bench.charge(1).task) == 2)
    #expect(ledger.lastContribution == Bench.start && ledger.quarantineEnd == 0)
  }

  @Test func aMissingLedgerIsNoticed() async throws {
    try await expect(.missing(entries: 3)) { $0.entries = [] }
  }

  @Test func anOlderLedgerIsNoticed() async throws {
    try await expect(.rolledBack(last: 2, written: 3)) { $0.entries.removeLast() }
  }

  @Test func aGapIsNoticed() async throws {
    try await expect(.broken(entry: 3)) { $0.entries.remove(at: 1) }
  }

  @Test func aLedgerThatBeginsInTheMiddleIsNoticed() async throws {
    try await expect(.broken(entry: 2)) { $0.entries.remove(at: 0) }
  }

  @Test func everyChangedByteOfAnEntryIsNoticed() async throws {
    let length = try await filled().medium.state.entries[1].box.count
    for place in stride(from: 0, to: length, by: 13) {
      try await expect(.unsealed(entry: 2)) { state in
        var box = state.entries[1].box
        box[place] ^= 1
        state.entries[1] = SealedLedgerEntry(number: 2, box: box)
      }
    }
  }

  @Test func anEntryUnderAnotherNumberIsNoticed() async throws {
    try await expect(.unsealed(entry: 2)) { state in
      let box = state.entries[0].box
      state.entries[1] = SealedLedgerEntry(number: 2, box: box)
    }
  }

  /// An entry of another branch has the number that belongs there, and another one before it.
  @Test func anEntryOfAnotherBranchIsNoticed() async throws {
    let (bench, other) = (Bench(), Bench())
    try await bench.fill()
    _ = try await other.ready()
    for (round, task) in [2, 2, 2].enumerated() {
      #expect(try await other.debit(Bench.charge(UInt8(task)), round: UInt64(round + 1)) == nil)
    }
    bench.medium.state.entries[1] = other.medium.state.entries[1]
    #expect(try await bench.keeper.read().fault == .broken(entry: 2))
  }

  /// Begun again is what stands for all before it, and so it is the first.
  @Test func aRestartAmongOtherEntriesIsNoticed() async throws {
    let bench = try await filled()
    let before = bench.medium.state.entries
    bench.medium.state.head = nil
    _ = try await bench.ready()
    bench.medium.state.entries = Array(before.prefix(2)) + bench.medium.state.entries
    #expect(try await bench.keeper.read().fault == .broken(entry: 4))
  }

  /// The entry is stored before the head: a crash between the two leaves the head behind, never ahead.
  @Test func aCrashAfterTheFirstWriteOfADebitIsNoFault() async throws {
    let bench = try await filled()
    bench.medium.plan([.storedAndCrashed])
    await #expect(throws: MemoryMedium.Crash.self) { try await bench.debit(Bench.charge(1)) }
    let reading = try await bench.keeper.read()
    #expect(reading.fault == nil && reading.headNumber == 3)
    #expect(reading.ledger.contributionCount == 4, "charged, though it did not leave")
  }

  /// The head has named entry 3, so that the restart is entry 4, though 3 is lost.
  @Test func aLedgerThatBeginsAgainUsesNoNumberTwice() async throws {
    let bench = try await filled()
    bench.medium.state.entries.removeLast()
    #expect(try await bench.ready().number == 4)
  }

  /// Separation goes by the latest contribution, also after a clock was set back.
  @Test func anEarlierContributionIsNotTheLast() async throws {
    let bench = try await filled()
    #expect(try await bench.debit(Bench.charge(1), round: 4, at: Bench.start - Bench.day) == nil)
    #expect(try await bench.ready().accounts.first?.last == Bench.start)
  }

  /// Two ledgers of one device that went apart have other entries with one number.
  @Test func anotherEntryThanWasWrittenIsNoticed() async throws {
    let bench = try await filled()
    let old = bench.medium.state
    #expect(try await bench.debit(Bench.charge(2), round: 7) == nil)
    let head = bench.medium.state.head
    bench.medium.state = old
    #expect(try await bench.debit(Bench.charge(1), round: 8) == nil)
    bench.medium.state.head = head
    #expect(try await bench.keeper.read().fault == .otherEntry(4))
    // Each side's higher count is kept: three of task 1, two of task 2.
    #expect(try await bench.ready().contributionCount == 5)
  }

  @Test func aMissingHeadIsNoticed() async throws {
    try await expect(.headMissing) { $0.head = nil }
  }

  @Test func aChangedHeadIsNoticed() async throws {
    try await expect(.headUnsealed) { $0.head?[40] ^= 1 }
  }

  /// An older head is what a crash leaves: the entries say more.
  @Test func anOlderHeadTakesNothingAway() async throws {
    let bench = try await filled()
    let old = try #require(bench.medium.state.head)
    #expect(try await bench.debit(Bench.charge(2), round: 7) == nil)
    bench.medium.state.head = old
    #expect(try await bench.ready().contributionCount == 4)
    #expect(try await bench.keeper.read().headNumber == 4)
  }

  /// What the database had is lost here; the head alone knows it.
  @Test func aSecondLossFindsWhatTheFirstLeft() async throws {
    let bench = try await filled()
    bench.medium.state.entries = []
    _ = try await bench.ready()
    bench.medium.state.entries = []
    let ledger = try await bench.ready(at: Bench.start + Bench.day)
    #expect(ledger.contributionCount == 3)
    #expect(ledger.quarantineEnd == Bench.start + Bench.day + Bench.quarantine)
  }

  /// A record of rounds may have survived where head and entries have not.
  @Test func earlierChargesAreTakenOver() async throws {
    let charges = (1...3).map {
      EarlierCharge(charge: Bench.charge(1), round: UInt64($0), time: Bench.start)
    }
    // As before there were ledgers.
    let fresh = Bench()
    fresh.medium.state.head = nil
    let ledger = try await fresh.ready(earlier: charges)
    #expect(ledger.contributionCount == 3 && ledger.quarantineEnd == 0)
    #expect(try await fresh.ready(earlier: charges) == ledger, "once")

    let damaged = try await filled()
    damaged.medium.state.head = nil
    damaged.medium.state.entries.removeLast(2)
    #expect(try await damaged.ready(earlier: charges).count(of: Bench.charge(1).task) == 3)
  }

  /// Of a device whose key is older than its ledger nobody knows what it has spent.
  @Test func aLedgerThatIsGoneAsAWholeIsNoNewOne() async throws {
    let bench = Bench()
    #expect(try await bench.ready().quarantineEnd == 0)
    bench.medium.state = MemoryMedium.State()
    let ledger = try await bench.ready()
    #expect(ledger.isQuarantined(at: Bench.start + Bench.quarantine - 1))
  }

  /// A crash at any write of the takeover neither loses nor doubles a charge.
  @Test(arguments: [0, 1, 2], [MemoryMedium.Outcome.lost, .storedAndCrashed])
  func aCrashedTakeoverIsRepeated(write: Int, outcome: MemoryMedium.Outcome) async throws {
    let charges = (1...3).map {
      EarlierCharge(charge: Bench.charge(1), round: UInt64($0), time: Bench.start)
    }
    let bench = Bench()
    bench.medium.state.head = nil
    bench.medium.plan([MemoryMedium.Outcome](repeating: .stored, count: write) + [outcome])
    await #expect(throws: MemoryMedium.Crash.self) { try await bench.ready(earlier: charges) }
    let ledger = try await bench.ready(earlier: charges)
    #expect(ledger.contributionCount == 3 && ledger.quarantineEnd == 0)
    #expect(try await bench.keeper.read().fault == nil)
  }

  // MARK: The coordinator's count

  @Test func aHigherCountIsTakenOverAndBeginsAQuarantine() async throws {
    let bench = try await filled()
    let ledger = try await bench.ready()
    let raised = try await bench.keeper.raise(
      ledger, to: 4, of: Bench.charge(1), most: 9, at: Bench.start, quarantine: Bench.quarantine,
      randomness: &bench.randomness)
    #expect(raised.count(of: Bench.charge(1).task) == 4)
    #expect(raised.quarantineReason == .counted(2))
    #expect(raised.isQuarantined(at: Bench.start + Bench.quarantine - 1))
    #expect(try await bench.keeper.read().headNumber == raised.number, "the head names it")
    #expect(try await bench.ready() == raised, "it is durable")
    // The same count again is no news.
    let again = try await bench.keeper.raise(
      raised, to: 4, of: Bench.charge(1), most: 9, at: Bench.start + 9,
      quarantine: Bench.quarantine,
      randomness: &bench.randomness)
    #expect(again == raised)
  }

  @Test func aLowerCountChangesNothing() async throws {
    let bench = try await filled()
    let ledger = try await bench.ready()
    let same = try await bench.keeper.raise(
      ledger, to: 1, of: Bench.charge(1), most: 9, at: Bench.start, quarantine: Bench.quarantine,
      randomness: &bench.randomness)
    #expect(same == ledger)
  }

  /// A coordinator that names any number cannot use up more than its plan could.
  @Test func aCountAboveThePlanIsBelievedAsFarAsThePlanGoes() async throws {
    let bench = try await filled()
    let ledger = try await bench.ready()
    let raised = try await bench.keeper.raise(
      ledger, to: .max, of: Bench.charge(1), most: 5, at: Bench.start,
      quarantine: Bench.quarantine, randomness: &bench.randomness)
    #expect(raised.count(of: Bench.charge(1).task) == 5)
  }

  /// Contributions to a task of the same name elsewhere are another coordinator's.
  @Test func countsAreComparedForOneCoordinator() async throws {
    let bench = try await filled()
    #expect(try await bench.debit(Bench.charge(1, at: 2), round: 9) == nil)
    let ledger = try await bench.ready()
    #expect(ledger.count(of: Bench.charge(1).task) == 3)
    let raised = try await bench.keeper.raise(
      ledger, to: 2, of: Bench.charge(1, at: 2), most: 9, at: Bench.start,
      quarantine: Bench.quarantine, randomness: &bench.randomness)
    #expect(raised.quarantineReason == .counted(1))
  }
}
