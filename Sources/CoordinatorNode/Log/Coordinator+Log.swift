internal import CryptoPrimitives
internal import Logging
internal import SecureAggregation
internal import Storage
internal import TransparencyLog

extension Coordinator {
  /// Takes up the log: its heads, and what is missing of a store from before there was one.
  ///
  /// - Throws: `otherLog` if the store's heads are signed with another key.
  func openLog() async throws(StorageError) {
    log.heads = try await store.logHeads()
    if let stored = log.heads.signed?.signed.head.log, stored != keys.logIdentity.name {
      throw .otherLog(stored: stored)
    }
    // A head that waits for its cosignatures goes on waiting.
    log.signedAt = clock()
    try await logEnrollments()
  }

  /// Logs the certificates of devices that were enrolled before there was a log.
  ///
  /// The oldest tells: all are added at once.
  private func logEnrollments() async throws(StorageError) {
    let devices = try await store.devices()
    guard let oldest = devices.first,
      try await store.logged(enrollment(of: oldest).key) == nil
    else { return }
    var missing: [LogEntry] = []
    for device in devices {
      let entry = try enrollment(of: device)
      if try await store.logged(entry.key) == nil { missing.append(entry) }
    }
    try await store.log(missing)
  }

  private func enrollment(of device: DeviceRecord) throws(StorageError) -> LogEntry {
    try LogEntry(
      at: max(1, device.enrolledAt),
      .enrollment(
        LoggedEnrollment(
          authority: keys.authorityKey, certificateHash: Certificate.hash(of: device.certificate))))
  }

  /// Closes plans that a command has ended, once their rounds are over.
  func closePlans() async throws {
    let plans = try await store.plans().filter {
      $0.state.successors.isEmpty && !closedPlans.contains($0.hash)
    }
    guard !plans.isEmpty else { return }
    let going = Set(try await store.openRounds().map(\.plan))
    for record in plans where !going.contains(record.hash) {
      do {
        // One that was never announced has nothing to close.
        let key = EntryKey(kind: .plan, subject: record.hash, number: 0)
        if try await store.logged(key) != nil {
          try await store.log(try await closing(of: interpret(record)))
        }
        closedPlans.insert(record.hash)
      } catch let error as StorageError { throw error } catch {
        closedPlans.insert(record.hash)
        logger.error(
          "a plan that has ended cannot be closed in the log",
          metadata: ["plan": "\(record.hash)", "error": "\(error)"])
      }
    }
  }

  /// Signs the log as it is durable, and publishes the head that has its cosignatures.
  ///
  /// Called by `advance`, which does not overlap with itself.
  func publishLog() async throws {
    // Whatever is signed now would be the second history.
    if let size = log.contradicted { throw WitnessCallFault.laterHead(size: size) }
    if log.isUncertain {
      log.heads = try await store.logHeads()
      log.isUncertain = false
    }
    if log.isSettled, try await store.logSize() != log.heads.signed?.signed.head.tree.size {
      try await signLog()
    }
    guard let signed = log.heads.signed, signed != log.heads.published else { return }
    let cosigned = signed.cosignatures.count { watch.pinned.contains($0.witness) }
    let isCosigned = cosigned >= watch.pinned.witnesses.count
    guard isCosigned || clock() >= log.signedAt + settings.cosigningSeconds else { return }
    var heads = log.heads
    heads.published = signed
    try await keep(heads)
    // A cosignature that came meanwhile stays with the head that is signed.
    log.heads.published = signed
  }

  /// Signs what is durable, after the same checks as a reader makes: a store that was damaged must not make a
  /// log sign two histories.
  private func signLog() async throws {
    let last = log.heads.signed?.signed
    let tree = try await store.logTree()
    let head = CosignedHead(
      SignedHead(tree: tree, time: max(clock(), last?.head.time ?? 1), by: keys.log))
    var view = LogView(log: keys.logIdentity, witnesses: .none, last: last)
    let proof = try await proof(from: last, to: tree)
    do throws(LogRefusal) { try view.accept(head, proof: proof) } catch {
      throw StorageError.logDamaged(rule: error.rule)
    }
    try faults.reached(.headSigned)
    try await keep(LogHeads(signed: head, published: log.heads.published))
    log.heads.signed = head
    log.signedAt = clock()
  }

  private func keep(_ heads: LogHeads) async throws(StorageError) {
    do throws(StorageError) {
      try await store.keep(heads)
      try faults.reached(.headKept)
    } catch {
      log.isUncertain = true
      throw error
    }
  }

  /// Nil where there can be none: the check says so.
  ///
  /// A store that cannot be read now is another matter.
  private func proof(
    from last: SignedHead?, to tree: TreeState
  ) async throws(StorageError) -> ConsistencyProof? {
    guard let older = last?.head.tree.size, older <= tree.size else { return nil }
    return try await store.consistencyProof(from: older, to: tree.size)
  }
}
