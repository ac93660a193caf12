internal import ClientNode
internal import CryptoPrimitives
internal import Foundation
internal import PlannedRounds
internal import PrivacyAccounting
internal import RoundVocabulary
internal import Scenarios
internal import SecureAggregation
internal import Storage

/// What a device's own record of its contributions adds up to.
package struct PrivacyLedger: Sendable, Equatable {
  /// Contributions to one task of one plan.
  package struct Entry: Sendable, Equatable, Encodable {
    /// The plan's name.
    package let plan: String
    /// The hash of the plan.
    package let planHash: String
    package let task: String
    package let contributions: Int
    /// The most that the plan may ask for.
    package let most: Int
    /// Unix seconds of the last one.
    package let last: Int64
  }

  package let entries: [Entry]
  /// Epsilon of all of them together, against a coordinator that works with some of the devices; nil
  /// when a contribution had no noise or belongs to a plan that is not known any more.
  package let epsilon: Double?
  package let delta: Double

  /// Adds up a device's charges.
  ///
  /// - Parameter commitment: a plan to count in full, to see what taking part in all of it would cost.
  init(
    of node: DeviceNode, plans: PlanShelf, delta: Double,
    committedTo commitment: PlannedTasks? = nil
  ) async throws {
    var counts: [Bytes32: [TaskKind: Int]] = [:]
    var last: [Bytes32: [TaskKind: Int64]] = [:]
    for charge in try await node.contributions() {
      let plan = try Signed<RoundConfig>(decoding: charge.description).content.planHash
      guard let task = PlannedTasks.task(named: charge.round.task, plan: plan) else {
        throw LedgerFault.unknownTask
      }
      counts[plan, default: [:]][task, default: 0] += 1
      last[plan, default: [:]][task] = max(
        charge.chargedAt, last[plan]?[task] ?? .min)
    }
    var entries: [Entry] = []
    var known: [Bytes32: PlannedTasks] = [:]
    for plan in counts.keys.sorted() {
      guard let document = try await node.knownPlan(plan) else { continue }
      let tasks = try await plans.tasks(document)
      known[plan] = tasks
      for task in PlannedTasks.order {
        guard let count = counts[plan]?[task] else { continue }
        entries.append(
          Entry(
            plan: tasks.plan.name, planHash: plan.description, task: task.rawValue,
            contributions: count, most: tasks.mostParticipations(in: task),
            last: last[plan]?[task] ?? 0))
      }
    }
    self.entries = entries
    self.delta = delta
    if let commitment {
      known[commitment.hash] = commitment
      for task in PlannedTasks.order {
        counts[commitment.hash, default: [:]][task] = commitment.mostParticipations(in: task)
      }
    }
    epsilon = try Self.epsilon(counts, known, delta: delta)
  }

  private static func epsilon(
    _ counts: [Bytes32: [TaskKind: Int]], _ known: [Bytes32: PlannedTasks], delta: Double
  ) throws -> Double? {
    var all: [Accountant.Participation] = []
    for (plan, counts) in counts {
      guard let tasks = known[plan] else { return nil }
      let participations = tasks.participations(counts)
      guard participations.count == counts.count else { return nil }
      all += participations
    }
    guard !all.isEmpty else { return 0 }
    return try Accountant.epsilon(
      of: all, against: .coordinatorWithColludingClients, delta: delta, neighbors: .zeroOut
    ).upper
  }
}

/// Why a device's record cannot be added up.
package enum LedgerFault: Error, Equatable, CustomStringConvertible {
  case unknownTask

  package var description: String {
    "the record names a task that this program does not know; update the program"
  }
}
