internal import ArgumentParser
internal import CryptoPrimitives
internal import Storage

struct EnrollListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List enrolled devices.",
    discussion: """
      Example:
        silhouette coordinator enroll list --dir state --json
      """)

  @OptionGroup var options: CoordinatorOptions

  private struct Device: Encodable {
    let identity: String
    let enrolledAt: Int64
    let revokedAt: Int64?
  }

  func run() async throws {
    let devices = try await options.withStore { try await $0.devices() }.map {
      Device(
        identity: $0.identity.description, enrolledAt: $0.enrolledAt, revokedAt: $0.revokedAt)
    }
    if options.json {
      try ConsoleOutput.writeJSON(devices)
    } else {
      let rows = devices.map {
        [$0.identity, Moment.text($0.enrolledAt), Moment.text($0.revokedAt)]
      }
      try ConsoleOutput.write(ResultTable.aligned([["identity", "enrolled", "revoked"]] + rows))
    }
  }
}
