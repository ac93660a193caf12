internal import CoordinatorNode
internal import CryptoPrimitives
internal import FederatedRounds
internal import PrivacyLedger
internal import RingArithmetic
internal import SecureAggregation
internal import Storage
internal import TransparencyLog

/// A promise that a schedule broke.
///
/// What must hold after every schedule, whatever failed in it:
///
/// - every round ends, committed or with a named reason, and so does the plan; no device stays in one;
/// - an acknowledged contribution to a committed round is in its sum, and none is in it twice: the
///   versions count, device by device, what the journals of committed rounds name;
/// - no sum is opened of fewer contributions than the floor, and never two different ones of a round;
/// - nobody is asked for shares before the log has the debit; a sum that is opened was debited before, once,
///   in journal and log, and becomes a version;
/// - the log never has fewer debits than openings, nor more than one beyond releases and aborted rounds; a
///   release names its round's debit; heads only grow;
/// - whoever audits the log accepts it;
/// - a device has paid for what is counted, once for each round, before it left; and it is never asked
///   to record what its store's rules forbid: a second charge, a second set of survivors.
///
/// Not failures: a round that aborts because too few devices are left, a device that is turned away.
package enum Violation: Equatable, CustomStringConvertible {
  case planHasNoEnd
  case roundHasNoEnd(UInt64)
  case deviceIsStillInARound(Int)
  case lost(device: Int, round: UInt64)
  case countedTwice(device: Int, round: UInt64)
  case miscounted(version: [UInt8], expected: [UInt8])
  case belowFloor(survivors: Int)
  case twoSums(round: UInt64)
  case openedWithoutDebit(round: UInt64)
  case debits(Int, round: UInt64)
  case openedAndAborted(round: UInt64)
  case countedWithoutCharge(device: Int, round: UInt64)
  case forbiddenRecord(device: Int)
  /// The coordinator had counted contributions that the device has not charged.
  case countedTooOften(device: Int)
  case blobIsMissing
  case openedWithoutLoggedDebit(round: UInt64)
  case askedWithoutLoggedDebit(round: UInt64)
  case unpaidDebits(Int)
  case releaseWithoutItsDebit(round: UInt64)
  case headsContradict
  case endIsNotLogged(round: UInt64)
  case planIsNotClosed
  case auditRefuses(String)

  package var description: String {
    switch self {
    case .planHasNoEnd: "the plan does not end"
    case .roundHasNoEnd(let round): "round \(round) does not end"
    case .deviceIsStillInARound(let device): "device \(device) is still in a round"
    case .lost(let device, let round):
      "the contribution of device \(device) to round \(round) was acknowledged and lost"
    case .countedTwice(let device, let round):
      "device \(device) is counted twice in round \(round)"
    case .miscounted(let version, let expected): "the version is \(version), not \(expected)"
    case .belowFloor(let survivors): "a sum of \(survivors) contributions was opened"
    case .twoSums(let round): "two different sums of round \(round) were opened"
    case .openedWithoutDebit(let round): "round \(round) was opened before it was debited"
    case .debits(let count, let round): "round \(round) was debited \(count) times"
    case .openedAndAborted(let round): "round \(round) was opened and aborted"
    case .countedWithoutCharge(let device, let round):
      "device \(device) is counted in round \(round) and has not paid"
    case .forbiddenRecord(let device): "device \(device) was to record what is forbidden"
    case .countedTooOften(let device):
      "device \(device) was told of more contributions than it has charged"
    case .blobIsMissing: "a row names a blob that is not there"
    case .openedWithoutLoggedDebit(let round):
      "round \(round) was opened before the log had its debit"
    case .askedWithoutLoggedDebit(let round):
      "devices were asked for shares of round \(round) before the log had its debit"
    case .unpaidDebits(let count): "the log has \(count) debits of rounds that did not end"
    case .releaseWithoutItsDebit(let round):
      "the release of round \(round) does not name a debit of that round before it"
    case .headsContradict: "a head does not continue the one before it"
    case .planIsNotClosed: "the log does not say what the plan has cost"
    case .auditRefuses(let finding): "the audit refuses the log: \(finding)"
    case .endIsNotLogged(let round): "the end of round \(round) is not in the log"
    }
  }
}

