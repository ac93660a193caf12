import CryptoPrimitives
import DeviceLedger
import FederatedRounds
import Scenarios
import SecureAggregation
import Storage
import Synchronization
import WireProtocol

@testable import ClientNode
@testable import CoordinatorNode

/// What has left a device, added up by somebody who stands at its door and asks neither the device nor its ledger.
final class SpentBudget: Sendable {
  /// Several coordinators can run one plan.
  struct Round: Hashable {
    let coordinator: VerificationKey
    let key: RoundKey
  }

  struct Contribution: Sendable {
    let round: Round
    /// Digest of what was announced: one number can be given to two rounds.
    let configuration: Bytes32
    let charge: ChargedTask
    /// By the device's clock, Unix seconds.
    let time: UInt64
  }

  private struct State {
    var contributions: [Contribution] = []
    /// Of the messages about one round that may be said once.
    var said: [Round: [MessageKind: Set<Bytes32>]] = [:]
  }

  private let state = Mutex(State())
  private let table = EpsilonTable()

  var contributions: [Contribution] { state.withLock { $0.contributions } }

  /// A piece of a contribution leaves.
  func left(_ contribution: Contribution) {
    state.withLock { state in
      guard
        !state.contributions.contains(where: { $0.configuration == contribution.configuration })
      else { return }
      state.contributions.append(contribution)
    }
  }

  func said(_ message: [UInt8], in round: Round) {
    guard let kind = MessageLayout.kind(of: message) else { return }
    state.withLock { state in
      _ = state.said[round, default: [:]][kind, default: []].insert(Blake2b.digest(message))
    }
  }

  /// Where what has left is more than the owner's settings allow.
  ///
  /// - Parameter mostPerTask: contributions to one task of a plan, whoever runs it.
  func violations(of settings: DeviceSettings, mostPerTask: Int) throws -> [String] {
    let (contributions, said) = state.withLock { ($0.contributions, $0.said) }
    var violations: [String] = []
    func require(_ condition: Bool, _ text: String) {
      if !condition { violations.append(text) }
    }
    func epsilon(_ some: [Contribution]) throws -> Double {
      let accounts = some.reduce(into: [TaskAccount]()) {
        $0 = $0.adding(TaskAccount(charge: $1.charge, count: 1, last: 0))
      }
      return try table.epsilon(of: accounts, delta: settings.delta)
    }
    require(try epsilon(contributions) <= settings.epsilon, "epsilon of a life")
    require(contributions.count <= settings.mostContributions, "contributions of a life")
    require(
      Set(contributions.map(\.round)).count == contributions.count, "two rounds of one number")
    for some in Dictionary(grouping: contributions, by: \.charge.task).values {
      require(try epsilon(some) <= settings.epsilonPerTask, "epsilon of a task")
      require(some.count <= mostPerTask, "contributions to a task")
    }
    for some in Dictionary(grouping: contributions, by: { $0.time / 86_400 }).values {
      require(try epsilon(some) <= settings.epsilonPerDay, "epsilon of a day")
      require(some.count <= settings.mostRoundsPerDay, "rounds of a day")
    }
    for (earlier, later) in zip(contributions, contributions.dropFirst()) {
      require(
        later.time >= earlier.time + UInt64(settings.leastSeparationSeconds), "separation")
    }
    for messages in said.values {
      for kind in [MessageKind.consistency, .unmask] {
        require(messages[kind, default: []].count <= 1, "two answers of the kind \(kind)")
      }
    }
    return violations
  }
}

/// The way from a device to a lying coordinator, past `SpentBudget`.
struct WatchedTransport: NodeTransport {
  let lying: LyingTransport
  let switchboard: Switchboard
  let spent: SpentBudget
  let clock: StandingClock
  /// What is given out in place of a plan's document.
  let otherPlan: [UInt8]?

  func send(_ body: [UInt8]) async throws(TransportError) -> [UInt8] {
    await note(body)
    return try await lying.send(body)
  }

  func read(_ path: String, limit: Int) async throws(TransportError) -> [UInt8] {
    if let otherPlan, path == "/v1/blobs/\(await switchboard.planHash)" { return otherPlan }
    return try await lying.read(path, limit: limit)
  }

  private func note(_ body: [UInt8]) async {
    do {
      let request = try SignedRequest(decoding: body)
      let keys = await switchboard.coordinator.keys
      let key = RoundKey(task: request.header.task, number: request.header.round)
      let round = SpentBudget.Round(coordinator: keys.verificationKey, key: key)
      switch try request.body(openedWith: keys.seal) {
      case .stepMessage(let message): spent.said(message, in: round)
      case .uploadChunk:
        // As the round was announced, which is what the sum is opened as.
        guard let record = try await switchboard.rounds().first(where: { $0.key == key }) else {
          preconditionFailure("a contribution to no round")
        }
        let config = try Signed<RoundConfig>(decoding: record.configuration).content
        spent.left(
          SpentBudget.Contribution(
            round: round, configuration: Blake2b.digest(record.configuration),
            charge: ChargedTask(config, totalVariation: 0x1p-60), time: clock.now))
      case .enroll, .checkIn, .poll: break
      }
    } catch { preconditionFailure("what the device sends cannot be read: \(error)") }
  }
}
