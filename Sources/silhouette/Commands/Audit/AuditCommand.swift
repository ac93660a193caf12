internal import ArgumentParser

struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Recompute what a coordinator's log has cost its users, without asking anybody.",
    discussion: """
      A bundle is one file with a log, its plans and its signed head. Whoever has it checks every \
      entry and recomputes every epsilon; a second program that does the same is \
      protocols/reference/verify_bundle.py.

      Examples:
        silhouette audit bundle --dir state --out log.bundle
        silhouette audit verify log.bundle
        silhouette audit report log.bundle --out audit --key auditor.key
        silhouette audit check audit --key 4f2e...
      """,
    subcommands: [
      AuditVerifyCommand.self, AuditBundleCommand.self, AuditReportCommand.self,
      AuditCheckCommand.self, AuditEvidenceCommand.self, AuditEmpiricalCommand.self,
    ])
}
