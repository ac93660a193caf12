internal import CoordinatorNode
internal import CryptoPrimitives
internal import FederatedRounds
internal import Foundation
internal import PrivacyLedger
internal import PrivacyMechanisms
internal import RingArithmetic
internal import RoundVocabulary
internal import Scenarios
internal import SecureAggregation
internal import SeededRandomness
internal import Storage
internal import WireProtocol

/// The keys and the plan of all simulated worlds; making them once saves time.
package final class Cast: Sendable {
  static let deviceCount = 5
  static let start: UInt64 = 1_800_000_000
  /// One device more than a cohort has room for: somebody is turned away.
  static let template = RoundTemplate(
    leastCohort: 3, mostCohort: 4, leastSurvivors: 3, leastHonest: 1,
    stepSeconds: [30, 30, 30, 30, 30], attempts: 3)

  let keys: CoordinatorKeys
  let devices: [Identity]
  let certificates: [Certificate]
  let verifier: CertificateVerifier
  let record: PlanRecord
  /// What every log of the plan has to keep to.
  let promise: PlanPromise

  /// The same keys every time.
  package init() throws {
    let folder =
      FileManager.default.temporaryDirectory.path + "/silhouette-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var randomness = RandomStream.seeded(7, label: "cast")
    try CoordinatorKeys.make(in: folder, randomness: &randomness)
    keys = try CoordinatorKeys(folder: folder)
    // The authority's key again, to certify devices without an enrollment of each.
    let authority = SigningKey(
      seed: try KeyFile.read(SigningKey.seedByteCount, name: "authority", in: folder))
    try FileManager.default.removeItem(atPath: folder)
    var devices: [Identity] = []
    var certificates: [Certificate] = []
    for _ in 0..<Self.deviceCount {
      let device = Identity(SigningKey(random: &randomness))
      certificates.append(
        Certificate(
          identity: device.verificationKey, notBefore: 0, notAfter: 1 << 40, by: authority))
      devices.append(device)
    }
    self.devices = devices
    self.certificates = certificates
    verifier = CertificateVerifier(authority: keys.authorityKey)
    var plan = keys.sign(planDocument: Array("a plan that counts devices".utf8))
    plan.state = .published
    record = plan
    promise = PlanPromise(
      try PlanDecoder.decode(
        yaml: "{name: count, catalogue: {items: 8}, cohort: {most: 4}, privacy: {mechanism: none}}",
        file: "count.yaml"),
      hash: plan.hash,
      assurance: CohortAssurance(
        leastSurvivors: Self.template.leastSurvivors,
        mostColluding: Self.template.leastSurvivors - Self.template.leastHonest),
      tasks: [
        PlanPromise.Task(
          kind: .statistics, identifier: CountingCourse.task, dimension: CountingCourse.dimension,
          clipNorm: CountingCourse.clipNorm, mostReleases: CountingCourse.mostReleases,
          mostContributions: CountingCourse.mostReleases, squaredMultiplier: nil)
      ])
  }

  func config(of offer: RoundOffer) -> RoundConfig? {
    do { return try Signed<RoundConfig>(decoding: offer.configuration).content } catch {
      return nil
    }
  }

  func client(
    _ index: Int, offer: RoundOffer, config: RoundConfig, history: ClientHistory
  ) -> AggregationClient {
    var policy = ClientPolicy.silo(
      coordinators: [keys.verificationKey], authority: keys.authorityKey, anchors: [:],
      mostClipNorm: 1, leastNoise: .init(0, over: 1))
    policy.leastCohort = 3
    policy.leastSurvivors = 3
    policy.leastHonest = 1
    policy.leastSurvivorShare = 5_000
    return AggregationClient(
      identity: devices[index], certificate: certificates[index], policy: policy,
      circumstances: RoundCircumstances(
        modelHash: offer.model, planHash: offer.plan, revocations: RevocationList(),
        loggedConfiguration: Transcript.configured(config), coversBudget: true),
      certificates: verifier, history: history)
  }
}

/// A plan whose rounds count devices, and that shows every sum that it is given.
///
/// Used on the one thread of a `StepExecutor`.
final class CountingCourse: RoundCourse, @unchecked Sendable {
  static let dimension = 8
  private let rounds: UInt8
  /// Called with every opened sum.
  var opened: (OpenedSum) -> Void = { _ in }

  init(rounds: UInt8) { self.rounds = rounds }

  static let task = Blake2b.digest(Array("count".utf8))
  static let clipNorm = 1.0
  static let mostReleases = 2
  private static let scaleBits = 8
  var tasks: [Bytes32] { [Self.task] }

  func account(_ debits: [Bytes32: UInt64]) -> PlanAccount {
    PlanAccount(accountant: "none", claims: [])
  }

  /// The number of rounds so far, then one counter for each device.
  var firstModel: [UInt8] { [UInt8](repeating: 0, count: 1 + Self.dimension) }

  func demand(after model: [UInt8]) -> RoundDemand? {
    guard model[0] < rounds else { return nil }
    return RoundDemand(
      task: "count", identifier: Self.task, mostReleases: Self.mostReleases,
      dimension: Self.dimension, ringBits: 16, clipNorm: Self.clipNorm,
      scale: Double(1 << Self.scaleBits),
      squaredNormBound: ContributionMechanism.squaredRoundedBound(
        dimension: Self.dimension, scaleBits: Self.scaleBits), noise: .none)
  }

  func model(after model: [UInt8], sum: OpenedSum) -> [UInt8] {
    opened(sum)
    var next = model
    next[0] += 1
    for (index, word) in sum.vector.words.enumerated() {
      next[1 + index] = next[1 + index] &+ UInt8(truncatingIfNeeded: word)
    }
    return next
  }
}
