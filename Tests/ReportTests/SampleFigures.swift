@testable import Report

/// Figures like those of a run on 943 people and 1,682 films, for drawing and for tests.
enum SampleFigures {
  typealias Estimate = RunFigures.Estimate

  static var complete: RunFigures {
    RunFigures(
      title: "Films, private profiles", warnings: [], scenario: scenario, population: population,
      guarantees: guarantees, rounds: rounds, methods: methods, coldStart: coldStart,
      longTail: longTail, decisions: decisions, tags: tags,
      privateEvaluation: [
        .init(metric: "HR@10", released: 0.1284, exact: 0.127, noiseStandardDeviation: 0.0039),
        .init(metric: "NDCG@10", released: 0.0631, exact: 0.065, noiseStandardDeviation: 0.0039),
        .init(metric: "AUC", released: 0.8562, exact: 0.8571, noiseStandardDeviation: 0.0039),
      ], profiles: SampleProfiles.all,
      deviceCost: [
        .init(task: "statistics", uploads: 1, uploadBytes: 3_412, downloadBytes: 812),
        .init(task: "gram", uploads: 1, uploadBytes: 134_104, downloadBytes: 9_004),
        .init(task: "ranker", uploads: 12, uploadBytes: 1_872, downloadBytes: 16_320),
        .init(task: "evaluation", uploads: 1, uploadBytes: 212, downloadBytes: 460),
      ], timings: timings)
  }

  /// A run of the same plan without noise.
  static var withoutPrivacy: RunFigures {
    var figures = complete
    figures.scenario.isPrivate = false
    figures.scenario.epsilon = nil
    figures.scenario.delta = nil
    for index in figures.methods.indices where figures.methods[index].method == "popularity" {
      figures.methods[index].epsilon = nil
    }
    figures.methods = figures.methods.filter { $0.epsilon == nil }
    for index in figures.methods.indices where figures.methods[index].method == "ranker" {
      figures.methods[index].isHeadline = true
    }
    figures.decisions = figures.decisions.filter { $0.epsilon == nil }
    figures.tags = figures.tags.filter { $0.epsilon == nil }
    for index in figures.guarantees.indices { figures.guarantees[index].epsilon = nil }
    for index in figures.rounds.indices {
      figures.rounds[index].noiseStandardDeviation = 0
      figures.rounds[index].signalToNoise = nil
      figures.rounds[index].epsilonSoFar = nil
    }
    return figures
  }

  /// Nothing was evaluated and nothing released.
  static var empty: RunFigures {
    var figures = complete
    figures.guarantees = []
    figures.rounds = []
    figures.methods = []
    figures.coldStart = []
    figures.longTail = []
    figures.decisions = []
    figures.tags = []
    figures.privateEvaluation = []
    figures.profiles = []
    figures.deviceCost = []
    figures.population.cleaning = []
    figures.population.badRows = []
    figures.timings.phases = []
    figures.timings.deviceCPUMilliseconds = []
    return figures
  }

  static func estimate(_ value: Double, _ reach: Double) -> Estimate {
    Estimate(value: value, low: max(0, value - reach), high: value + reach)
  }

  private static let scenario = RunFigures.ScenarioFigures(
    name: "films",
    plan: """
      name: films
      seed: 7
      behavior:
        source: movielens-100k
      privacy:
        mechanism: central
        epsilon: 3
        delta: 1e-05
        sweep: [1, 3, 8]
        split: {statistics: 0.08, gram: 0.78, ranker: 0.1, evaluation: 0.04}
      gram:
        headItems: 300
        tailGroups: 60
      ranker:
        rounds: 12
        learningRate: 1.5
      """,
    planHash: "5b0d31a0c2a5f7be7a4de1d4e7a5e56a1a6bfb83b4d95b57f0c1a7f42f1d80c9", seed: 7,
    isPrivate: true, epsilon: 3, delta: 1e-5, command: "silhouette run films.yaml --seed 7",
    version: "0.1.0")

  private static let population = RunFigures.PopulationFigures(
    name: "MovieLens 100K", licence: "research use, no redistribution", isSynthetic: false,
    standsInFor: nil,
    digest: "9a1f31a0c2a5f7be7a4de1d4e7a5e56a1a6bfb83b4d95b57f0c1a7f42f1d80c9", users: 943,
    evaluatedUsers: 943, tiedUsers: 415, items: 1_682, events: 99_991, rowsRead: 100_003,
    cleaning: [
      .init(step: "same event twice", count: 9, action: "kept once"),
      .init(step: "item not in the catalogue", count: 1, action: "dropped"),
    ],
    badRows: [
      .init(file: "u.data", line: 4_711, reason: "expected 4 fields, found 3"),
      .init(file: "u.data", line: 80_122, reason: "the time is not a whole number"),
    ], badRowCount: 2)

