package import Behavior
internal import BehaviorReaders
internal import CryptoPrimitives
package import Storage

/// The events of the device's user: sealed one by one, and the newest kept for a limited time.
///
/// It has a file and a key of its own, which no code that talks to the network opens.
package actor EventStore {
  private let folder: String
  private let store: SQLiteParticipantStore
  private var vault: EventVault
  private let lifetime: Int64
  private let most: Int
  private var randomness = RandomStream.system()

  /// What an import came to.
  package struct Imported: Sendable, Equatable {
    package let added: Int
    /// Events that were there already.
    package let known: Int
    /// Events that are older than the device keeps any.
    package let tooOld: Int
    /// Events that are older than as many others as the device keeps.
    package var beyondMost = 0
    package let badRows: Int
    /// What cleaning left out, and why.
    package var leftOut: [CleaningReport.Finding] = []
  }

  /// Opens the events of a device's folder, and makes file and key if they are missing.
  ///
  /// The newest events that a device keeps, however many its user has.
  ///
  /// Whatever it computes is computed from these, in time and memory that do not grow further.
  package static let mostEvents = 100_000

  /// - Parameters:
  ///   - lifetime: how long events are kept, in seconds.
  ///   - most: how many events are kept.
  package init(
    folder: String, lifetime: Int64, most: Int = mostEvents
  ) throws(StorageError) {
    self.folder = folder + "/events"
    self.lifetime = lifetime
    self.most = most
    store = try SQLiteParticipantStore(folder: self.folder)
    vault = try EventVault(folder: self.folder, randomness: &randomness)
  }

  package func close() throws(StorageError) { try store.close() }

  /// Reads a CSV file of one user's events and adds those that are new.
  ///
  /// - Throws: `ReaderError`, `EventStoreError`, `StorageError`.
  package func importCSV(_ file: String, now: Int64) async throws -> Imported {
    let population = try BehaviorFiles.readCSV(events: file, catalogue: nil, maxBadRows: 100)
    let users = population.log.userCount
    guard users == 1 else { throw EventStoreError.severalUsers(file: file, count: users) }
    try await checkOwner(population.log.userIDs[0], of: file)
    let items = population.catalogue.items
    let events = population.log.history(of: 0).events.map { event in
      StoredEvent(
        item: items[Int(event.item)].id, kind: event.kind, value: event.value,
        time: event.hasTime ? event.time : nil)
    }
    let outcome = try await add(events, now: now)
    return Imported(
      added: outcome.added, known: outcome.known, tooOld: outcome.tooOld,
      beyondMost: outcome.beyondMost,
      badRows: population.cleaning.badRows.count,
      leftOut: population.cleaning.findings.filter { $0.count > 0 })
  }

  private static let owner = "owner"

  /// Files of the device's user name the same user each time.
  private func checkOwner(_ user: String, of file: String) async throws {
    if let box = try await store.setting(Self.owner) {
      // Opening fails in one way only: the box is not what was sealed here, which the error says.
      guard let known = try? vault.open(SealedEvent(happenedAt: .min, box: box)) else {
        throw StorageError.corrupt(table: "setting", field: Self.owner)
      }
      guard known == Array(user.utf8) else { throw EventStoreError.otherUser(file: file) }
    } else {
      // Sealed as events are; no event happened at this time.
      let sealed = vault.seal(Array(user.utf8), happenedAt: .min, randomness: &randomness)
      try await store.set(Self.owner, to: sealed.box)
    }
  }

  /// Adds events that are new and young enough, as far as they are among the newest; older ones are
  /// forgotten for them.
  package func add(_ events: [StoredEvent], now: Int64) async throws -> Imported {
    let stored = try await store.events()
    var known = Set(try stored.map { Payload(try open($0)) })
    var fresh: [StoredEvent] = []
    var tooOld = 0
    var repeated = 0
    for event in events {
      guard event.item.utf8.count <= StoredEvent.mostIdentifierBytes else {
        throw EventStoreError.identifierTooLong(bytes: event.item.utf8.count)
      }
      guard event.time ?? now >= now - lifetime else {
        tooOld += 1
        continue
      }
      guard known.insert(Payload(event)).inserted else {
        repeated += 1
        continue
      }
      fresh.append(event)
    }
    let sealed = newest(fresh, beside: stored.map(\.happenedAt), now: now).map {
      vault.seal($0.payload, happenedAt: $0.time ?? now, randomness: &randomness)
    }
    try await store.add(sealed, keeping: most)
    return Imported(
      added: sealed.count, known: repeated, tooOld: tooOld,
      beyondMost: fresh.count - sealed.count, badRows: 0)
  }

  /// What makes two events the same one: everything but the time of import.
  private struct Payload: Hashable {
    let bytes: [UInt8]
    let time: Int64?

    init(_ event: StoredEvent) {
      bytes = event.payload
      time = event.time
    }
  }

  /// Those of new events that belong to the newest of all, in their order.
  ///
  /// Of one time those that are here already come first, then the last ones: importing a file again adds
  /// nothing.
  private func newest(
    _ fresh: [StoredEvent], beside stored: [Int64], now: Int64
  ) -> [StoredEvent] {
    guard stored.count + fresh.count > most else { return fresh }
    let times = fresh.map { $0.time ?? now }
    let places = times.indices.sorted { (times[$0], $0) > (times[$1], $1) }
    let oldestFirst = stored.sorted()
    // The last of the places from which a new event pushes out a stored one, or finds room.
    var room = most - stored.count
    var kept: [Int] = []
    for place in places {
      if room <= 0 {
        let next = -room
        guard next < stored.count, times[place] > oldestFirst[next] else { break }
      }
      room -= 1
      kept.append(place)
    }
    return kept.sorted().map { fresh[$0] }
  }

  private func open(_ sealed: SealedEvent) throws(StorageError) -> StoredEvent {
    // A box that does not open and a payload that is none are the same damage.
    guard let payload = try? vault.open(sealed),
      let event = StoredEvent(payload: payload, storedAt: sealed.happenedAt)
    else { throw .corrupt(table: "event", field: "box") }
    return event
  }

  /// The history over a catalogue, oldest event first; events of unknown items are left out.
  package func history(over catalogue: Catalogue) async throws -> LocalOnly<DeviceHistory> {
    var table = EventTable(userIDs: ["device"], clock: .ordinal)
    for event in try await store.events().map(open) {
      guard let item = catalogue.index(of: event.item) else { continue }
      if event.time != nil { table.clock = .unixSeconds }
      table.append(
        user: 0,
        BehaviorEvent(
          item: item, kind: event.kind, value: event.value,
          time: event.time ?? BehaviorEvent.unknownTime))
    }
    return LocalOnly(table.log().history(of: 0))
  }

  package func count() async throws(StorageError) -> Int { try await store.events().count }

  /// Deletes what is older than the device keeps events.
  package func expire(now: Int64) async throws(StorageError) -> Int {
    try await store.forgetEvents(before: now - lifetime)
  }

  /// Deletes all events, and the key without which no copy of them can be read.
  package func forgetEverything() async throws(StorageError) -> Int {
    let count = try await store.forgetEvents(before: .max)
    try await store.removeSetting(Self.owner)
    try EventVault.removeKey(folder: folder)
    vault = try EventVault(folder: folder, randomness: &randomness)
    return count
  }
}

/// Why events cannot be taken.
package enum EventStoreError: Error, Equatable, CustomStringConvertible {
  case severalUsers(file: String, count: Int)
  /// The events here were imported as another user's.
  case otherUser(file: String)
  case identifierTooLong(bytes: Int)

  package var description: String {
    switch self {
    case .severalUsers(let file, let count):
      "\(file): holds events of \(count) users, and a device has one; write a file for each"
    case .otherUser(let file):
      "\(file): its user is not the one whose events are here already, and a device has one; import into "
        + "another folder, or delete the events here first: silhouette client forget --dir DIR"
    case .identifierTooLong(let bytes):
      "an item's identifier has \(bytes) bytes; at most \(StoredEvent.mostIdentifierBytes) are taken"
    }
  }
}
