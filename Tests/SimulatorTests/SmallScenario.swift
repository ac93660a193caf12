import Scenarios

extension Scenario {
  /// A scenario that runs in a moment, decoded like any other.
  static func small(_ overrides: [String] = []) throws -> Scenario {
    try ScenarioDecoder.decode(
      yaml: """
        name: small
        seed: 7
        threads: 2
        behavior:
          source: synthetic
          synthetic: { users: 200, items: 120, events: 8000, interests: 6, seed: 3 }
        privacy: { epsilon: 8 }
        tasks:
          gram: { headItems: 60, tailGroups: 10, maxRank: 16 }
          ranker: { rounds: 4, negatives: 30 }
        profile: { recommendations: 5 }
        evaluation:
          sampledNegatives: 50
          bootstrapResamples: 50
          coldStart: [0, 3]
          easeRegularization: 50
        """, file: "small.yaml", overrides: overrides
    ).scenario
  }
}
