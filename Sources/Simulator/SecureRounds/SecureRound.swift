internal import CryptoPrimitives
internal import PrivacyMechanisms
internal import RingArithmetic
internal import RoundVocabulary
internal import SecureAggregation
internal import SeededRandomness
internal import Synchronization

/// One round through secure aggregation, with every message that a coordinator and devices would
/// exchange, on one machine.
///
/// Devices work on all threads, a block of them at a time, so that memory does not grow with the
/// cohort but for what the coordinator keeps of each device.
struct SecureRound: Sendable {
  /// A device in the round: its state machine and its randomness.
  final class Participant: Sendable {
    struct State: ~Copyable, Sendable {
      var machine: AggregationClient
      var randomness: RandomStream
    }

    let device: Int32
    let state: Mutex<State>

    init(device: Int32, _ state: consuming State) {
      self.device = device
      self.state = Mutex(state)
    }
  }

  let federation: SimulatedFederation
  let config: RoundConfig
  let workers: Workers

  /// Uploads that are made before the coordinator adds them.
  private static let blockLength = 64

  /// Runs the round and opens its sum.
  ///
  /// - Parameter contribution: The encoded contribution of a device, with its noise.
  /// - Throws: `SecureRoundError` where a device or the coordinator gives up.
  func run(
    _ attendance: Attendance, label: String,
    contribution: @Sendable @escaping (Int32) throws -> RingVector
  ) async throws -> OpenedSum {
    let reaching = Dictionary(
      uniqueKeysWithValues: Attendance.Step.allCases.map {
        ($0, Set(attendance.devices(reaching: $0)))
      })
    func reaches(_ step: Attendance.Step, _ device: Int32) -> Bool {
      reaching[step]?.contains(device) ?? false
    }
    var server = AggregationServer(
      config: config, identity: federation.coordinator, revocations: RevocationList(),
      certificates: federation.certificates)
    var members = participants(attendance.devices(reaching: .advertise), label: label)

    let offer = server.configMessage
    let adverts = try await answers(of: members, at: .advertise) { _ in offer }
    try hand(adverts, to: &server, at: .advertise)
    try close(&server, at: .advertise)

    try await play(.shares, members.filter { reaches(.share, $0.device) }, with: &server)
    let contributors = members.filter { reaches(.input, $0.device) }
    try await play(.input, contributors, with: &server, contribution: contribution)
    try await play(.consistency, contributors, with: &server)
    try await play(
      .unmask, contributors.filter { reaches(.unmask, $0.device) }, with: &server)

    remember(members)
    members = []
    guard let opening = server.makeOpening() else {
      throw SecureRoundError(label, nil)
    }
    do throws(ProtocolError) {
      return try await opening.open(threads: workers.count)
    } catch {
      throw SecureRoundError(label, error)
    }
  }

  private func participants(_ devices: [Int32], label: String) -> [Participant] {
    let policy = federation.policy(for: config)
    let circumstances = RoundCircumstances(
      modelHash: config.modelHash, planHash: config.planHash, revocations: RevocationList(),
      loggedConfiguration: Transcript.configured(config), coversBudget: true)
    let known = federation.progress.withLock { $0.devices }
    return devices.map { device in
      let member = known[Int(device)]
      return Participant(
        device: device,
        Participant.State(
          machine: AggregationClient(
            identity: member.identity, certificate: member.certificate, policy: policy,
            circumstances: circumstances, certificates: federation.certificates,
            history: member.history),
          randomness: .seeded(
            federation.seed, label: "masks " + label, index: UInt64(device))))
    }
  }

  /// Delivers what the coordinator has for each of these devices, hands in their answers and closes.
  private func play(
    _ step: RoundStep, _ members: [Participant], with server: inout AggregationServer,
    contribution: (@Sendable (Int32) throws -> RingVector)? = nil
  ) async throws {
    for start in stride(from: 0, to: members.count, by: Self.blockLength) {
      let block = Array(members[start..<min(start + Self.blockLength, members.count)])
      let keys = federation.progress.withLock { progress in
        block.map { progress.devices[Int($0.device)].identity.verificationKey }
      }
      let messages = keys.map { key in
        server.index(of: key).flatMap { server.message(for: $0) } ?? []
      }
      let replies = try await answers(of: block, at: step, contribution: contribution) {
        messages[$0]
      }
      try hand(replies, to: &server, at: step)
    }
    try close(&server, at: step)
  }

  /// What devices answer to a message, on all threads, in their order.
  private func answers(
    of members: [Participant], at step: RoundStep,
    contribution: (@Sendable (Int32) throws -> RingVector)? = nil,
    message: @Sendable @escaping (Int) -> [UInt8]
  ) async throws -> [[UInt8]] {
    let time = config.deadline(of: step) - 1
    return try await workers.map(members.count, scratch: { 0 }) { _, position in
      let member = members[position]
      return try member.state.withLock { state in
        var actions = state.machine.received(
          message(position), at: time, randomness: &state.randomness)
        if case .provideContribution? = actions.last, let contribution {
          actions = state.machine.contribute(try contribution(member.device), at: time)
        }
        for action in actions {
          switch action {
          case .send(let bytes): return bytes
          case .upload(let input): return input.encoded
          case .abort(let error, _):
            throw SecureRoundError("device \(member.device)", error)
          case .record, .note, .provideContribution: continue
          }
        }
        return []
      }
    }
  }

  private func hand(
    _ messages: [[UInt8]], to server: inout AggregationServer, at step: RoundStep
  ) throws {
    for message in messages {
      if case .refused(let error) = server.received(message, at: config.deadline(of: step) - 1) {
        throw SecureRoundError("a message that the coordinator refused", error)
      }
    }
  }

  /// Ends a step, and has the witness do its part where the round has one.
  private func close(_ server: inout AggregationServer, at step: RoundStep) throws {
    var actions = server.close()
    while !actions.isEmpty {
      let action = actions.removeFirst()
      do throws(ProtocolError) {
        switch action {
        case .requestReveals(let request):
          try witness(&server, step) { witness throws(ProtocolError) in
            try witness.reveal(request, isLogged: true)
          }
          actions += server.close()
        case .requestCosignatures(let request):
          try witness(&server, step) { witness throws(ProtocolError) in
            try witness.cosign(request)
          }
        case .deliver, .open: continue
        case .end(let error): throw error
        }
      } catch {
        throw SecureRoundError("the end of a step", error)
      }
    }
  }

  private func witness(
    _ server: inout AggregationServer, _ step: RoundStep,
    _ answer: (inout AggregationWitness) throws(ProtocolError) -> AggregationWitness.Answer
  ) throws(ProtocolError) {
    guard !config.witnesses.isEmpty else { return }
    let reply = try federation.progress.withLock { progress throws(ProtocolError) in
      try answer(&progress.witness)
    }
    if case .refused(let error) = server.received(
      reply.message, at: config.deadline(of: step) - 1)
    {
      throw error
    }
  }

  /// Keeps what the devices must not forget until the next round.
  private func remember(_ members: [Participant]) {
    federation.progress.withLock { progress in
      for member in members {
        progress.devices[Int(member.device)].history = member.state.withLock {
          $0.machine.history
        }
      }
    }
  }
}
