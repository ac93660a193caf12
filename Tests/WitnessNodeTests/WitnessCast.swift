import CryptoPrimitives
import Foundation
import Logging
import NodeServing
import Storage
import TestSupport
import TransparencyLog
import WireProtocol

@testable import SecureAggregation
@testable import WitnessNode

/// A coordinator with three devices, and a folder for its witness.
final class WitnessCast {
  static let opens: UInt64 = 1_760_000_000
  static let chainLength: UInt64 = 16
  let folder: WitnessFolder
  let coordinator: SigningKey
  private let coordinatorIdentity: Identity
  let authority: SigningKey
  let logKey: SigningKey
  /// What the coordinator has logged, and the head of it that the witness has accepted last.
  private var log: [LogEntry] = []
  private var shown: SignedHead?
  private let devices: [Identity]
  private let root: String
  private var randomness = RandomStream.system()

  init() throws {
    root = FileManager.default.temporaryDirectory.path + "/silhouette-" + UUID().uuidString
    folder = WitnessFolder(path: root)
    coordinator = SigningKey(seed: Self.seed("coordinator"))
    coordinatorIdentity = Identity(SigningKey(seed: Self.seed("coordinator")))
    authority = SigningKey(seed: Self.seed("authority"))
    logKey = SigningKey(seed: Self.seed("log"))
    devices = (0..<4).map { Identity(SigningKey(seed: Self.seed("device \($0)"))) }
    try folder.make(
      WitnessFolder.Configuration(
        url: "https://witness.example:8444", host: "127.0.0.1", port: 0, pinsCertificate: true,
        coordinator: CoordinatorIntroduction(
          identity: coordinator.verificationKey, authority: authority.verificationKey,
          log: logKey.verificationKey),
        chainLength: Self.chainLength),
      files: ServerCertificate.make(forNodeAt: "127.0.0.1", notBefore: Date()))
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  private static func seed(_ name: String) -> SecretBytes {
    SecretBytes(known: Blake2b.digest(Array(name.utf8)).bytes)
  }

  /// The witness of the folder, as after a start of its process.
  func start(faults: any FaultInjector = NoFaults()) async throws -> Witness {
    try await folder.open(
      folder.configuration(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      faults: faults, clock: { Self.opens })
  }

  /// The terms of a round that names the witness.
  func config(
    position: UInt64 = 1, round: UInt64 = 1, leastSurvivors: Int = 2,
    _ change: (inout RoundTerms) -> Void = { _ in }
  ) throws -> RoundConfig {
    let keys = try WitnessKeys(folder: folder.keysFolder)
    let chain = try keys.chain(length: Self.chainLength)
    var terms = RoundTerms()
    terms.round = round
    terms.coordinator = coordinator.verificationKey
    terms.authority = authority.verificationKey
    terms.revocationDigest = RevocationList().digest
    terms.leastSurvivors = leastSurvivors
    terms.mostCohort = 4
    terms.opens = Self.opens
    terms.deadlines = (1...5).map { Self.opens + 100 * $0 }
    terms.witnesses = [
      WitnessTerms(
        identity: keys.verificationKey, position: position,
        previous: chain.value(at: position - 1) ?? Bytes32())
    ]
    change(&terms)
    return try RoundConfig(terms)
  }

  func message(_ config: RoundConfig) -> [UInt8] { coordinatorIdentity.message(config) }

  /// Fresh Advertise messages of some devices.
  func cohort(of members: [Int] = [0, 1, 2], in config: RoundConfig) -> [[UInt8]] {
    members.map { member in
      let agreementKey = AgreementSecretKey(random: &randomness)
      let maskKey = SecretScalar(random: &randomness)
      return devices[member].message(
        AdvertiseMessage(
          transcript: Transcript.configured(config),
          certificate: Certificate(
            identity: devices[member].verificationKey, notBefore: 0,
            notAfter: Self.opens + 1_000_000, by: authority),
          agreementKey: agreementKey.publicKey, maskKey: maskKey.publicPoint.encoding,
          nonce: Bytes32(random: &randomness)))
    }
  }

  func reveal(_ config: RoundConfig, _ cohort: [[UInt8]]) -> WitnessRequestBody {
    .reveal(RevealInquiry(configuration: message(config), cohort: cohort, revoked: []))
  }

  /// The question with what the log says of round and cohort, once the witness knows a head that has it.
  func logged(
    _ inquiry: RevealInquiry, for witness: Witness
  ) async throws -> RevealInquiry {
    let config = try Signed<RoundConfig>(decoding: inquiry.configuration).content
    let name = RoundReference(task: config.task, number: config.round)
    let leaves = try inquiry.cohort.enumerated().map {
      try Signed<AdvertiseMessage>(decoding: $1).content.leaf(at: $0)
    }
    let first = log.count
    log.append(
      try LogEntry(
        time: 5,
        .round(
          LoggedRound(
            round: name, configuration: Transcript.configured(config), planHash: config.planHash,
            modelHash: config.modelHash))))
    log.append(
      try LogEntry(
        time: 5,
        .cohort(
          LoggedCohort(
            round: name, transcript: try transcript(config, inquiry.cohort),
            root: CohortTree(leaves).root, memberCount: inquiry.cohort.count))))
    _ = try await ask(witness, try head())
    shown = try signedHead()
    var inquiry = inquiry
    inquiry.roundEntry = try proved(first)
    inquiry.cohortEntry = try proved(first + 1)
    return inquiry
  }

  /// A head over what the coordinator has logged, or over the first entries of it.
  func signedHead(
    size: Int? = nil, time: UInt64? = nil, _ change: (inout [LogEntry]) throws -> Void = { _ in }
  ) throws -> SignedHead {
    var entries = Array(log.prefix(size ?? log.count))
    try change(&entries)
    var tree = MerkleFrontier()
    for entry in entries { tree.append(entry.leaf) }
    return SignedHead(
      tree: tree.state, time: time ?? Self.opens + UInt64(entries.count), by: logKey)
  }

  /// The question for a signature on the newest head, with the proof from the one before.
  func head() throws -> WitnessRequestBody {
    let proof = try shown.map {
      var tree = tree()
      return try tree.consistencyProof(from: $0.head.tree.size).encoded
    }
    return .head(HeadInquiry(head: try signedHead().encoded, proof: proof ?? []))
  }

  func enroll() throws {
    log.append(
      try LogEntry(
        time: 5,
        .enrollment(
          LoggedEnrollment(
            authority: authority.verificationKey,
            certificateHash: Blake2b.digest([UInt8(log.count)])))))
  }

  func note(_ head: SignedHead) { shown = head }

  private func proved(_ index: Int) throws -> [UInt8] {
    var tree = tree()
    return try ProvedEntry(
      entry: log[index], proof: tree.inclusionProof(of: UInt64(index))
    ).encoded
  }

  private func tree() -> TiledTree<Leaves> {
    TiledTree(size: UInt64(log.count), reader: Leaves(leaves: log.map(\.leaf)))
  }

  private struct Leaves: TileReader {
    let leaves: [Bytes32]

    func hashes(of tile: Tile) throws(StorageError) -> [Bytes32] {
      Array(leaves.prefix(tile.width))
    }
  }

  /// T1 of a cohort.
  func transcript(_ config: RoundConfig, _ cohort: [[UInt8]]) throws -> Bytes32 {
    let round = Transcript.configured(config)
    let leaves = try cohort.enumerated().map {
      try Signed<AdvertiseMessage>(decoding: $1).content.leaf(at: $0)
    }
    return Transcript.gathered(round, cohort: CohortTree(leaves))
  }

  func cosign(
    _ config: RoundConfig, _ cohort: [[UInt8]], values: [Bytes32], survivors: [Int]
  ) throws -> WitnessRequestBody {
    .cosign(
      CosignInquiry(
        configuration: message(config), cohort: try transcript(config, cohort), values: values,
        cohortSize: cohort.count,
        sharers: CohortSet(0..<cohort.count, cohortSize: cohort.count).bitmap,
        survivors: CohortSet(survivors, cohortSize: cohort.count).bitmap))
  }

  func request(
    _ body: WitnessRequestBody, to witness: Witness, at time: UInt64 = opens
  ) -> SignedWitnessRequest {
    SignedWitnessRequest(
      body, to: witness.verificationKey, issuedAt: time, signedBy: coordinator,
      randomness: &randomness)
  }

  /// What the witness answers, after the signature was checked.
  ///
  /// A question for a reveal that says nothing of the log is asked as an honest coordinator does.
  func ask(
    _ witness: Witness, _ body: WitnessRequestBody
  ) async throws -> Result<WitnessReplyBody, Refusal> {
    var body = body
    if case .reveal(let inquiry) = body, inquiry.roundEntry.isEmpty {
      body = .reveal(try await logged(inquiry, for: witness))
    }
    let request = request(body, to: witness)
    let answer = await witness.answer(request.encoded)
    return try SignedWitnessReply(decoding: answer.body).body(
      of: request.kind, to: request.nonce, from: witness.verificationKey)
  }

  /// The message that a witness answers with; a refusal is thrown.
  func message(
    from witness: Witness, _ body: WitnessRequestBody
  ) async throws -> [UInt8] {
    guard case .message(let message) = try await ask(witness, body).get() else { return [] }
    return message
  }

  func standing(of witness: Witness) async throws -> UInt64 {
    guard case .standing(let standing) = try await ask(witness, .standing).get() else {
      return .max
    }
    return standing.position
  }

  /// The code of a refusal, nil if there is none.
  func refusal(
    of witness: Witness, _ body: WitnessRequestBody
  ) async throws -> Refusal? {
    if case .failure(let refusal) = try await ask(witness, body) { refusal } else { nil }
  }
}

/// Fails once, at one point: as a process does that is killed there.
final class FailsAt: FaultInjector, @unchecked Sendable {
  private let point: FailPoint
  private let lock = NSLock()
  private var isUsed = false

  init(_ point: FailPoint) { self.point = point }

  func reached(_ point: FailPoint) throws(StorageError) {
    guard point == self.point else { return }
    let isFirst = lock.withLock {
      defer { isUsed = true }
      return !isUsed
    }
    if isFirst { throw .diskFull(path: "disk") }
  }
}
