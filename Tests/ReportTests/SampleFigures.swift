import Report

extension RunFigures {
  /// Figures like those of a real run.
  static func sample(
    isPrivate: Bool = true, isSynthetic: Bool = false, itemTitle: String = "Heat (1995)"
  ) -> RunFigures {
    func estimate(_ value: Double) -> Estimate {
      Estimate(value: value, low: value - 0.02, high: value + 0.02)
    }
    func ranking(_ value: Double) -> RankingFigures {
      RankingFigures(
        hitRateAt10: estimate(value), ndcgAt10: estimate(value / 2),
        recallAt20: estimate(value * 2),
        recallAt50: estimate(value * 3), meanReciprocalRank: estimate(value / 2),
        auc: estimate(0.8))
    }
    func method(_ name: String, _ epsilon: Double?, _ value: Double, mine: Bool = false)
      -> MethodFigures
    {
      MethodFigures(
        method: name, epsilon: epsilon, isCentral: name == "EASE", isHeadline: mine,
        full: ranking(value), sampled: ranking(value * 4), coverageAt10: 0.2, gini: 0.9)
    }
    let epsilon = isPrivate ? 3.0 : nil
    return RunFigures(
      title: "Private profiles from a test",
      scenario: ScenarioFigures(
        name: "sample", plan: "name: sample\n", planHash: "ab", seed: 1, isPrivate: isPrivate,
        epsilon: epsilon, delta: isPrivate ? 1e-5 : nil, command: "silhouette simulate a.yaml",
        version: "0"),
      population: PopulationFigures(
        name: "a test", licence: "for tests", isSynthetic: isSynthetic, users: 943, items: 1682,
        events: 100_000, rowsRead: 100_001,
        cleaning: [CleaningFigures(step: "duplicates", count: 1, action: "dropped")],
        badRows: [BadRowFigures(file: "u.data", line: 7, reason: "not a number")], badRowCount: 1),
      guarantees: [
        GuaranteeFigures(
          adversary: "A1", summary: "a model user", epsilon: epsilon, delta: 1e-5,
          neighboringRelation: "zeroOut", privacyUnit: "user", assumptions: ["The noise is added."]),
        GuaranteeFigures(
          adversary: "A3", summary: "the coordinator", epsilon: nil, delta: 1e-5,
          neighboringRelation: "zeroOut", privacyUnit: "user", assumptions: ["Nothing."]),
      ],
      rounds: [
        RoundFigures(
          task: "gram", round: 1, dimension: 10, cohort: 943, clipNorm: 1,
          noiseStandardDeviation: isPrivate ? 1.5 : 0, signalToNoise: isPrivate ? 0.4 : nil,
          epsilonSoFar: epsilon, uploadBytes: 40)
      ],
      methods: [
        method("popularity", epsilon, 0.085), method("ranker", epsilon, 0.12, mine: true),
        method("popularity", nil, 0.089), method("ranker", nil, 0.15), method("EASE", nil, 0.148),
      ],
      coldStart: [
        ColdStartFigures(
          epsilon: epsilon, eventsKept: 0, hitRateAt10: estimate(0.08), ndcgAt10: estimate(0.04)),
        ColdStartFigures(
          epsilon: epsilon, eventsKept: nil, hitRateAt10: estimate(0.12), ndcgAt10: estimate(0.06)),
      ],
      longTail: [
        LongTailFigures(
          method: "ranker", epsilon: epsilon, tailShareOfTargets: 0.4,
          headRecallAt50: estimate(0.5), tailRecallAt50: estimate(0.03), headAUC: estimate(0.9),
          tailAUC: estimate(0.6))
      ],
      decisions: [
        DecisionFigures(
          candidates: "one positive, one negative per user", threshold: 0.5, truePositives: 6,
          falsePositives: 2, trueNegatives: 7, falseNegatives: 3, accuracy: 0.7, precision: 0.75,
          recall: 0.66, f1: 0.7, auc: 0.8,
          roc: [
            RocPoint(falsePositiveRate: 0, truePositiveRate: 0),
            RocPoint(falsePositiveRate: 1, truePositiveRate: 1),
          ])
      ],
      tags: [TagFigures(rule: "lift", precisionAt3: 0.4, recall: 0.25, coverage: 1, users: 900)],
      privateEvaluation: [
        PrivateMetricFigures(
          metric: "HR@10", released: 0.11, exact: 0.12, noiseStandardDeviation: 0.02)
      ],
      profiles: [
        ProfileFigures(
          label: "A user", events: 32, vector: [0.1], tags: [TagScore(name: "Horror", score: 2)],
          categories: [TagScore(name: "Drama", score: 1)], priceLevel: nil, recencyDays: 3,
          frequencyPerWeek: 2, intensity: 4,
          recommendations: [
            RecommendationFigures(
              title: itemTitle, categories: ["Drama"], score: 1, reasons: ["Fargo (1996)"])
          ], heldOut: "Jaws (1975)", heldOutRank: 3)
      ],
      deviceCost: [
        DeviceCostFigures(task: "gram", uploads: 1, uploadBytes: 40, downloadBytes: 80)
      ], timings: .none)
  }
}
