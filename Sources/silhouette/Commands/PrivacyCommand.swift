internal import ArgumentParser

struct PrivacyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "privacy",
    abstract: "Account for privacy loss: state it, plan for it, draw it, check the accountant.",
    discussion: """
      Examples:
        silhouette privacy epsilon simulations/demo.yaml
        silhouette privacy plan simulations/demo.yaml
        silhouette privacy epsilon --gaussian 1.1 --rounds 100 --sampling-rate 0.01 --delta 1e-6
        silhouette privacy calibrate --epsilon 4 --delta 1e-6 --rounds 10000 --sampling-rate 0.01
        silhouette privacy conformance protocols/vectors/accounting
      """,
    subcommands: [
      PrivacyEpsilonCommand.self, PrivacyPlanCommand.self, PrivacyCalibrateCommand.self,
      PrivacyCompareCommand.self, PrivacyCurveCommand.self, PrivacyConformanceCommand.self,
    ])
}
