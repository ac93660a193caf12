internal import CryptoPrimitives
internal import Storage
internal import TransparencyLog

/// A coordinator's store over a simulated disk: every promise of `CoordinatorStore`, and every way in
/// which a disk may break off.
///
/// A process that died knows nothing of it here: its store refuses everything, and nobody listens.
final class SimulatedStore: CoordinatorStore, @unchecked Sendable {
  private let disk: SimulatedDisk
  var isDead = false

  /// What a process does that opens its store: blobs that no row names are swept.
  ///
  /// - Parameter sweeps: no for a command beside a coordinator.
  init(_ disk: SimulatedDisk, sweeps: Bool = true) {
    self.disk = disk
    guard sweeps else { return }
    let needed =
      Set(disk.state.models.map(\.hash)).union(disk.state.sums.values.map(\.blob))
    disk.state.blobs = disk.state.blobs.filter { needed.contains($0.key) }
  }

  private static let dead = StorageError.database(
    path: "disk", code: -1, text: "the process is dead")
  private static let failed = StorageError.database(
    path: "disk", code: 10, text: "the disk failed")

  private func read<Value>(
    _ body: (DurableState) throws(StorageError) -> Value
  ) throws(StorageError) -> Value {
    guard !isDead else { throw Self.dead }
    return try body(disk.state)
  }

  /// A transaction: all of it or nothing.
  private func write<Value>(
    _ body: (inout DurableState) throws(StorageError) -> Value
  ) async throws(StorageError) -> Value {
    guard !isDead else { throw Self.dead }
    let outcome = await withCheckedContinuation { disk.turn($0) }
    guard !isDead else { throw Self.dead }
    switch outcome {
    case .full: throw .diskFull(path: "disk")
    case .crashBefore:
      disk.crash()
      throw Self.dead
    case .stored, .uncertain, .crashAfter: break
    }
    var next = disk.state
    let value = try body(&next)
    disk.state = next
    switch outcome {
    case .uncertain: throw Self.failed
    case .crashAfter:
      disk.crash()
      throw Self.dead
    case .stored, .full, .crashBefore: return value
    }
  }

  /// A file of its own, whole or not there, before the transaction that names it.
  private func store(_ bytes: [UInt8]) async throws(StorageError) -> Bytes32 {
    let hash = Blake2b.digest(bytes)
    guard try read({ $0.blobs[hash] == nil }) else { return hash }
    try await write { $0.blobs[hash] = bytes }
    return hash
  }

  private func remove(_ blob: Bytes32?) {
    if let blob { disk.state.blobs[blob] = nil }
  }
}

// MARK: Devices

extension SimulatedStore {
  // Devices of a simulated world are enrolled from its beginning.
  func issueJoinCode(hash: Bytes32, expiry: Int64) async throws(StorageError) {}

  func enroll(
    _ device: DeviceRecord, joinCode: Bytes32, log: [LogEntry]
  ) async throws(StorageError) -> DeviceRecord { throw .joinCodeInvalid }

  func device(_ identity: Bytes32) async throws(StorageError) -> DeviceRecord? {
    try read { state in state.devices.first { $0.identity == identity } }
  }

  func devices() async throws(StorageError) -> [DeviceRecord] { try read { $0.devices } }

  func revokedDevices() async throws(StorageError) -> [Bytes32] {
    try read { $0.devices.filter { $0.revokedAt != nil }.map(\.identity) }
  }

  func enrollments(since: Int64) async throws(StorageError) -> Int { 0 }

  func revoke(_ identity: Bytes32, at time: Int64) async throws(StorageError) {
    try await write { (state) throws(StorageError) in
      guard let index = state.devices.firstIndex(where: { $0.identity == identity }) else {
        throw .unknownDevice
      }
      state.devices[index].revokedAt = state.devices[index].revokedAt ?? time
    }
  }
}

// MARK: Plans

