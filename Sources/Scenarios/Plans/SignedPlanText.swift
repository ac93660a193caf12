/// Writes a plan in the one form that is signed: all keys, in a fixed order, and the gate only if there is one.
///
/// Two files that mean the same have the same text here, and decoding it gives the same plan.
package enum SignedPlanText {
  package static func yaml(of plan: FederationPlan) -> String {
    CanonicalText.yaml(PlanKey.self) { value(of: $0, in: plan) }
  }

  /// Nil for a key that is left out: plans without a gate have the text that they had before there was one.
  private static func value(of key: PlanKey, in plan: FederationPlan) -> String? {
    switch key {
    case .name: "\"\(plan.name)\""
    case .seed: "\(plan.seed)"
    case .items: "\(plan.catalogue.items)"
    case .catalogueHash: plan.catalogue.hash.map { "\"\($0)\"" } ?? "null"
    case .most: "\(plan.cohort.most)"
    case .attempts: "\(plan.cohort.attempts)"
    case .advertise: "\(plan.times.advertise) s"
    case .shares: "\(plan.times.shares) s"
    case .input: "\(plan.times.input) s"
    case .consistency: "\(plan.times.consistency) s"
    case .unmask: "\(plan.times.unmask) s"
    case .pause: "\(plan.times.pause) s"
    case .mechanism, .epsilon, .delta, .noise, .dropoutShare, .colludingShare, .retries,
      .splitStatistics, .splitGram, .splitRanker:
      privacyValue(of: key, in: plan.privacy)
    case .ringBits: "\(plan.encoding.ringBits)"
    case .scaleBits: plan.encoding.scaleBits.map(String.init) ?? "auto"
    case .rotation: "\(plan.encoding.rotation)"
    case .headItems: "\(plan.gram.headItems)"
    case .tailGroups: "\(plan.gram.tailGroups)"
    case .maxRank: "\(plan.gram.maxRank)"
    case .rounds: "\(plan.ranker.rounds)"
    case .participations: "\(plan.ranker.participations)"
    case .learningRate: number(plan.ranker.learningRate)
    case .momentum: number(plan.ranker.momentum)
    case .clipNorm: number(plan.ranker.clipNorm)
    case .negatives: "\(plan.ranker.negatives)"
    case .halfLife: number(plan.profile.halfLifeDays) + " d"
    case .auditGate: plan.audit.gate ? "true" : nil
    }
  }

  private static func privacyValue(
    of key: PlanKey, in privacy: FederationPlan.Privacy
  ) -> String {
    switch key {
    case .mechanism: privacy.mechanism.rawValue
    case .epsilon: number(privacy.epsilon)
    case .delta: number(privacy.delta)
    case .noise: privacy.noise.rawValue
    case .dropoutShare: number(privacy.dropoutShare)
    case .colludingShare: number(privacy.colludingShare)
    case .retries: "\(privacy.retries)"
    case .splitStatistics: number(privacy.split.statistics)
    case .splitGram: number(privacy.split.gram)
    case .splitRanker: number(privacy.split.ranker)
    default: preconditionFailure("\(key.rawValue) is written elsewhere")
    }
  }

  private static func number(_ value: Double) -> String { CanonicalNumber.text(value) }
}
