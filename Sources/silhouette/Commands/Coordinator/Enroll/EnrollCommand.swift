internal import ArgumentParser

struct EnrollCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enroll",
    abstract: "Let devices in, list them, revoke them.",
    discussion: """
      Works beside a coordinator that runs.

      Examples:
        silhouette coordinator enroll issue --dir state --hours 24
        silhouette coordinator enroll list --dir state
        silhouette coordinator enroll revoke IDENTITY --dir state
      """,
    subcommands: [EnrollIssueCommand.self, EnrollListCommand.self, EnrollRevokeCommand.self])
}