extension SimulatedStore {
  func add(_ plan: PlanRecord, catalogue: [UInt8]?) async throws(StorageError) {
    try await write { state in
      if !state.plans.contains(where: { $0.hash == plan.hash }) { state.plans.append(plan) }
    }
  }

  func isCatalogue(_ hash: Bytes32) async throws(StorageError) -> Bool { false }

  func plan(_ hash: Bytes32) async throws(StorageError) -> PlanRecord? {
    try read { state in state.plans.first { $0.hash == hash } }
  }

  func plans() async throws(StorageError) -> [PlanRecord] { try read { $0.plans } }

  func move(
    _ plan: Bytes32, to next: PlanState, log: [LogEntry]
  ) async throws(StorageError) {
    try await write { (state) throws(StorageError) in
      let record = try state.plan(plan)
      guard record.state != next else { return }
      guard record.state.successors.contains(next) else {
        throw .planTransition(plan, from: record.state, to: next)
      }
      for index in state.plans.indices where state.plans[index].hash == plan {
        state.plans[index].state = next
      }
      try state.append(log)
    }
  }
}

// MARK: Rounds

extension SimulatedStore {
  func begin(_ round: RoundRecord, log: [LogEntry]) async throws(StorageError) {
    try await write { (state) throws(StorageError) in
      if let there = state.rounds.first(where: { $0.key == round.key }) {
        guard there.configuration == round.configuration else {
          throw .roundOutOfOrder(round.key, last: round.key.number)
        }
        return
      }
      let last = state.lastRoundNumber(task: round.key.task)
      guard round.key.number == last + 1 else {
        throw .roundOutOfOrder(round.key, last: last)
      }
      guard try state.plan(round.plan).state == .running else {
        throw .planIsNotRunning(round.plan)
      }
      state.rounds.append(round)
      try state.append(log)
    }
  }

  func round(_ key: RoundKey) async throws(StorageError) -> RoundRecord? {
    try read { state in state.rounds.first { $0.key == key } }
  }

  func rounds(limit: Int) async throws(StorageError) -> [RoundRecord] {
    try read { Array($0.rounds.reversed().prefix(limit)) }
  }

  func openRounds() async throws(StorageError) -> [RoundRecord] {
    try read { $0.rounds.filter { $0.outcome == .open } }
  }

  func lastRoundNumber(task: Bytes32) async throws(StorageError) -> UInt64 {
    try read { $0.lastRoundNumber(task: task) }
  }

  func append(
    _ entries: [JournalEntry], sum: PartialSum?, to round: RoundKey, log: [LogEntry]
  ) async throws(StorageError) {
    var blob: Bytes32?
    if let sum { blob = try await store(sum.sum) }
    let unneeded = try await write { (state) throws(StorageError) -> Bytes32? in
      guard try state.round(round).outcome == .open else { throw .roundHasEnded(round) }
      for entry in entries {
        let earlier = state.journals[round, default: []].first {
          entry.device != nil && $0.device == entry.device && $0.step == entry.step
        }
        if let earlier {
          guard earlier.bytes == entry.bytes else {
            throw .equivocation(round, step: entry.step)
          }
          continue
        }
        state.journals[round, default: []].append(entry)
        if entry.isContribution, let device = entry.device {
          state.contributions[round.task, default: [:]][device, default: 0] += 1
        }
      }
      try state.append(log)
      guard let sum, let blob else { return nil }
      let old = state.forgetSum(round)
      state.sums[round] = DurableState.Sum(blob: blob, set: sum.set, count: sum.count)
      return old == blob ? nil : old
    }
    remove(unneeded)
  }

  func journal(_ key: RoundKey) async throws(StorageError) -> [JournalEntry] {
    try read { (state) throws(StorageError) in
      _ = try state.round(key)
      return state.journals[key] ?? []
    }
  }

  func contributionCount(
    of device: Bytes32, to task: Bytes32
  ) async throws(StorageError) -> Int {
    try read { $0.contributions[task]?[device] ?? 0 }
  }

