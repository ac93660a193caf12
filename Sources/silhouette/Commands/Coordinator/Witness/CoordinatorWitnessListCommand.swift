internal import ArgumentParser
internal import CryptoPrimitives
internal import Storage

struct CoordinatorWitnessListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the witnesses that every round names.",
    discussion: """
      Example:
        silhouette coordinator witness list --dir state --json
      """)

  @OptionGroup var options: CoordinatorOptions

  private struct Witness: Encodable {
    let witness: String
    let url: String
    let anchor: String
  }

  func run() async throws {
    let witnesses = try await options.withStore { try await $0.witnesses() }.witnesses.map {
      Witness(
        witness: $0.identity.description, url: $0.url, anchor: $0.anchor.description)
    }
    if options.json { return try ConsoleOutput.writeJSON(witnesses) }
    try ConsoleOutput.write(
      ResultTable.aligned([["witness", "url"]] + witnesses.map { [$0.witness, $0.url] }))
  }
}