  private static let guarantees: [RunFigures.GuaranteeFigures] = {
    func row(_ name: String, _ summary: String, _ epsilon: Double?, _ assumptions: [String])
      -> RunFigures.GuaranteeFigures
    {
      .init(
        adversary: name, summary: summary, epsilon: epsilon, delta: 1e-5,
        neighboringRelation: "addOrRemoveOne", privacyUnit: "user", assumptions: assumptions)
    }
    let noise = "The coordinator adds the noise and keeps sums without it to itself."
    let numbers = "The number of people is public."
    return [
      row("A1", "someone who uses the released profile model", 3, [noise, numbers]),
      row("A2", "any client or outsider who sees every release", 3, [noise, numbers]),
      row("A3", "a coordinator that follows the protocol and looks at all it receives", nil, []),
      row("A4", "such a coordinator together with some of the clients", nil, []),
      row("A5", "a coordinator that deviates from the protocol", nil, []),
      row("A6", "a coordinator that sees single contributions", nil, []),
    ]
  }()

  private static let rounds: [RunFigures.RoundFigures] = {
    func round(
      _ task: String, _ round: Int, _ dimension: Int, _ noise: Double, _ ratio: Double,
      _ epsilon: Double, _ bytes: Int
    ) -> RunFigures.RoundFigures {
      .init(
        task: task, round: round, dimension: dimension, cohort: 943, clipNorm: 1,
        noiseStandardDeviation: noise, signalToNoise: ratio, epsilonSoFar: epsilon,
        uploadBytes: bytes)
    }
    let ranker = (1...12).map { index in
      round(
        "ranker", index, 7, 15.2, 14 / Double(index) + 0.8, 2.72 + 0.0165 * Double(index), 156)
    }
    return [
      round("statistics", 1, 1_701, 4.92, 6.4, 0.77, 3_412),
      round("gram", 1, 66_662, 1.575, 0.48, 2.72, 134_104),
    ] + ranker + [round("evaluation", 1, 24, 6.96, 41.2, 3, 212)]
  }()

  private static func method(
    _ name: String, _ epsilon: Double?, isCentral: Bool = false, isHeadline: Bool = false,
    full: [Double], sampled: [Double], spread: (Double, Double)
  ) -> RunFigures.MethodFigures {
    func ranking(_ values: [Double], _ reach: Double) -> RunFigures.RankingFigures {
      .init(
        hitRateAt10: estimate(values[0], reach), ndcgAt10: estimate(values[1], reach * 0.55),
        recallAt20: estimate(values[2], reach * 1.2), recallAt50: estimate(values[3], reach * 1.4),
        meanReciprocalRank: estimate(values[1] * 0.86, reach * 0.5),
        auc: estimate(values[4], reach * 0.5))
    }
    return .init(
      method: name, epsilon: epsilon, isCentral: isCentral, isHeadline: isHeadline,
      full: ranking(full, 0.0205), sampled: ranking(sampled, 0.0312), coverageAt10: spread.0,
      gini: spread.1)
  }

  private static let methods: [RunFigures.MethodFigures] = {
    func family(
      _ name: String, _ epsilon: Double?, _ hits: Double, _ sampled: Double, _ coverage: Double,
      isHeadline: Bool = false
    ) -> RunFigures.MethodFigures {
      method(
        name, epsilon, isHeadline: isHeadline,
        full: [hits, hits * 0.51, hits * 1.55, hits * 2.72, 0.78 + hits * 0.6],
        sampled: [sampled, sampled * 0.56, sampled * 1.25, sampled * 1.6, 0.78 + hits * 0.6],
        spread: (coverage, 0.99 - coverage / 3))
    }
    return [
      family("popularity", 3, 0.086, 0.417, 0.03),
      family("gram", 1, 0.089, 0.409, 0.06), family("gram", 3, 0.107, 0.463, 0.14),
      family("gram", 8, 0.116, 0.5, 0.18), family("gram", nil, 0.139, 0.559, 0.24),
      family("ranker without recency", 1, 0.081, 0.402, 0.06),
      family("ranker without recency", 3, 0.1, 0.47, 0.13),
      family("ranker without recency", 8, 0.112, 0.508, 0.18),
      family("ranker without recency", nil, 0.127, 0.53, 0.22),
      family("ranker", 1, 0.097, 0.402, 0.08),
      family("ranker", 3, 0.127, 0.509, 0.17, isHeadline: true),
      family("ranker", 8, 0.145, 0.534, 0.21), family("ranker", nil, 0.161, 0.533, 0.27),
      method(
        "EASE", nil, isCentral: true, full: [0.149, 0.072, 0.228, 0.382, 0.85],
        sampled: [0.641, 0.383, 0.76, 0.9, 0.85], spread: (0.36, 0.88)),
    ]
  }()

