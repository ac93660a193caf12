package import CryptoPrimitives
package import TransparencyLog

/// Everything that a coordinator has to remember.
///
/// A call that returns has made its effect durable; one that throws has had none, except that a
/// failing commit of the disk leaves open which of the two it was. Every call may be repeated.
///
/// `log` are the entries about what a call does: durable together with it, or not at all. A call that finds its
/// effect there already adds none.
package protocol CoordinatorStore: DeviceStore, PlanStore, RoundStore, ModelStore, WitnessSetStore,
  LogStore
{}

/// Join codes, devices and revocations.
package protocol DeviceStore: Sendable {
  /// Makes a code, of which only the hash is kept, good for one enrollment until `expiry`.
  func issueJoinCode(hash: Bytes32, expiry: Int64) async throws(StorageError)
  /// Uses up the code and adds the device, together.
  ///
  /// The same device with the same code again gets the record that it got.
  func enroll(
    _ device: DeviceRecord, joinCode: Bytes32, log: [LogEntry]
  ) async throws(StorageError) -> DeviceRecord
  func device(_ identity: Bytes32) async throws(StorageError) -> DeviceRecord?
  func devices() async throws(StorageError) -> [DeviceRecord]
  /// In the order of their revocation, to which later ones are only added.
  func revokedDevices() async throws(StorageError) -> [Bytes32]
  func enrollments(since: Int64) async throws(StorageError) -> Int
  /// Revokes a device for ever; revoking again changes nothing.
  func revoke(_ identity: Bytes32, at time: Int64) async throws(StorageError)
}

/// The witnesses that every round names.
package protocol WitnessSetStore: Sendable {
  func witnesses() async throws(StorageError) -> WitnessSet
  /// Replaces all of them, and the list that devices get; doing so again changes nothing.
  ///
  /// - Throws: `witnessesChanged` unless the serial number follows the present one.
  func replaceWitnesses(_ set: WitnessSet) async throws(StorageError)
}

/// Signed plans and how far they are.
package protocol PlanStore: Sendable {
  /// Adds a plan and the public catalogue that it is over; adding it again changes nothing.
  func add(_ plan: PlanRecord, catalogue: [UInt8]?) async throws(StorageError)
  /// Whether a plan is over the catalogue with this hash.
  func isCatalogue(_ hash: Bytes32) async throws(StorageError) -> Bool
  func plan(_ hash: Bytes32) async throws(StorageError) -> PlanRecord?
  /// All plans in the order in which they were added.
  func plans() async throws(StorageError) -> [PlanRecord]
  /// - Throws: `planTransition` if the plan's state has no such successor.
  func move(_ plan: Bytes32, to state: PlanState, log: [LogEntry]) async throws(StorageError)
}

/// Rounds, their journals and their partial sums.
package protocol RoundStore: Sendable {
  /// - Throws: `roundOutOfOrder` unless the number follows the task's last round.
  func begin(_ round: RoundRecord, log: [LogEntry]) async throws(StorageError)
  func round(_ key: RoundKey) async throws(StorageError) -> RoundRecord?
  /// The latest rounds of all tasks, newest first.
  func rounds(limit: Int) async throws(StorageError) -> [RoundRecord]
  func openRounds() async throws(StorageError) -> [RoundRecord]
  func lastRoundNumber(task: Bytes32) async throws(StorageError) -> UInt64
  /// Appends entries and replaces the partial sum, all together.
  ///
  /// An entry that is there already is left out.
  /// - Throws: `equivocation` if a device's entry for a step is there with other bytes.
  func append(
    _ entries: [JournalEntry], sum: PartialSum?, to round: RoundKey, log: [LogEntry]
  ) async throws(StorageError)
  func journal(_ key: RoundKey) async throws(StorageError) -> [JournalEntry]
  /// How often a contribution of a device to a task was stored, in whatever round.
  func contributionCount(
    of device: Bytes32, to task: Bytes32
  ) async throws(StorageError) -> Int
  func partialSum(_ key: RoundKey) async throws(StorageError) -> PartialSum?
  /// Ends a round without a sum, logs that, and forgets its partial sum and what devices sent.
  func abort(_ key: RoundKey, reason: UInt32, at time: Int64) async throws(StorageError)
}

/// Model versions, and which one is in use.
package protocol ModelStore: Sendable {
  /// Adds the first version of a plan.
  func add(_ model: ModelRecord, bytes: [UInt8]) async throws(StorageError)
  /// Adds the version that a round made, puts it to use, and ends the round: all of it or nothing.
  ///
  /// To use is for training: of a plan with a gate it is not served.
  ///
  /// Of the round's journal only the coordinator's own decisions stay.
  ///
  /// - Throws: `staleParent` if another version is in use, `roundHasEnded`.
  func commit(
    _ model: ModelRecord, bytes: [UInt8], sum: ReleasedSum, round: RoundKey, log: [LogEntry]
  ) async throws(StorageError)
  /// The sum that a round has released; nil if it has released none, or before sums were kept.
  func releasedSum(of round: RoundKey) async throws(StorageError) -> ReleasedSum?
  /// Keeps the count of a day, unless there is one.
  func keep(_ attendance: AttendanceRecord) async throws(StorageError)
  /// The newest first.
  func attendance(limit: Int) async throws(StorageError) -> [AttendanceRecord]

  func model(_ hash: Bytes32) async throws(StorageError) -> ModelRecord?
  func models(plan: Bytes32) async throws(StorageError) -> [ModelRecord]
  /// The version that a plan trains on.
  func currentModel(plan: Bytes32) async throws(StorageError) -> ModelRecord?
  /// Makes another version of the plan the one in use: promotion and rollback.
  ///
  /// Of a plan with a gate it is pinned, too, for nothing else is served.
  /// - Throws: `gateClosed` if the plan has a gate, and `pass` is not its.
  func promote(_ hash: Bytes32, pass: GatePass?) async throws(StorageError)
  /// The version that devices compute profiles with: the pinned one, otherwise, unless the plan has a gate, the one in
  /// use.
  func servedModel(plan: Bytes32) async throws(StorageError) -> ModelRecord?
  /// Serves one version whatever is trained after it, until it is unpinned.
  ///
  /// - Throws: as `promote`.
  func pin(_ hash: Bytes32, pass: GatePass?) async throws(StorageError)
  func unpin(plan: Bytes32) async throws(StorageError)
  /// All bytes of a blob, which have its hash.
  func blob(_ hash: Bytes32) async throws(StorageError) -> [UInt8]
  func blobByteCount(_ hash: Bytes32) async throws(StorageError) -> Int
  /// A part of a blob, for peers that check the hash of the whole themselves.
  ///
  /// - Parameter range: within the blob.
  func blob(_ hash: Bytes32, _ range: Range<Int>) async throws(StorageError) -> [UInt8]
}

extension PlanStore {
  /// Adds a plan without a catalogue.
  package func add(_ plan: PlanRecord) async throws(StorageError) {
    try await add(plan, catalogue: nil)
  }

  /// Moves a plan to a state that is not logged.
  package func move(_ plan: Bytes32, to state: PlanState) async throws(StorageError) {
    try await move(plan, to: state, log: [])
  }
}
