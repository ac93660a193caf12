internal import CryptoPrimitives
package import DeviceLedger
internal import FederatedRounds
internal import SecureAggregation
internal import Storage
internal import TransparencyLog

/// What a contribution is debited with.
struct RoundCharge: Sendable {
  let task: ChargedTask
  /// The round's signed configuration.
  let configuration: [UInt8]
  /// When ceilings were compared, Unix seconds.
  let checked: UInt64
}

/// The device's ledger: protocols/device-ledger.md.
extension DeviceNode {
  private var keeper: LedgerKeeper<DeviceLedgerMedium> {
    LedgerKeeper(
      DeviceLedgerMedium(store: store, folder: folder, faults: faults), seal: keys.ledgerSeal)
  }

  /// The ledger as it is on the disk.
  package func ledger() async throws(DeviceError) -> LedgerReading { try await keeper.read() }

  /// The ledger once it can be relied on; only the process that takes part may call this.
  func readyLedger() async throws(DeviceError) -> DeviceLedger {
    var source = RandomStream.system()
    return try await keeper.ready(
      at: clock(), quarantine: ceilings.quarantineSeconds, randomness: &source
    ) { () async throws(DeviceError) in try await self.earlierCharges() }
  }

  /// Debits a contribution that is about to leave: durable when this returns, and never taken back.
  ///
  /// - Throws: `ledger` if the ledger is not as it was when the round was joined.
  func debit(_ charge: RoundCharge, of name: RoundName) async throws(DeviceError) {
    var source = RandomStream.system()
    let time = clock()
    let record = ChargeRecord(
      round: RoundKey(name), chargedAt: Int64(time), description: charge.configuration,
      mechanism: charge.task.mechanism.encoded)
    let store = store
    let fault = try await keeper.debit(
      charge.task, round: name.round, checked: charge.checked, at: time, randomness: &source
    ) { entry async throws(DeviceError) in
      do throws(StorageError) { try await store.charge(record, ledger: entry) } catch {
        throw .storage(error)
      }
    }
    if let fault { throw .ledger(fault) }
  }

  /// Why nothing is contributed now, if that is because of the ledger.
  func quarantine() async throws(DeviceError) -> Quarantine? {
    Quarantine(of: try await readyLedger(), at: clock())
  }

  /// Takes over what a coordinator has counted and the ledger does not have; why nothing is contributed because of it.
  ///
  /// - Parameters:
  ///   - counted: what the coordinator has counted of the task.
  ///   - most: how often a device contributes to the task; of that as much as the owner's ceiling leaves is believed.
  func quarantine(
    of charge: ChargedTask, counted: Int, most: Int
  ) async throws(DeviceError) -> Quarantine? {
    let ledger = try await readyLedger()
    let left = max(0, ceilings.mostContributions - ledger.contributionCount)
    let here = ledger.count(of: charge.task, at: charge.coordinator)
    let time = clock()
    var source = RandomStream.system()
    let raised = try await keeper.raise(
      ledger, to: counted, of: charge, most: min(most, here + left), at: time,
      quarantine: ceilings.quarantineSeconds, randomness: &source)
    return Quarantine(of: raised, at: time)
  }

  /// What the record of rounds says of contributions: all there is from before there was a ledger.
  private func earlierCharges() async throws(DeviceError) -> [EarlierCharge] {
    var charges: [EarlierCharge] = []
    for charge in try await contributions() {
      charges.append(
        EarlierCharge(
          charge: try Self.task(of: charge), round: charge.round.number,
          time: UInt64(max(0, charge.chargedAt))))
    }
    return charges
  }

  private static func task(of charge: ChargeRecord) throws(DeviceError) -> ChargedTask {
    let config: RoundConfig
    do { config = try Signed<RoundConfig>(decoding: charge.description).content } catch {
      throw .storage(.corrupt(table: "charge", field: "description"))
    }
    let assumed = ChargedTask(
      config, totalVariation: min(1, Double(config.dimension) * totalVariationOfOldCharges))
    guard let bytes = charge.mechanism else { return assumed }
    do throws(LogRefusal) {
      var reader = FieldReader(bytes)
      let mechanism = try LoggedMechanism(from: &reader)
      try reader.finish("charge.mechanism")
      return ChargedTask(
        coordinator: assumed.coordinator, plan: assumed.plan, task: assumed.task,
        mechanism: mechanism)
    } catch { throw .storage(.corrupt(table: "charge", field: "mechanism")) }
  }

  /// Of one coordinate: a thousand times what any sampler has.
  private static let totalVariationOfOldCharges = 0x1p-70
}

/// Entries in the device's database, the head in a file of its own.
struct DeviceLedgerMedium: LedgerMedium {
  typealias Failure = DeviceError

  let store: SQLiteParticipantStore
  let folder: String
  let faults: any FaultInjector

  func head() throws(DeviceError) -> [UInt8]? {
    do { return try LedgerHeadFile.read(folder: folder) } catch { throw .storage(error) }
  }

  func entries() async throws(DeviceError) -> [SealedLedgerEntry] {
    do { return try await store.ledger() } catch { throw .storage(error) }
  }

  func append(_ entries: [SealedLedgerEntry]) async throws(DeviceError) {
    do { try await store.append(toLedger: entries) } catch { throw .storage(error) }
  }

  func restart(with entry: SealedLedgerEntry) async throws(DeviceError) {
    do { try await store.restartLedger(with: entry) } catch { throw .storage(error) }
  }

  func keep(head: [UInt8]) throws(DeviceError) {
    do { try LedgerHeadFile.write(head, folder: folder, faults: faults) } catch {
      throw .storage(error)
    }
  }
}

extension ChargedTask {
  /// A contribution to a round.
  init(_ config: RoundConfig, totalVariation: Double) {
    self.init(
      coordinator: config.coordinator, plan: config.planHash, task: config.task,
      mechanism: LoggedMechanism(config, totalVariation: totalVariation))
  }
}

extension LoggedMechanism {
  /// Its 65 bytes.
  var encoded: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }
}
