import ClientNode
import CryptoPrimitives
import RoundVocabulary
import Storage
import Synchronization
import TransparencyLog

@testable import CoordinatorNode

/// A log that a malicious coordinator makes up: entries of its choice under heads that it signs.
struct ForgedLog {
  private let coordinator: Coordinator
  private let entries: [LogEntry]
  let head: CosignedHead

  /// The log of a coordinator, changed.
  init(
    of coordinator: Coordinator, _ change: (inout [LogEntry]) throws -> Void = { _ in }
  ) async throws {
    self.coordinator = coordinator
    var entries = try await Self.entries(of: coordinator)
    try change(&entries)
    self.entries = entries
    var tree = MerkleFrontier()
    for entry in entries { tree.append(entry.leaf) }
    head = CosignedHead(
      SignedHead(tree: tree.state, time: coordinator.clock(), by: coordinator.keys.log))
  }

  /// What a coordinator's log has.
  static func entries(of coordinator: Coordinator) async throws -> [LogEntry] {
    try await coordinator.store.loggedEntries(0..<(try await coordinator.store.logSize())).map {
      try LogEntry(decoding: $0)
    }
  }

  private var tree: TiledTree<Leaves> {
    TiledTree(size: UInt64(entries.count), reader: Leaves(leaves: entries.map(\.leaf)))
  }

  /// What the log answers, as the node API has it; of entries with one key the last.
  func bytes(at path: String) throws -> [UInt8]? {
    let parts = path.split(separator: "/")
    switch parts.first {
    case "head": return head.encoded
    case "consistency":
      guard let older = UInt64(parts[1]), older <= entries.count else { return nil }
      var tree = tree
      return try tree.consistencyProof(from: older).encoded
    case "entry":
      let index = entries.lastIndex {
        "\($0.key.kind.rawValue)/\($0.key.subject)/\($0.key.number)"
          == parts[2...].joined(separator: "/")
      }
      guard let index else { return nil }
      var tree = tree
      return try ProvedEntry(
        entry: entries[index], proof: tree.inclusionProof(of: UInt64(index))
      ).encoded
    default: return nil
    }
  }

  private struct Leaves: TileReader {
    let leaves: [Bytes32]

    func hashes(of tile: Tile) throws(StorageError) -> [Bytes32] {
      guard tile.level == 0, tile.index == 0 else { throw .logIsShorter(size: 0, asked: 0) }
      return Array(leaves.prefix(tile.width))
    }
  }
}

/// What a debit can charge for in place of what a round has spent.
enum DebitLie: CaseIterable, Sendable {
  case set, count, mechanism

  /// Changes the debits of a log.
  func tell(in entries: inout [LogEntry]) throws {
    for index in entries.indices {
      guard case .debit(let debit) = entries[index].content else { continue }
      entries[index] = try LogEntry(
        time: entries[index].time,
        .debit(
          LoggedDebit(
            round: debit.round,
            transcript: self == .set ? Blake2b.digest([9]) : debit.transcript,
            survivorCount: debit.survivorCount + (self == .count ? 1 : 0),
            mechanism: self == .mechanism ? Self.other(than: debit.mechanism) : debit.mechanism)))
    }
  }

  private static func other(than mechanism: LoggedMechanism) -> LoggedMechanism {
    LoggedMechanism(
      law: .none, variance: (0, 1), totalVariation: 0,
      squaredNormBound: mechanism.squaredNormBound + 1, dimension: mechanism.dimension,
      clipNorm: mechanism.clipNorm, scale: mechanism.scale,
      assurance: .init(
        leastSurvivors: mechanism.leastSurvivors, mostColluding: mechanism.mostColluding))
  }
}

/// The way to a coordinator that shows a device whatever it likes of its log.
actor LyingTransport: NodeTransport {
  private let switchboard: Switchboard
  private var lie: @Sendable (_ path: String) throws -> Answer = { _ in .honest }

  enum Answer {
    case honest
    case bytes([UInt8]?)
  }

  init(_ switchboard: Switchboard) { self.switchboard = switchboard }

  /// Answers requests about the log from now on.
  ///
  /// - Parameter lie: of a path below /v1/log/.
  func tell(_ lie: @escaping @Sendable (_ path: String) throws -> Answer) { self.lie = lie }

  /// Shows a log that is made up, but for the entries of a kind.
  func show(_ log: ForgedLog, hiding hidden: EntryKind? = nil) {
    lie = { path in
      .bytes(hidden.map { Self.isEntry(path, $0) } == true ? nil : try log.bytes(at: path))
    }
  }

  /// Hides the entries of a kind.
  ///
  /// - Parameter asked: told of every question about them.
  func hide(_ kind: EntryKind, asked: @escaping @Sendable () -> Void = {}) {
    lie = { path in
      guard Self.isEntry(path, kind) else { return .honest }
      asked()
      return .bytes(nil)
    }
  }

  /// Whether a path below /v1/log/ is of an entry of a kind.
  static func isEntry(_ path: String, _ kind: EntryKind) -> Bool {
    let parts = path.split(separator: "/")
    return parts.first == "entry" && parts[2] == "\(kind.rawValue)"
  }

  func send(_ body: [UInt8]) async throws(TransportError) -> [UInt8] {
    try await switchboard.send(body)
  }

  func read(_ path: String, limit: Int) async throws(TransportError) -> [UInt8] {
    guard path.hasPrefix("/v1/log/") else { return try await switchboard.read(path, limit: limit) }
    let answer: Answer
    do { answer = try lie(String(path.dropFirst("/v1/log/".count))) } catch { throw .status(500) }
    switch answer {
    case .honest: return try await switchboard.read(path, limit: limit)
    case .bytes(let bytes?): return bytes
    case .bytes(nil): throw .status(404)
    }
  }
}

/// Counts, on whatever thread.
final class Questions: Sendable {
  private let asked = Atomic(0)
  var count: Int { asked.load(ordering: .relaxed) }
  func note() { asked.add(1, ordering: .relaxed) }
}
