import CryptoPrimitives
import FederatedRounds
import SecureAggregation
import Storage
import Synchronization

@testable import CoordinatorNode

/// The time of coordinator and devices: it stands still but for deadlines that would be waited for in
/// vain, so nothing depends on how fast a machine is.
final class StandingClock: Sendable {
  static let start: UInt64 = 1_800_000_000
  private let time = Atomic<UInt64>(StandingClock.start)

  var now: UInt64 { time.load(ordering: .sequentiallyConsistent) }

  func advance(to later: UInt64) {
    if later > now { time.store(later, ordering: .sequentiallyConsistent) }
  }

  /// Lets the deadline of an open round's step come, if all devices but `absent` have answered.
  func skipWait(
    in round: RoundKey, for absent: VerificationKey, _ switchboard: Switchboard
  ) async throws {
    guard let record = try await switchboard.rounds().first(where: { $0.key == round }),
      record.outcome == .open
    else { return }
    let entries = try await switchboard.journal(round)
    let closed = entries.filter { $0.kind == RoundEntry.closed(at: 0).kind }
    guard closed.count < RoundStep.allCases.count else { return }
    let step = RoundStep.allCases[closed.count]
    let answers = entries.filter { entry in
      guard let device = entry.device, device != absent.encoding else { return false }
      return entry.step == Int(Self.kind(of: step).rawValue)
    }
    guard answers.count == NodeWorld.deviceCount - 1 else { return }
    let config = try Signed<RoundConfig>(decoding: record.configuration).content
    advance(to: config.deadline(of: step))
  }

  /// Lets the deadline after a step come in which all devices have answered, and a witness that is away has not.
  func skipWitness(after step: RoundStep, _ switchboard: Switchboard) async throws {
    guard let record = try await switchboard.rounds().first(where: { $0.outcome == .open }),
      let next = RoundStep.allCases.drop(while: { $0 != step }).dropFirst().first
    else { return }
    let answers = try await switchboard.journal(record.key).filter {
      $0.device != nil && $0.step == Int(Self.kind(of: step).rawValue)
    }
    guard answers.count == NodeWorld.deviceCount else { return }
    let config = try Signed<RoundConfig>(decoding: record.configuration).content
    advance(to: config.deadline(of: next))
  }

  private static func kind(of step: RoundStep) -> MessageKind {
    switch step {
    case .advertise: .advertise
    case .shares: .shares
    case .input: .input
    case .consistency: .consistency
    case .unmask: .unmask
    }
  }
}
