import CryptoPrimitives
import DeviceLedger
import FederatedRounds
import Foundation
import PlannedRounds
import RingArithmetic
import Scenarios
import SecureAggregation
import SilhouetteClient
import Storage
import Testing
import TransparencyLog

@testable import ClientNode
@testable import CoordinatorNode

/// A device, as a product has it, that meets one coordinator after another.
struct Victim: Sendable {
  let folder: DeviceFolder
  let settings: DeviceSettings
  let shelf = PlanShelf()
  let spent = SpentBudget()
  let clock = StandingClock()

  init(folder path: String, _ settings: [String]) throws {
    folder = DeviceFolder(path: path)
    self.settings = try folder.change(settings)
  }
}

/// A plan of one task after another over a tiny catalogue, as any honest coordinator would run it.
struct TinyPlan: Sendable {
  static let catalogue = Array(
    ("item,title,categories\n" + (0..<8).map { "item-\($0),\($0),\($0 % 2)\n" }.joined()).utf8)
  /// More than a round takes.
  static let roundSeconds: UInt64 = 6 * 900
  let document: [UInt8]
  let template: RoundTemplate
  let course: any RoundCourse

  init(_ name: String, epsilon: Double, cohort: Int = 3) throws {
    var plan = try PlanDecoder.decode(
      yaml: """
        name: \(name)
        catalogue: { items: 8 }
        cohort: { most: \(cohort), attempts: 100 }
        times: { advertise: 900 s, shares: 900 s, input: 900 s, consistency: 900 s, unmask: 900 s }
        privacy: { epsilon: \(epsilon), retries: 1 }
        encoding: { scaleBits: 9 }
        tasks:
          gram: { headItems: 3, tailGroups: 2, maxRank: 2 }
          ranker: { rounds: 1, negatives: 2 }
        """, file: "\(name).yaml")
    plan.catalogue.hash = Blake2b.digest(Self.catalogue).description
    document = Array(SignedPlanText.yaml(of: plan).utf8)
    let running = try RunningPlan(PlanRecord(document: document, signature: []))
    (template, course) = (running.template, running.course)
  }
}

/// One coordinator, its plan, and what it tries with the device that joins it.
struct Encounter {
  /// What the device answers to being offered a round.
  enum Answer: Sendable, Equatable {
    case objection(String)
    case fault(DeviceError)
    case round(DeviceRoundEnd)
    /// It was not offered any.
    case silence
  }

  /// What the device has of the encounter afterwards.
  struct Outcome: Sendable {
    let answer: Answer
    /// What the heads show that it keeps of the log.
    let evidence: HeadEvidence.Fault?
    let falseDebit: EntryKey?
    /// Contributions that it has charged itself with, in its life.
    let charged: Int
  }

  private let lie: Lie
  private let victim: Victim
  private let world: NodeWorld
  private let switchboard: Switchboard
  private let lying: LyingTransport
  private let session: DeviceSession
  private var clock: StandingClock { victim.clock }

  /// Lets a device meet a coordinator, and says how the device answered at last.
  ///
  /// - Parameters:
  ///   - rounds: an honest coordinator's, at most.
  ///   - pause: between them, in seconds.
  static func outcome(
    of victim: Victim, with lie: Lie, _ plan: TinyPlan, other: TinyPlan, rounds: Int, pause: UInt64
  ) async throws -> Outcome {
    let world = try NodeWorld { keys in
      try lie.plan(plan, other: other, keys: keys)
    }
    let store = try await SQLiteCoordinatorStore(folder: world.folder + "/store")
    try await store.add(world.plan.record, catalogue: TinyPlan.catalogue)
    try store.close()
    let clock = victim.clock
    return try await Switchboard.open(world, clock: { clock.now }) { switchboard in
      let lying = LyingTransport(switchboard)
      let session = try DeviceSession(
        folder: victim.folder,
        transport: WatchedTransport(
          lying: lying, switchboard: switchboard, spent: victim.spent, clock: clock,
          otherPlan: lie == .changedPlan ? other.document : nil), shelf: victim.shelf,
        clock: { clock.now })
      try await session.node.leave()
      try await world.join(session.node, world.code(from: switchboard))
      let encounter = Encounter(
        lie: lie, victim: victim, world: world, switchboard: switchboard, lying: lying,
        session: session)
      let answer = try await encounter.lead(rounds: rounds, pause: pause)
      let log = await switchboard.coordinator.keys.logIdentity
      let outcome = Outcome(
        answer: answer, evidence: try await session.node.logEvidence()?.fault(of: log),
        falseDebit: try await session.node.falseDebit()?.key,
        charged: try await session.node.ledger().ledger.contributionCount)
      try await session.close()
      return outcome
    }
  }

  private func lead(rounds: Int, pause: UInt64) async throws -> Answer {
    switch lie {
    case .halfTheNoise, .noNoise, .longerVectors, .otherTerms, .smallerCohort, .changedPlan,
      .otherAuthor:
      return try await offer()
    case .unloggedPlan:
      await lying.hide(.plan)
      return try await offer()
    case .twoHeads:
      await lying.hide(.round)
      _ = try await offer()
      await lying.show(
        try await ForgedLog(of: await switchboard.coordinator) { entries in
          entries[0] = try LogEntry(time: entries[0].time + 1, entries[0].content)
        })
      return try await offer()
    case .none:
      var round = 1
      while true {
        let answer = try await withCohort("accomplice-\(round)") { try await offer() }
        guard round < rounds, case .round(.committed) = answer else { return answer }
        clock.advance(to: clock.now + pause)
        // Takes back what was opened before the pause.
        await switchboard.tick()
        round += 1
      }
    case .replayedRound, .secondOpening: return try await holdAgain()
    case .withheldDebit:
      // The device waits for it until the round is over, which it is from the first question on.
      let clock = clock
      await lying.hide(.debit) { clock.advance(to: clock.now + TinyPlan.roundSeconds) }
      return try await withCohort { try await offer() }
    case .falseDebit: return try await withCohort { try await offerWithFalseDebit() }
    }
  }

