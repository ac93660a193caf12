internal import ArgumentParser

struct DataCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Fetch, describe, generate and export behavior.",
    discussion: """
      Examples:
        silhouette data fetch movielens-100k
        silhouette data describe movielens-100k
        silhouette data generate --out behavior
      """,
    subcommands: [
      DataFetchCommand.self, DataDescribeCommand.self, DataGenerateCommand.self,
      DataExportCommand.self,
    ])
}
