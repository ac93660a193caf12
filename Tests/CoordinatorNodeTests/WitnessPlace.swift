import ClientNode
import CryptoPrimitives
import FederatedRounds
import Foundation
import Logging
import Storage
import WireProtocol
import WitnessNode

@testable import CoordinatorNode

/// Witnesses in the same process, each of which can be away, lose its answers, and be started again.
actor WitnessPlace: WitnessTransport {
  /// What becomes of a request.
  enum Fate: Sendable {
    case answered
    /// The witness does not hear it.
    case unheard
    /// The witness does it and dies before its answer arrives.
    case diesAfter
  }

  private let folders: [Bytes32: WitnessFolder]
  private let clock: @Sendable () -> UInt64
  private var running: [Bytes32: Witness] = [:]
  /// Decides over the requests of each kind, in order; those after the last are answered.
  private var fates: [WitnessRequestKind: [Fate]] = [:]
  private var absent: Set<WitnessRequestKind> = []
  /// Every message that a witness has given, by its request's kind.
  private(set) var messages: [WitnessRequestKind: [[UInt8]]] = [:]
  private(set) var restarts = 0

  /// Makes witnesses, and adds them to the coordinator of a world that does not run yet.
  init(
    _ world: NodeWorld, count: Int,
    clock: @escaping @Sendable () -> UInt64 = { UInt64(Date().timeIntervalSince1970) }
  ) async throws {
    self.clock = clock
    let keys = try CoordinatorKeys(folder: world.folder + "/keys")
    var folders: [Bytes32: WitnessFolder] = [:]
    let store = try await SQLiteCoordinatorStore(folder: world.folder + "/store")
    for number in 0..<count {
      let folder = WitnessFolder(path: world.folder + "/witness-\(number)")
      try folder.make(
        WitnessFolder.Configuration(
          url: "https://witness-\(number).example", host: "127.0.0.1", port: 0,
          pinsCertificate: false,
          coordinator: CoordinatorIntroduction(
            identity: keys.verificationKey, authority: keys.authorityKey,
            log: keys.logKey), chainLength: 32),
        files: nil)
      let description = try WitnessDescription(
        decoding: Array(folder.description(folder.configuration()).utf8))
      try await store.replaceWitnesses(
        keys.adding(description, to: try await store.witnesses()))
      folders[description.identity.encoding] = folder
    }
    try store.close()
    self.folders = folders
    for (identity, folder) in folders { running[identity] = try await start(folder) }
  }

  private func start(_ folder: WitnessFolder) async throws -> Witness {
    try await folder.open(
      folder.configuration(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      clock: clock)
  }

  func plan(_ fates: [Fate], for kind: WitnessRequestKind) { self.fates[kind] = fates }

  /// Whether requests of a kind are heard by nobody until further notice.
  func setAbsent(_ isAbsent: Bool, for kind: WitnessRequestKind) {
    if isAbsent { absent.insert(kind) } else { absent.remove(kind) }
  }

  func send(_ body: [UInt8], to witness: WitnessRecord) async throws -> [UInt8] {
    guard let running = running[witness.identity], let folder = folders[witness.identity] else {
      throw TransportError.unreachable("no such witness")
    }
    let kind = try SignedWitnessRequest(decoding: body).kind
    var fate = Fate.answered
    if let next = fates[kind]?.first {
      fates[kind]?.removeFirst()
      fate = next
    }
    guard !absent.contains(kind), fate != .unheard else {
      throw TransportError.unreachable("away")
    }
    let answer = await running.answer(body)
    if case .success(.message(let message))? = try? SignedWitnessReply(decoding: answer.body).body(
      of: kind, to: SignedWitnessRequest(decoding: body).nonce, from: running.verificationKey)
    {
      messages[kind, default: []].append(message)
    }
    if fate == .diesAfter {
      try await running.close()
      self.running[witness.identity] = try await start(folder)
      restarts += 1
      throw TransportError.unreachable("died")
    }
    return answer.body
  }
}