  func partialSum(_ key: RoundKey) async throws(StorageError) -> PartialSum? {
    try read { (state) throws(StorageError) in
      _ = try state.round(key)
      guard let sum = state.sums[key] else { return nil }
      guard let bytes = state.blobs[sum.blob] else { throw .blobMissing(sum.blob) }
      return PartialSum(sum: bytes, set: sum.set, count: sum.count)
    }
  }

  func abort(_ key: RoundKey, reason: UInt32, at time: Int64) async throws(StorageError) {
    let unneeded = try await write { (state) throws(StorageError) -> Bytes32? in
      let outcome = try state.round(key).outcome
      if outcome == .aborted(reason: reason) { return nil }
      guard outcome == .open else { throw .roundHasEnded(key) }
      state.end(key, .aborted(reason: reason), at: time)
      try state.append([LogEntry.abort(of: key, reason: reason, at: time)])
      return state.forgetSum(key)
    }
    remove(unneeded)
  }
}

// MARK: Witnesses

extension SimulatedStore {
  // Cohorts of a simulated world are small and need no witness.
  func witnesses() async throws(StorageError) -> WitnessSet { .none }
  func replaceWitnesses(_ set: WitnessSet) async throws(StorageError) {}
}

// MARK: Attendance

extension SimulatedStore {
  // A simulated world lasts for less than a day.
  func keep(_ attendance: AttendanceRecord) async throws(StorageError) {}
  func attendance(limit: Int) async throws(StorageError) -> [AttendanceRecord] { [] }
}

// MARK: Log

extension SimulatedStore {
  func log(_ entries: [LogEntry]) async throws(StorageError) {
    guard !entries.isEmpty else { return }
    try await write { (state) throws(StorageError) in try state.append(entries) }
  }

  func logged(_ key: EntryKey) async throws(StorageError) -> PlacedEntry? {
    try read { state in
      state.log.firstIndex { $0.key == key }.map {
        PlacedEntry(index: UInt64($0), entry: state.log[$0])
      }
    }
  }

  func loggedCount(_ kind: EntryKind, of subject: Bytes32) async throws(StorageError) -> UInt64 {
    try read { state in
      UInt64(state.log.count { $0.key.kind == kind && $0.key.subject == subject })
    }
  }

  func loggedEntries(_ range: Range<UInt64>) async throws(StorageError) -> [[UInt8]] {
    try read { state in
      state.log.indices.filter { range.contains(UInt64($0)) }.map { state.log[$0].encoded }
    }
  }

  func logSize() async throws(StorageError) -> UInt64 { try read { UInt64($0.log.count) } }

  func logTree() async throws(StorageError) -> TreeState {
    try read { state in
      var tree = MerkleFrontier()
      for entry in state.log { tree.append(entry.leaf) }
      return tree.state
    }
  }

  func hashes(of tile: Tile) async throws(StorageError) -> [Bytes32] {
    try read { (state) throws(StorageError) in try ShortLog(state.log).hashes(of: tile) }
  }

  func inclusionProof(
    of index: UInt64, size: UInt64
  ) async throws(StorageError) -> InclusionProof {
    try read { (state) throws(StorageError) in
      var tree = TiledTree(size: size, reader: ShortLog(state.log))
      return try tree.inclusionProof(of: index)
    }
  }

  func consistencyProof(
    from older: UInt64, to size: UInt64
  ) async throws(StorageError) -> ConsistencyProof {
    try read { (state) throws(StorageError) in
      var tree = TiledTree(size: size, reader: ShortLog(state.log))
      return try tree.consistencyProof(from: older)
    }
  }

  func logHeads() async throws(StorageError) -> LogHeads { try read { $0.heads } }

  func keep(_ heads: LogHeads) async throws(StorageError) {
    try await write { state in
      if let signed = heads.signed { state.heads.signed = signed }
      if let published = heads.published { state.heads.published = published }
    }
  }
}

