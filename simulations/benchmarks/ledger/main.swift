import CryptoPrimitives
import Foundation
import PlannedRounds
import PrivacyAccounting
import PrivacyLedger
import PrivacyMechanisms
import RoundVocabulary
import Scenarios
import TransparencyLog

// A log of many rounds of 1,000 devices as an honest coordinator writes it, then the time to judge its bundle.
//
//   swift run -c release ledger-benchmark [ROUNDS] [FILE]     FILE takes the bundle, for `silhouette audit verify`
//   swift run -c release ledger-benchmark canaries [COUNT]    the one-run audit of the ranker; 1000 canaries unless given

/// Targets of this machine class: two cores.
let mostSeconds = 10.0
let mostBytes = 500_000_000

if CommandLine.arguments.dropFirst().first == "canaries" {
  let canaries = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 1_000
  precondition((10...10_000).contains(canaries), "10 to 10000 canaries")
  exit(try CanaryBenchmark.run(canaries: canaries) ? 0 : 1)
}

let roundCount = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 10_000
precondition((3...10_002).contains(roundCount), "a log of 3 to 10002 rounds")

func makeKey() -> SigningKey {
  var randomness = RandomStream.system()
  return SigningKey(random: &randomness)
}

func name(_ text: String) -> Bytes32 { Blake2b.digest(Array(text.utf8)) }

let plan = try PlanDecoder.decode(
  yaml: """
    name: large
    catalogue: {items: 10000}
    cohort: {most: 1000}
    tasks: {ranker: {rounds: \(roundCount - 2), participations: all}}
    """, file: "large.yaml")
let document = Array(SignedPlanText.yaml(of: plan).utf8)
let tasks = try PlannedTasks(plan, hash: Blake2b.digest(document))
let log = makeKey()
let authority = makeKey()
/// A log that is written entry by entry.
struct LargeLog {
  let plan: Bytes32
  var entries: [LogEntry] = []
  var frontier = MerkleFrontier()
  var model = name("model 0")

  init(plan: Bytes32) { self.plan = plan }

  mutating func append(_ content: LogEntry.Content) throws {
    let entry = try LogEntry(time: 1_760_000_000 + UInt64(entries.count), content)
    frontier.append(entry.leaf)
    entries.append(entry)
  }

  mutating func run(_ task: TaskKind, _ number: Int, _ mechanism: LoggedMechanism) throws {
    let round = RoundReference(
      task: PlannedTasks.identifier(of: task, plan: plan), number: UInt64(number))
    let label = "\(task) \(number)"
    let (transcript, survivors) = (name("T4 " + label), 970)
    try append(
      .round(
        LoggedRound(
          round: round, configuration: name("T0 " + label), planHash: plan, modelHash: model)))
    try append(
      .cohort(
        LoggedCohort(
          round: round, transcript: name("T1 " + label), root: name(label), memberCount: 1_000)))
    try append(
      .survivors(
        LoggedSurvivors(round: round, transcript: transcript, survivorCount: survivors)))
    try append(
      .debit(
        LoggedDebit(
          round: round, transcript: transcript, survivorCount: survivors, mechanism: mechanism)))
    model = name("model " + label)
    try append(
      .release(
        LoggedRelease(
          round: round, debit: entries[entries.count - 1].leaf, sumHash: name("sum " + label),
          modelHash: model, survivorCount: survivors, mechanism: mechanism)))
  }
}

func mechanism(of task: TaskKind) -> LoggedMechanism {
  let terms = tasks.terms(of: task)
  var totalVariation = 0.0
  if case .distributed(let noise)? = tasks.mechanism(for: task).observed {
    totalVariation = noise.totalVariation
  }
  return LoggedMechanism(
    law: .skellam, variance: terms.noise.map { ($0.numerator, $0.denominator) } ?? (0, 1),
    totalVariation: totalVariation, squaredNormBound: terms.squaredNormBound,
    dimension: UInt64(terms.dimension), clipNorm: terms.clipNorm, scale: terms.scale,
    assurance: tasks.assurance)
}

var large = LargeLog(plan: tasks.hash)
try large.append(
  .plan(
    LoggedPlan(
      hash: tasks.hash, signer: authority.verificationKey,
      signature: authority.sign(PlanSignature.digest(tasks.hash)))))
try large.run(.statistics, 1, mechanism(of: .statistics))
try large.run(.gram, 1, mechanism(of: .gram))
let ranker = mechanism(of: .ranker)
for number in 1...(roundCount - 2) { try large.run(.ranker, number, ranker) }

let head = CosignedHead(SignedHead(tree: large.frontier.state, time: 1_770_000_000, by: log))
let bytes = AuditBundle(
  policy: BundlePolicy(
    log: LogIdentity(key: log.verificationKey), authority: authority.verificationKey,
    quorum: .none), head: head, plans: [document], entries: large.entries
).encoded
if let file = CommandLine.arguments.dropFirst(2).first {
  try Data(bytes).write(to: URL(filePath: file))
}
let entryCount = large.entries.count
large.entries = []

let clock = ContinuousClock()
let started = clock.now
let outcome = try LedgerVerifier.verify(bytes)
let seconds = (clock.now - started) / .seconds(1)
var usage = rusage()
#if canImport(Glibc)
  _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  let peak = usage.ru_maxrss * 1024
#else
  _ = unsafe getrusage(RUSAGE_SELF, &usage)
  let peak = usage.ru_maxrss
#endif
let epsilon = outcome.accounts[0].charge.epsilon(
  against: .anyClientOrPublic, delta: plan.privacy.delta)
print(
  "\(roundCount) rounds, \(entryCount) entries, \(bytes.count) bytes: verified in \(seconds) s, "
    + "peak memory \(peak / 1_000_000) MB with the making of it, epsilon \(epsilon.value)")
exit(seconds <= mostSeconds && peak <= mostBytes ? 0 : 1)
