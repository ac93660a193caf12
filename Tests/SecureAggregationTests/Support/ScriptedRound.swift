import CryptoPrimitives
import ProtocolVectors
import RingArithmetic

@testable import SecureAggregation

/// A coordinator that knows the protocol and keeps whatever it gets.
///
/// Every message can be composed as an honest coordinator would, and sent as composed or not: a test
/// deviates in one place and leaves the rest to this type.
final class ScriptedRound {
  let enrollment: Enrollment
  let config: RoundConfig
  /// By cohort index.
  var devices: [Device]

  // What was collected.
  private(set) var advertised: [Int: Signed<AdvertiseMessage>] = [:]
  private(set) var shares: [Int: SharesMessage] = [:]
  private(set) var inputs: [Int: InputMessage] = [:]
  private(set) var consistency: [Bytes32: [Int: Signature]] = [:]
  private(set) var unmasks: [UnmaskMessage] = []
  private(set) var codes: [Int: AbortCode] = [:]

  private var cohortView: CohortOfRound?

  /// The cohort and graph as an honest coordinator derives them.
  struct CohortOfRound {
    let tree: CohortTree
    /// T1.
    let gathered: Bytes32
    let reveals: [DirectoryMessage.RevealedValue]
    let graph: CohortGraph
    /// T2.
    let connected: Bytes32
  }

  init(_ enrollment: Enrollment, _ terms: RoundTerms, _ devices: [Device]) throws {
    self.enrollment = enrollment
    config = try RoundConfig(terms)
    self.devices = devices
  }

  /// A round of fresh devices with the given checks.
  convenience init(
    _ enrollment: Enrollment, _ terms: RoundTerms, size: Int? = nil, checks: ClientChecks = .all,
    occasion: UInt64 = 0
  ) throws {
    let config = try RoundConfig(terms)
    let setup = Device.Setup(
      checks: checks, policy: enrollment.policy,
      circumstances: enrollment.circumstances(of: config),
      occasion: occasion)
    let devices = (0..<(size ?? config.mostCohort)).map {
      Device(enrollment, $0, setup, contribution: enrollment.contribution(of: $0, config))
    }
    try self.init(enrollment, terms, devices)
  }

  var size: Int { devices.count }
  var everybody: CohortSet { CohortSet(0..<size, cohortSize: size) }

  func set(_ indices: some Sequence<Int>) -> CohortSet { CohortSet(indices, cohortSize: size) }

  /// The true sum of the contributions of some clients.
  func trueSum(of indices: some Sequence<Int>) -> RingVector {
    var sum = RingVector(zeros: config.dimension, modulus: config.modulus)
    for index in indices { sum.add(devices[index].contribution) }
    return sum
  }

  // MARK: Sending

  /// When a client is sent a message of a kind: ten seconds before the deadline of its answer.
  func time(of kind: MessageKind) -> UInt64 {
    let steps: [MessageKind] = [.roundConfig, .directory, .inbox, .survivors, .quorum]
    return Enrollment.deadlines[steps.firstIndex(of: kind) ?? 0] - 10
  }

  /// Signs and sends, and keeps the answer.
  @discardableResult
  func send<Content: MessageContent>(
    _ content: Content, to index: Int, at time: UInt64? = nil
  ) -> PlayedClient.Answer {
    deliver(
      enrollment.coordinator.message(content), to: index,
      at: time ?? self.time(of: Content.kind))
  }

  @discardableResult
  func deliver(_ bytes: [UInt8], to index: Int, at time: UInt64) -> PlayedClient.Answer {
    let answer = devices[index].answer(bytes, at: time)
    switch answer {
    case .message(let bytes): collect(bytes, from: index)
    case .abort(let error): codes[index] = error.code
    case .silence: break
    }
    return answer
  }

  func collect(_ bytes: [UInt8], from index: Int) {
    switch try? MessageKind(ofMessage: bytes) {
    case .advertise: advertised[index] = try? Signed(decoding: bytes)
    case .shares: shares[index] = (try? Signed<SharesMessage>(decoding: bytes))?.content
    case .input: inputs[index] = try? InputMessage(decoding: bytes)
    case .consistency:
      if let message = try? Signed<ConsistencyMessage>(decoding: bytes) {
        consistency[message.content.transcript, default: [:]][index] = message.signature
      }
    case .unmask:
      if let message = try? Signed<UnmaskMessage>(decoding: bytes) {
        unmasks.append(message.content)
      }
    default: break
    }
  }

  // MARK: What an honest coordinator composes

  /// T0.
  var transcript: Bytes32 { Transcript.configured(config) }

  /// Cohort and graph; witnesses are asked when it is first wanted.
  func cohort() throws -> CohortOfRound {
    if let cohortView { return cohortView }
    let members = (0..<size).compactMap { advertised[$0] }
    let tree = CohortTree(members.enumerated().map { $1.content.leaf(at: $0) })
    let gathered = Transcript.gathered(transcript, cohort: tree)
    let request = RevealRequest(
      config: enrollment.coordinator.message(config), cohort: members.map(\.encoded))
    let reveals = try enrollment.witnesses.map { box in
      let answer = try box.witness.reveal(request, isLogged: true)
      let message = try Signed<RevealMessage>(decoding: answer.message)
      return DirectoryMessage.RevealedValue(
        value: message.content.value, signature: message.signature)
    }
    let seed = Beacon.graphSeed(cohort: gathered, values: reveals.map(\.value))
    let parameters = config.graphParameters(cohortSize: size)
    let view = CohortOfRound(
      tree: tree, gathered: gathered, reveals: reveals,
      graph: CohortGraph(cohortSize: size, parameters: parameters, seed: seed),
      connected: Transcript.connected(gathered, seed: seed, parameters: parameters))
    cohortView = view
    return view
  }