/// The tiles of a log that is shorter than one of them.
private struct ShortLog: TileReader {
  private let leaves: [Bytes32]

  init(_ entries: [LogEntry]) { leaves = entries.map(\.leaf) }

  func hashes(of tile: Tile) throws(StorageError) -> [Bytes32] {
    guard tile.level == 0, tile.index == 0, tile.width <= leaves.count else {
      throw .logIsShorter(size: UInt64(leaves.count), asked: UInt64(tile.width))
    }
    return Array(leaves.prefix(tile.width))
  }
}

// MARK: Models

extension SimulatedStore {
  func add(_ model: ModelRecord, bytes: [UInt8]) async throws(StorageError) {
    _ = try await store(bytes)
    try await write { (state) throws(StorageError) in
      if let current = state.currentModel(plan: model.plan) {
        guard state.models.contains(where: { $0.hash == model.hash }) else {
          throw .staleParent(expected: current.hash, found: model.parent)
        }
        return
      }
      guard model.parent == nil else { throw .staleParent(expected: nil, found: model.parent) }
      state.models.append(model)
      state.current[model.plan] = model.hash
    }
  }

  func commit(
    _ model: ModelRecord, bytes: [UInt8], sum: ReleasedSum, round: RoundKey, log: [LogEntry]
  ) async throws(StorageError) {
    _ = try await store(bytes)
    let unneeded = try await write { (state) throws(StorageError) -> Bytes32? in
      let outcome = try state.round(round).outcome
      if outcome == .committed(model: model.hash) { return nil }
      guard outcome == .open else { throw .roundHasEnded(round) }
      let parent = state.current[model.plan]
      guard parent == model.parent else {
        throw .staleParent(expected: parent, found: model.parent)
      }
      state.models.append(model)
      state.current[model.plan] = model.hash
      state.end(round, .committed(model: model.hash), at: model.createdAt)
      state.releasedSums[round] = sum
      try state.append(log)
      return state.forgetSum(round)
    }
    remove(unneeded)
  }

  func releasedSum(of round: RoundKey) async throws(StorageError) -> ReleasedSum? {
    try read { $0.releasedSums[round] }
  }

  func model(_ hash: Bytes32) async throws(StorageError) -> ModelRecord? {
    try read { state in state.models.first { $0.hash == hash } }
  }

  func models(plan: Bytes32) async throws(StorageError) -> [ModelRecord] {
    try read { state in state.models.filter { $0.plan == plan } }
  }

  func currentModel(plan: Bytes32) async throws(StorageError) -> ModelRecord? {
    try read { $0.currentModel(plan: plan) }
  }

  func servedModel(plan: Bytes32) async throws(StorageError) -> ModelRecord? {
    try read { $0.currentModel(plan: plan) }
  }

  // No plan has a gate in a simulated world.
  func promote(_ hash: Bytes32, pass: GatePass?) async throws(StorageError) {
    try await write { (state) throws(StorageError) in
      guard let model = state.models.first(where: { $0.hash == hash }) else {
        throw .unknownModel(hash)
      }
      state.current[model.plan] = hash
    }
  }

  // Nobody pins a version in a simulated world.
  func pin(_ hash: Bytes32, pass: GatePass?) async throws(StorageError) {}
  func unpin(plan: Bytes32) async throws(StorageError) {}

  func blobByteCount(_ hash: Bytes32) async throws(StorageError) -> Int {
    try await blob(hash).count
  }

  func blob(_ hash: Bytes32, _ range: Range<Int>) async throws(StorageError) -> [UInt8] {
    Array(try await blob(hash)[range])
  }

  func blob(_ hash: Bytes32) async throws(StorageError) -> [UInt8] {
    try read { (state) throws(StorageError) in
      guard let bytes = state.blobs[hash] else { throw .blobMissing(hash) }
      return bytes
    }
  }
}