  /// Offers a round until the device says something to it.
  private func offer() async throws -> Answer {
    for _ in 0..<200_000 {
      await switchboard.tick()
      do {
        let (lie, clock) = (lie, clock)
        let outcome = try await session.takePart(joins: { _, end in
          // Nobody else takes part: a device that should not have joined says so at once.
          if lie.isFoundInTime { clock.advance(to: end) }
        })
        switch outcome {
        case .objection(let text): return .objection(text)
        case .round(let end): return .round(end)
        case .wait, .paused: try await Task.sleep(for: .milliseconds(5))
        }
      } catch let error as DeviceError { return .fault(error) }
    }
    return .silence
  }

  // MARK: Rounds that take place

  /// Runs `body` among devices that do whatever the coordinator wants.
  ///
  /// - Parameter name: of the devices, which have met nobody yet.
  private func withCohort(
    _ name: String = "accomplice", _ body: () async throws -> Answer
  ) async throws -> Answer {
    try await withThrowingTaskGroup(of: Void.self) { group in
      let (switchboard, clock) = (switchboard, clock)
      group.addTask {
        while !Task.isCancelled {
          await switchboard.tick()
          try await Task.sleep(for: .milliseconds(10))
        }
      }
      for index in 1..<world.plan.template.mostCohort {
        let device = try Self.accomplice(world.folder + "/\(name)-\(index)", switchboard, clock)
        try await world.join(device, world.code(from: switchboard))
        let accomplice = Accomplice(course: world.plan.course)
        group.addTask {
          while !Task.isCancelled {
            do throws(DeviceError) {
              _ = try await device.runOnce(accomplice)
            } catch {
              guard error.isTemporary || Task.isCancelled else {
                Issue.record("an accomplice does not go along: \(error)")
                return
              }
            }
            try await Task.sleep(for: .milliseconds(5))
          }
        }
      }
      let answer = try await body()
      group.cancelAll()
      return answer
    }
  }

  private static func accomplice(
    _ folder: String, _ switchboard: Switchboard, _ clock: StandingClock
  ) throws -> DeviceNode {
    try DeviceNode(
      folder: folder, transport: switchboard,
      ceilings: NodeWorld.ceilings(
        leastCohort: 3, mostClipNorm: 1_000, mostContributions: 1_000), clock: { clock.now })
  }

  /// Holds a round, takes the store back to before it, and holds a round with its number among other devices.
  private func holdAgain() async throws -> Answer {
    let (files, store) = (FileManager.default, world.folder + "/store")
    await switchboard.restart { try files.copyItem(atPath: store, toPath: store + "-before") }
    let first = try await withCohort { try await offer() }
    guard case .round(.committed) = first else { return first }
    let log = try await ForgedLog.entries(of: await switchboard.coordinator)
    await switchboard.restart {
      try files.removeItem(atPath: store)
      try files.moveItem(atPath: store + "-before", toPath: store)
    }
    // Another day: no ceiling on days or pauses keeps the device out, and later heads are later.
    clock.advance(to: clock.now + 86_400)
    await switchboard.tick()
    if lie == .secondOpening {
      // The log goes on from what the device has seen: with a second entry for the round.
      await lying.show(
        try await ForgedLog(of: await switchboard.coordinator) { entries in
          let again = entries.filter { $0.key.kind == .round }
          entries = log + again
        })
    }
    return try await withCohort("again") { try await offer() }
  }

  /// Asks for shares, and shows a debit of another noise.
  private func offerWithFalseDebit() async throws -> Answer {
    let (joins, (questions, asked)) = (Questions(), AsyncStream<Void>.makeStream())
    // Neither has the device seen the right one: two histories would be another lie.
    await lying.tell { path in
      if joins.count > 0 {
        asked.yield()
        return .bytes(nil)
      }
      if LyingTransport.isEntry(path, .round) { joins.note() }
      return .honest
    }
    async let shown: Void = showFalseDebit(after: questions)
    let answer = try await offer()
    asked.finish()
    try await shown
    return answer
  }

  /// Whoever asks for the log after joining was asked for shares, so that there is a debit.
  private func showFalseDebit(after questions: AsyncStream<Void>) async throws {
    for await _ in questions {
      return await lying.show(
        try await ForgedLog(of: await switchboard.coordinator) {
          try DebitLie.mechanism.tell(in: &$0)
        })
    }
  }
}

/// A device that belongs to the coordinator: it takes part in whatever is offered, and has nothing to hide.
private struct Accomplice: LocalWorker {
  let course: any RoundCourse

  func objection(to assignment: Assignment) async -> String? { nil }

  func terms(of assignment: Assignment) async throws -> ChargeTerms {
    // What the log has to say of the round: a device that finds anything else helps to open nothing.
    ChargeTerms(
      totalVariation: try course.demand(after: assignment.model)?.totalVariation ?? 0,
      mostContributions: 1_000)
  }

  func contribution(to assignment: Assignment) async throws -> RingVector {
    RingVector(zeros: assignment.config.dimension, modulus: assignment.config.modulus)
  }
}
