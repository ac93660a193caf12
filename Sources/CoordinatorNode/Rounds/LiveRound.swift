internal import CryptoPrimitives
internal import FederatedRounds
internal import SecureAggregation
internal import Storage
internal import TransparencyLog
internal import WireProtocol

/// The round that is going on, with the journal that makes it survive.
///
/// The machine in memory runs ahead of the disk. Nothing of what it says leaves before the entries are
/// durable, and when storing fails the whole value is given up: the coordinator makes another one from
/// the journal, as after a crash.
actor LiveRound {
  nonisolated let record: RoundRecord
  nonisolated let config: RoundConfig
  nonisolated let offer: RoundOffer
  /// What the debit and the release say of the sum.
  nonisolated let mechanism: LoggedMechanism
  /// The place of the round's entry in the log: offered when a published head has it.
  nonisolated let logIndex: UInt64
  private var round: CoordinatorRound
  private let store: any CoordinatorStore
  private let faults: any FaultInjector
  /// An empty place in the queue is a barrier: what was added before is durable when it returns.
  private let commits = GroupCommit<Step?>()
  private var hasLoggedCohort: Bool
  private var hasLoggedSurvivors: Bool
  /// The place of the debit's entry in the log, once that was asked for.
  private var debitIndex: UInt64?

  /// What becomes durable together: an entry of the journal, and what the log says of it.
  private struct Step: Sendable {
    let entry: RoundEntry
    let log: [LogEntry]
  }

  /// Steps that were closed in memory, and not yet on disk.
  private var pendingClosings = 0
  private var isOpening = false
  /// What the store has refused: from then on the machine in memory is ahead of it for good.
  private var failure: StorageError?
  /// Set when a successor is about to take over.
  private var isRetired = false
  var isBroken: Bool { failure != nil || isRetired }

  nonisolated var key: RoundKey { record.key }

  /// What an advance of time has brought.
  enum Progress: Sendable {
    case goesOn
    case opened(OpenedSum)
    case aborted(RoundAbort)
  }

  init(
    _ round: consuming CoordinatorRound, _ record: RoundRecord, offer: RoundOffer, logIndex: UInt64,
    totalVariation: Double, store: any CoordinatorStore, faults: any FaultInjector
  ) {
    config = round.config
    mechanism = LoggedMechanism(round.config, totalVariation: totalVariation)
    self.logIndex = logIndex
    // The journal is durable with the log's entries about it.
    hasLoggedCohort = round.aggregation.cohortCommitment != nil
    hasLoggedSurvivors = round.aggregation.survivorCommitment != nil
    self.record = record
    self.offer = offer
    self.store = store
    self.faults = faults
    self.round = round
  }

  /// Makes a round again from what is stored of it.
  init(
    recovering aggregation: consuming AggregationServer, _ record: RoundRecord,
    offer: RoundOffer, logIndex: UInt64, totalVariation: Double, store: any CoordinatorStore,
    faults: any FaultInjector
  ) async throws {
    var round = CoordinatorRound(aggregation)
    let entries = try await store.journal(record.key).map { stored in
      guard
        let entry = RoundEntry(kind: stored.kind, device: stored.device, bytes: stored.bytes)
      else { throw RoundAbort.journal }
      return entry
    }
    let partial = try await store.partialSum(record.key).map {
      try SecureAggregation.PartialSum(decoding: $0.sum)
    }
    try round.replay(entries, partial: partial)
    self.init(
      round, record, offer: offer, logIndex: logIndex, totalVariation: totalVariation, store: store,
      faults: faults)
  }

  func state(at time: UInt64) -> RoundState { round.state(at: time) }

  /// Takes in a message; returns its digest when it is durable.
  func received(
    _ message: [UInt8], from device: VerificationKey, at time: UInt64
  ) async throws(NodeError) -> Bytes32 {
    guard !isBroken else { throw .refused(.storage, "the store has failed; send again") }
    switch round.received(message, from: device, at: time) {
    case .accepted(let entry, let digest):
      let isUpload = if case .input = entry { true } else { false }
      try reached(isUpload ? .uploadReceived : .messageReceived)
      try await commit(entry)
      try reached(isUpload ? .uploadStored : .messageStored)
      return digest
    case .repeated(let digest):
      // Its entry may still be on the way to the disk.
      try await commit(nil)
      return digest
    case .refused(let refusal): throw NodeError(refusal)
    }
  }

  /// Whether the round takes or has taken an Input of this device.
  func checkUpload(from device: VerificationKey) throws(NodeError) {
    guard !isBroken else { throw .refused(.storage, "the store has failed; send again") }
    if let refusal = round.uploadRefusal(for: device) { throw NodeError(refusal) }
  }

  /// What a device that waits for a message gets to hear.
  func answer(
    to device: VerificationKey, awaiting kind: MessageKind, at time: UInt64
  ) -> CoordinatorRound.Answer {
    guard !isBroken, pendingClosings == 0 else { return .notYet }
    return round.answer(to: device, awaiting: kind, at: time)
  }

  /// The witnesses that have to be asked now: not before what they are asked about is durable.
  var awaitedWitnesses: [VerificationKey] {
    isBroken || pendingClosings > 0 ? [] : round.awaitedWitnesses
  }

  /// Whether they are asked for values: of a cohort, which they have to find in the log.
  var awaitsReveals: Bool { round.aggregation.phase == .reveal }

  /// What they are to be asked.
  func witnessQuestion() -> WitnessRequestBody? {
    guard !awaitedWitnesses.isEmpty else { return nil }
    switch round.witnessQuestion {
    case .reveal(let request):
      return .reveal(
        RevealInquiry(
          configuration: request.config, cohort: request.cohort,
          revoked: round.aggregation.revocations.ascending))
    case .cosign(let request):
      return .cosign(
        CosignInquiry(
          configuration: offer.configuration, cohort: request.cohort, values: request.values,
          cohortSize: request.sharers.cohortSize, sharers: request.sharers.bitmap,
          survivors: request.survivors.bitmap))
    case nil: return nil
    }
  }

  /// Closes steps whose time has come, debits once survivors are fixed, and opens the sum after the last step.
  func advance(at time: UInt64) async throws(NodeError) -> Progress {
    guard !isBroken else { return .goesOn }
    while true {
      try await debit(at: time)
      let effects = round.advance(at: time)
      if effects.isEmpty { break }
      for effect in effects {
        switch effect {
        case .record(let entry):
          pendingClosings += 1
          defer { pendingClosings -= 1 }
          // Closing the step of contributions fixes whose are in the sum.
          let seals = round.state(at: time) == .sealed
          let log = try newlyFixed(at: time)
          try reached(seals ? .sealing : .stepClosing)
          try await commit(entry, log)
          try reached(seals ? .sealed : .stepClosed)
        case .deliver, .askWitnesses, .open, .abort: break
        }
      }
    }
    switch round.state(at: time) {
    // Told again until it is stored: the store may have failed the first time.
    case .aborted(let reason): return .aborted(reason)
    case .opening where !isOpening: return try await open()
    default: return .goesOn
    }
  }

  /// What the log says of the step that was just closed; each thing once.
  private func newlyFixed(at time: UInt64) throws(NodeError) -> [LogEntry] {
    var log: [LogEntry] = []
    if !hasLoggedCohort, let cohort = round.aggregation.cohortCommitment {
      log.append(
        try entry(
          .cohort(
            LoggedCohort(
              round: key.logged, transcript: cohort.transcript, root: cohort.root,
              memberCount: cohort.count)), at: time))
      hasLoggedCohort = true
    }
    if !hasLoggedSurvivors, let survivors = round.aggregation.survivorCommitment {
      log.append(
        try entry(
          .survivors(
            LoggedSurvivors(
              round: key.logged, transcript: survivors.transcript, survivorCount: survivors.count)),
          at: time))
      hasLoggedSurvivors = true
    }
    return log
  }

  private func entry(
    _ content: LogEntry.Content, at time: UInt64
  ) throws(NodeError) -> LogEntry {
    do throws(StorageError) { return try LogEntry(at: Int64(time), content) } catch {
      throw .storage(error)
    }
  }

  /// Makes the debit durable in journal and log, once it is due.
  ///
  /// Devices find it there before they release a share, so a sum cannot be opened in silence.
  private func debit(at time: UInt64) async throws(NodeError) {
    guard let debit = round.debit, let survivors = round.aggregation.survivorCommitment else {
      return
    }
    let entry = try entry(
      .debit(
        LoggedDebit(
          round: key.logged, transcript: survivors.transcript, survivorCount: survivors.count,
          mechanism: mechanism)), at: time)
    try reached(.debiting)
    try await commit(debit, [entry])
    round.debited()
    try reached(.debited)
  }

  /// Whether readers of a log of `size` entries find the debit.
  ///
  /// Devices look for it before they release a share. Whoever hears of the quorum earlier looks in vain, and the
  /// coordinator answers each of them again and again.
  func showsDebit(inLogOf size: UInt64) async throws(NodeError) -> Bool {
    if debitIndex == nil {
      do throws(StorageError) {
        debitIndex = try await store.logged(key.logKey(.debit))?.index
      } catch { throw .storage(error) }
    }
    return debitIndex.map { $0 < size } ?? false
  }

  private func open() async throws(NodeError) -> Progress {
    isOpening = true
    defer { isOpening = false }
    guard let opening = round.aggregation.makeOpening() else { return .goesOn }
    let sum: OpenedSum
    do throws(ProtocolError) { sum = try await opening.open(threads: Self.openingThreads) } catch {
      return .aborted(.aggregation(error.code))
    }
    try reached(.sumOpened)
    return .opened(sum)
  }

  private static let openingThreads = 2

  /// Gives the value up: when this returns, nothing of it is on its way to the disk, and nothing will be.
  ///
  /// A message on its way would become durable after the successor has read the journal. Its device would be
  /// told that it was taken in, and the successor would wait for it.
  func retire() async {
    isRetired = true
    // Waits, whatever the outcome: whoever sent what was refused hears so from its own commit, and the successor
    // goes by what became durable.
    try? await commit(nil)
  }

  func abort(_ reason: RoundAbort) { _ = round.abort(reason) }
  func committed() { round.committed() }

  /// A failure on purpose is one of the store.
  private func reached(_ point: FailPoint) throws(NodeError) {
    do { try faults.reached(point) } catch {
      failure = error
      throw .storage(error)
    }
  }

  private func commit(
    _ entry: RoundEntry?, _ log: [LogEntry] = []
  ) async throws(NodeError) {
    do throws(StorageError) {
      try await commits.add(entry.map { Step(entry: $0, log: log) }) {
        steps async throws(StorageError) in
        // Entries that waited rest on those that were not stored: the machine's sum has both.
        if let failure { throw failure }
        try await append(steps.compactMap(\.self))
      }
    } catch {
      failure = error
      throw .storage(error)
    }
  }

  private func append(_ steps: [Step]) async throws(StorageError) {
    guard !steps.isEmpty else { return }
    let entries = steps.map(\.entry)
    // Taken before the first suspension: exactly the inputs of these entries, and earlier ones.
    let hasInput = entries.contains { if case .input = $0 { true } else { false } }
    let partial = hasInput ? round.aggregation.partialSum : nil
    try await store.append(
      entries.map {
        JournalEntry(kind: $0.kind, step: $0.step, device: $0.device?.encoding, bytes: $0.bytes)
      },
      sum: partial.map {
        Storage.PartialSum(sum: $0.encoded, set: $0.members.bitmap, count: $0.count)
      }, to: key, log: steps.flatMap(\.log))
  }
}