  private static let coldStart: [RunFigures.ColdStartFigures] = {
    let kept: [Int?] = [0, 1, 3, 5, 10, nil]
    let curves: [(Double?, [Double])] = [
      (1, [0.086, 0.089, 0.094, 0.098, 0.099, 0.097]),
      (3, [0.087, 0.102, 0.119, 0.128, 0.125, 0.127]),
      (nil, [0.089, 0.111, 0.137, 0.152, 0.155, 0.161]),
    ]
    return curves.flatMap { epsilon, values in
      zip(kept, values).map { kept, value in
        .init(
          method: "ranker", epsilon: epsilon, eventsKept: kept, hitRateAt10: estimate(value, 0.02),
          ndcgAt10: estimate(value / 2, 0.011))
      }
    }
  }()

  private static let longTail: [RunFigures.LongTailFigures] = {
    func row(
      _ method: String, _ epsilon: Double?, _ head: Double, _ tail: Double, _ auc: Double
    ) -> RunFigures.LongTailFigures {
      .init(
        method: method, epsilon: epsilon, tailShareOfTargets: 0.439,
        headRecallAt50: estimate(head, 0.042), tailRecallAt50: estimate(tail, 0.016),
        headAUC: estimate(0.95, 0.004), tailAUC: estimate(auc, 0.02))
    }
    return [
      row("popularity", 3, 0.353, 0, 0.6), row("ranker", 1, 0.42, 0.022, 0.62),
      row("ranker", 3, 0.495, 0.029, 0.68), row("ranker", 8, 0.543, 0.031, 0.7),
      row("ranker", nil, 0.55, 0.048, 0.72), row("EASE", nil, 0.58, 0.09, 0.74),
    ]
  }()

  private static let decisions: [RunFigures.DecisionFigures] = [3.0, nil].map { epsilon in
    .init(
      epsilon: epsilon, candidates: "one positive, 99 negatives", threshold: 0.05,
      truePositives: 214, falsePositives: 1_204, trueNegatives: 92_153, falseNegatives: 729,
      accuracy: estimate(0.9795, 0.004), precision: 0.1509, recall: estimate(0.2269, 0.027),
      f1: 0.1813, auc: epsilon == nil ? 0.8714 : 0.8571,
      roc: (0...60).map { index in
        let x = Double(index) / 60
        let y = 1 - (1 - x) * (1 - x) * (1 - x) * (1 - x) * (1 - x)
        return .init(falsePositiveRate: x, truePositiveRate: min(1, y))
      })
  }

  private static let tags: [RunFigures.TagFigures] = [3.0, nil].flatMap { epsilon in
    func row(
      _ rule: String, _ precision: Double, _ recall: Double, _ coverage: Double
    ) -> RunFigures.TagFigures {
      .init(
        rule: rule, epsilon: epsilon, precisionAt3: estimate(precision, 0.02),
        recall: estimate(recall, 0.02), coverage: coverage, users: 938)
    }
    return [
      row("lift", 0.412, 0.252, 1), row("share", 0.287, 0.171, 0.78),
      row("global", 0.231, 0.139, 0.17),
    ]
  }

  private static let timings = RunFigures.TimingFigures(
    startedAt: "2026-01-05T09:30:00Z", wallSeconds: 48.2, cpuSeconds: 91.7,
    peakMemoryBytes: 412_000_000, threads: 2,
    phases: [
      .init(phase: "read and clean", seconds: 0.61), .init(phase: "train", seconds: 21.4),
      .init(phase: "evaluate", seconds: 26.1),
    ],
    deviceCPUMilliseconds: [
      .init(task: "statistics", milliseconds: 0.3), .init(task: "gram", milliseconds: 4.8),
      .init(task: "ranker", milliseconds: 21.5), .init(task: "evaluation", milliseconds: 1.9),
    ])
}