  func directory(for index: Int) throws -> DirectoryMessage {
    let cohort = try cohort()
    return DirectoryMessage(
      transcript: transcript, recipient: index, leaves: cohort.tree.leaves,
      reveals: cohort.reveals,
      neighbors: cohort.graph.neighbors(of: index).compactMap { advertised[$0.index] })
  }

  func inbox(for index: Int, sharers: CohortSet) throws -> InboxMessage {
    let cohort = try cohort()
    let boxes = cohort.graph.neighbors(of: index).compactMap { dealer in
      box(from: dealer.index, to: index, cohort.graph).map {
        Slotted(slot: dealer.slot, value: $0)
      }
    }
    return InboxMessage(
      transcript: cohort.connected, recipient: index, sharers: sharers,
      boxes: boxes.filter { entry in
        cohort.graph.holder(of: index, slot: entry.slot).map { sharers.contains($0) } ?? false
      })
  }

  func box(from dealer: Int, to holder: Int, _ graph: CohortGraph) -> ShareBox? {
    guard let message = shares[dealer],
      let position = graph.neighborPosition(of: holder, for: dealer)
    else { return nil }
    return message.boxes[position]
  }

  /// U2 and T3.
  func sharers(_ members: CohortSet) throws -> Sharers {
    Sharers(
      members: members,
      transcript: Transcript.shared(try cohort().connected, sharers: members))
  }

  func survivors(_ members: CohortSet, of sharers: CohortSet) throws -> SurvivorsMessage {
    SurvivorsMessage(transcript: try self.sharers(sharers).transcript, survivors: members)
  }

  /// T4.
  func survived(_ members: CohortSet, of sharers: CohortSet) throws -> Bytes32 {
    Transcript.survived(try self.sharers(sharers).transcript, survivors: members)
  }

  /// The quorum of a client from the signatures that were collected on T4.
  func quorum(
    for index: Int, _ survivors: CohortSet, of sharers: CohortSet, cosigned: Bool = true
  ) throws -> QuorumMessage {
    let cohort = try cohort()
    let transcript = try survived(survivors, of: sharers)
    let parameters = cohort.graph.parameters
    let needed = parameters.threshold - (parameters.mode == .complete ? 1 : 0)
    let signatures = cohort.graph.neighbors(of: index).compactMap { neighbor in
      survivors.contains(neighbor.index)
        ? consistency[transcript]?[neighbor.index].map { Slotted(slot: neighbor.slot, value: $0) }
        : nil
    }
    let request = CosignRequest(
      config: config, cohort: cohort.gathered, values: cohort.reveals.map(\.value),
      sharers: sharers, survivors: survivors)
    // A witness that refuses gives nothing: the coordinator goes on with what it has.
    let cosignatures = enrollment.witnesses.compactMap { box -> Signature? in
      guard cosigned, let answer = try? box.witness.cosign(request) else { return nil }
      return (try? Signed<CosignMessage>(decoding: answer.message))?.signature
    }
    return QuorumMessage(
      transcript: transcript, recipient: index, signatures: Array(signatures.prefix(needed)),
      cosignatures: cosignatures)
  }

  // MARK: Whole steps

  func playAdvertise(_ indices: some Sequence<Int>) {
    for index in indices { send(config, to: index) }
  }

  func playShares(_ indices: some Sequence<Int>) throws {
    for index in indices { send(try directory(for: index), to: index) }
  }

  func playInput(_ indices: some Sequence<Int>, sharers: CohortSet) throws {
    for index in indices { send(try inbox(for: index, sharers: sharers), to: index) }
  }

  /// Everything up to the inputs, honestly, with everybody.
  func playToInput() throws {
    playAdvertise(0..<size)
    try playShares(0..<size)
    try playInput(0..<size, sharers: everybody)
  }

  func playConsistency(
    _ indices: some Sequence<Int>, _ survivors: CohortSet, of sharers: CohortSet
  ) throws {
    for index in indices { send(try self.survivors(survivors, of: sharers), to: index) }
  }

  func playUnmask(
    _ indices: some Sequence<Int>, _ survivors: CohortSet, of sharers: CohortSet
  ) throws {
    for index in indices {
      send(try quorum(for: index, survivors, of: sharers), to: index)
    }
  }

  // MARK: The attacker's computation

  /// All that was collected, with what the accomplices tell.
  func extraction(
    sharers: CohortSet? = nil, confessions: [Int: Confession] = [:]
  ) throws -> Extraction {
    let cohort = try cohort()
    var extraction = Extraction(
      graph: cohort.graph, sharers: try self.sharers(sharers ?? everybody),
      maskKeys: (0..<size).map { advertised[$0]?.content.maskKey ?? Bytes32() })
    extraction.selfMaskPoints = shares.mapValues(\.selfMaskPoint)
    for (index, message) in inputs { extraction.inputs[index] = try unpacked(message) }
    for message in unmasks { extraction.add(message) }
    for (index, confession) in confessions { extraction.add(confession, of: index) }
    return extraction
  }

  func unpacked(_ message: InputMessage) throws -> RingVector {
    var vector = RingVector(zeros: config.dimension, modulus: config.modulus)
    try unsafe config.packing.add(message.packed.span.bytes, to: &vector, 0..<vector.count)
    return vector
  }
}
