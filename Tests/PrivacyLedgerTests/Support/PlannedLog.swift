import CryptoPrimitives
import PlannedRounds
import PrivacyAccounting
import PrivacyMechanisms
import RoundVocabulary
import Scenarios
import TestSupport

@testable import PrivacyLedger
@testable import TransparencyLog

/// Keys that follow from names.
enum Cast {
  static func key(_ name: String) -> SigningKey {
    SigningKey(seed: SecretBytes(known: Blake2b.hash(Array(name.utf8))))
  }

  static func bytes(_ name: String) -> Bytes32 { Blake2b.digest(Array(name.utf8)) }
}

/// A log as an honest coordinator writes it for a plan, with the mechanisms that the plan's rounds have.
struct PlannedLog {
  /// What a malicious coordinator does to one entry before it is appended; nil leaves it out.
  typealias Tampering = (LogEntry.Content) -> LogEntry.Content?

  let tasks: PlannedTasks
  let document: [UInt8]
  private(set) var entries: [LogEntry] = []
  private var frontier = MerkleFrontier()
  private var model = Cast.bytes("model 0")

  init(_ plan: FederationPlan) throws {
    document = Array(SignedPlanText.yaml(of: plan).utf8)
    tasks = try PlannedTasks(plan, hash: Blake2b.digest(document))
  }

  mutating func append(_ content: LogEntry.Content) throws {
    let entry = try LogEntry(time: 1_760_000_000 + UInt64(entries.count), content)
    frontier.append(entry.leaf)
    entries.append(entry)
  }

  mutating func publish(by authority: borrowing SigningKey = Cast.key("authority")) throws {
    try append(
      .plan(
        LoggedPlan(
          hash: tasks.hash, signer: authority.verificationKey,
          signature: authority.sign(PlanSignature.digest(tasks.hash)))))
  }

  /// A round from its announcement to its release.
  mutating func run(
    _ task: TaskKind, _ number: UInt64, tampering: Tampering = { $0 }
  ) throws {
    let round = RoundReference(
      task: PlannedTasks.identifier(of: task, plan: tasks.hash), number: number)
    let label = "\(task) \(number)"
    let mechanism = LoggedMechanism(tasks, task)
    let members = tasks.plan.cohort.most
    let survivors = tasks.assurance.leastSurvivors
    let steps: [(inout Self) -> LogEntry.Content] = [
      { log in
        .round(
          LoggedRound(
            round: round, configuration: Cast.bytes("T0 " + label), planHash: log.tasks.hash,
            modelHash: log.model))
      },
      { _ in
        .cohort(
          LoggedCohort(
            round: round, transcript: Cast.bytes("T1 " + label),
            root: Cast.bytes("cohort " + label), memberCount: members))
      },
      { _ in
        .survivors(
          LoggedSurvivors(
            round: round, transcript: Cast.bytes("T4 " + label), survivorCount: survivors))
      },
      { _ in
        .debit(
          LoggedDebit(
            round: round, transcript: Cast.bytes("T4 " + label), survivorCount: survivors,
            mechanism: mechanism))
      },
      { log in
        log.model = Cast.bytes("model " + label)
        return .release(
          LoggedRelease(
            round: round, debit: log.entries.last?.leaf ?? Bytes32(),
            sumHash: Cast.bytes("sum " + label), modelHash: log.model, survivorCount: survivors,
            mechanism: mechanism))
      },
    ]
    for step in steps {
      guard let content = tampering(step(&self)) else { continue }
      try append(content)
    }
  }

  /// All rounds of the plan.
  mutating func runAll(tampering: Tampering = { $0 }) throws {
    try run(.statistics, 1, tampering: tampering)
    try run(.gram, 1, tampering: tampering)
    for number in 1...tasks.plan.ranker.rounds {
      try run(.ranker, UInt64(number), tampering: tampering)
    }
  }

  /// Signed by the log and two of three witnesses.
  func bundle(plans: [[UInt8]]? = nil) -> AuditBundle {
    let log = Cast.key("log")
    let names = ["witness 0", "witness 1", "witness 2"]
    let signed = SignedHead(tree: frontier.state, time: 1_770_000_000, by: log)
    var head = CosignedHead(signed)
    for name in names.prefix(2) { head.add(Cosignature(of: signed.head, by: Cast.key(name))) }
    return AuditBundle(
      policy: BundlePolicy(
        log: LogIdentity(key: log.verificationKey),
        authority: Cast.key("authority").verificationKey,
        quorum: WitnessQuorum(Set(names.map { Cast.key($0).verificationKey }), needed: 2)),
      head: head, plans: plans ?? [document], entries: entries)
  }
}

extension LoggedMechanism {
  /// What an honest coordinator says of a task's rounds.
  init(_ tasks: PlannedTasks, _ task: TaskKind) {
    let mechanism = tasks.mechanism(for: task)
    let terms = tasks.terms(of: task)
    var law = Law.none
    var totalVariation = 0.0
    if let noise = terms.noise { law = noise.isSkellam ? .skellam : .discreteGaussian }
    if case .distributed(let noise) = mechanism.observed { totalVariation = noise.totalVariation }
    self.init(
      law: law, variance: terms.noise.map { ($0.numerator, $0.denominator) } ?? (0, 1),
      totalVariation: totalVariation, squaredNormBound: terms.squaredNormBound,
      dimension: UInt64(terms.dimension), clipNorm: terms.clipNorm, scale: terms.scale,
      assurance: tasks.assurance)
  }
}

extension FederationPlan {
  /// A small plan, as text changes it.
  static func small(_ overrides: [String] = []) throws -> FederationPlan {
    try PlanDecoder.decode(
      yaml: """
        name: small
        catalogue: {items: 40}
        cohort: {most: 40}
        privacy: {epsilon: 8, dropoutShare: 0.1}
        encoding: {scaleBits: 12}
        tasks:
          gram: {headItems: 6, tailGroups: 2}
          ranker: {rounds: 3, clipNorm: 1.5}
        """, file: "small.yaml", overrides: overrides)
  }
}
