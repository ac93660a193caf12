import Behavior
import Scenarios

extension Scenario {
  /// A scenario that runs in a moment.
  static var small: Scenario {
    Scenario(
      name: "small", seed: 7, threads: 2,
      behavior: .init(
        source: .synthetic, events: nil, catalogue: nil, maxBadRows: 0,
        synthetic: .init(users: 200, items: 120, events: 8000, interests: 6, seed: 3)),
      privacy: .init(
        mechanism: .central, epsilon: 8, delta: 1e-5, sweep: [],
        split: .init(statistics: 0.1, gram: 0.78, ranker: 0.1, evaluation: 0.02)),
      encoding: .init(ringBits: 32, scaleBits: nil),
      gram: .init(headItems: 60, tailGroups: 10, maxRank: 16),
      ranker: .init(
        rounds: 4, cohort: nil, learningRate: 1.5, momentum: 0.7, clipNorm: 1, negatives: 30),
      profile: .init(halfLifeDays: 30, recommendations: 5, examples: 3),
      evaluation: .init(
        sampledNegatives: 50, bootstrapResamples: 50, coldStart: [0, 3], headShare: 0.2,
        easeRegularization: 50, decisionThreshold: 0.5, users: nil))
  }
}