extension SimulatedWorld {
  /// What did not hold; nothing in a schedule that went as it must.
  package func violations() -> [Violation] {
    var found: [Violation] = []
    if !hasPlanEnded { found.append(.planHasNoEnd) }
    if !disk.state.isClosed { found.append(.planIsNotClosed) }
    for device in devices {
      if device.isInRound { found.append(.deviceIsStillInARound(device.index)) }
      if !device.violations.isEmpty { found.append(.forbiddenRecord(device: device.index)) }
      if !device.countedTooOften.isEmpty { found.append(.countedTooOften(device: device.index)) }
    }
    found += violationsOfOpenings()
    found += askedUnpaid.map { .askedWithoutLoggedDebit(round: $0.number) }
    found += violationsOfLog()
    let lineage = disk.state.lineage(of: cast.record.hash)
    var expected = [UInt8](repeating: 0, count: 1 + CountingCourse.dimension)
    for round in disk.state.rounds {
      switch round.outcome {
      case .open: found.append(.roundHasNoEnd(round.key.number))
      case .aborted(let reason):
        // An operator may come between the opening of a sum and the version that follows from it.
        let byHand = [RoundAbort.byOperator, .planStopped].map(\.number).contains(reason)
        if !byHand, !sums(of: round.key).isEmpty {
          found.append(.openedAndAborted(round: round.key.number))
        }
      case .committed:
        found += violations(ofCommitted: round.key)
        // A version that was rolled back is not behind the one in use.
        guard lineage.contains(round.key) else { continue }
        expected[0] += 1
        for (index, device) in cast.devices.enumerated()
        where disk.state.contributors(to: round.key).contains(device.verificationKey.encoding) {
          expected[1 + index] += 1
        }
      }
    }
    if let current = disk.state.currentModel(plan: cast.record.hash) {
      let version = disk.state.blobs[current.hash] ?? []
      if version != expected { found.append(.miscounted(version: version, expected: expected)) }
    }
    let blobs = disk.state.models.map(\.hash) + disk.state.sums.values.map(\.blob)
    if blobs.contains(where: { disk.state.blobs[$0] == nil }) { found.append(.blobIsMissing) }
    return found
  }

  private func sums(of round: RoundKey) -> [OpenedSum] {
    openings.filter { $0.round == round }.map(\.sum)
  }

  private func violationsOfOpenings() -> [Violation] {
    var found: [Violation] = []
    for opening in openings {
      let number = opening.round?.number ?? 0
      if opening.sum.survivors.count < Cast.template.leastSurvivors {
        found.append(.belowFloor(survivors: opening.sum.survivors.count))
      }
      if opening.debits == 0 { found.append(.openedWithoutDebit(round: number)) }
      if !opening.hasLoggedDebit { found.append(.openedWithoutLoggedDebit(round: number)) }
      if opening.unendedDebits > 1 { found.append(.unpaidDebits(opening.unendedDebits)) }
      if let round = opening.round, let first = sums(of: round).first,
        first.vector != opening.sum.vector || first.survivors != opening.sum.survivors
      {
        found.append(.twoSums(round: number))
      }
    }
    return found
  }

  private func violationsOfLog() -> [Violation] {
    var found: [Violation] = []
    let log = disk.state.log
    for round in disk.state.rounds {
      let ends = log.filter {
        switch $0.content {
        case .release(let release):
          release.round == round.key.logged && round.outcome == .committed(model: release.modelHash)
        case .abort(let abort):
          abort.round == round.key.logged && round.outcome == .aborted(reason: UInt32(abort.code))
        default: false
        }
      }
      if ends.count != 1 { found.append(.endIsNotLogged(round: round.key.number)) }
    }
    for (index, entry) in log.enumerated() {
      guard case .release(let release) = entry.content else { continue }
      let isNamed = log[..<index].contains {
        guard case .debit(let debit) = $0.content else { return false }
        return debit.round == release.round && $0.leaf == release.debit
      }
      if !isNamed { found.append(.releaseWithoutItsDebit(round: release.round.number)) }
    }
    if !disk.headsContinue { found.append(.headsContradict) }
    do throws(LedgerFinding) {
      _ = try LedgerVerifier.accounts(
        of: log, log: LogIdentity(key: cast.keys.logKey), authority: cast.keys.authorityKey,
        promises: [cast.promise])
    } catch { found.append(.auditRefuses("\(error)")) }
    return found
  }

  private func violations(ofCommitted round: RoundKey) -> [Violation] {
    var found: [Violation] = []
    let debits = disk.state.debits(of: round)
    if debits != 1 { found.append(.debits(debits, round: round.number)) }
    guard let sum = sums(of: round).last else {
      return found + [.openedWithoutDebit(round: round.number)]
    }
    for device in devices {
      let count = sum.vector.words[device.index]
      if count > 1 { found.append(.countedTwice(device: device.index, round: round.number)) }
      if count == 0, device.acknowledged.contains(round) {
        found.append(.lost(device: device.index, round: round.number))
      }
      if count > 0, device.store.charges[round] == nil {
        found.append(.countedWithoutCharge(device: device.index, round: round.number))
      }
    }
    return found
  }
}
