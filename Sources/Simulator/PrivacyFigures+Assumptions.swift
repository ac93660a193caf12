internal import Report
internal import RoundVocabulary
internal import Scenarios

extension PrivacyFigures {
  /// What has to be true outside the mathematics for a guarantee to hold, in plain sentences.
  static func assumptions(
    _ adversary: Adversary, _ scenario: Scenario
  ) -> [String] {
    switch scenario.privacy.mechanism {
    case .none: ["The plan's mechanism is none: no noise is added anywhere."]
    case .central: centralAssumptions(adversary, scenario.privacy)
    case .distributed: distributedAssumptions(adversary, scenario)
    }
  }

  private static let common = [
    "Who takes part, and how many, is public.",
    "Each device contributes to each task at most as often as the plan says.",
    "The seed of the simulated noise stays secret: with the one in this report, whoever has "
      + "the releases can subtract the noise.",
  ]

  private static func centralAssumptions(
    _ adversary: Adversary, _ privacy: Scenario.Privacy
  ) -> [String] {
    switch adversary {
    case .modelUser, .anyClientOrPublic:
      ["The coordinator adds the noise that the plan promises and shows nobody the sums."]
        + (privacy.noise.isCorrelated
          ? [
            "The noise of the ranker's rounds is correlated (\(privacy.noise.rawValue)): the whole run is "
              + "one release, charged at its first round, and between two rounds of one device there "
              + "are as many as the plan says."
          ] : []) + common
    default:
      [
        "Noise is added by the coordinator, which sees contributions before it: "
          + "nothing is claimed against it."
      ]
    }
  }

  private static func distributedAssumptions(
    _ adversary: Adversary, _ scenario: Scenario
  ) -> [String] {
    let privacy = scenario.privacy
    let noise =
      "Every honest device adds its part of the noise."
      + (scenario.imitation.deviceNoise == .together && privacy.noise == .skellam
        ? " This simulation draws what the devices of a round add in one go: the sum has the same law."
        : "")
    let shares =
      "Of every cohort at most \(percent(privacy.dropoutShare)) drop out and at most "
      + "\(percent(privacy.colludingShare)) give their noise away; a round with fewer is abandoned."
    switch adversary {
    case .modelUser, .anyClientOrPublic:
      return [noise, shares] + common
    case .honestButCuriousCoordinator, .coordinatorWithColludingClients:
      let sums =
        scenario.imitation.secureAggregation
        ? "The coordinator opens sums of contributions only, which secure aggregation enforces."
        : "The coordinator sees sums of contributions only. This simulation adds them in the clear; "
          + "secure aggregation is what would enforce it."
      return [sums, noise, shares] + common
    case .maliciousCoordinator:
      return [
        "Nothing is promised: one program has the keys of coordinator and enrollment authority, so a "
          + "coordinator that deviates could fill a cohort with devices of its own. What the noise of "
          + "one device alone hides is the figure for A6."
      ]
    case .coordinatorWithoutSecureAggregation:
      return ["Only the noise of the person's own device hides a contribution that is seen alone."]
        + common
    }
  }

  private static func percent(_ share: Double) -> String {
    FigureText.percent(share)
  }
}
