internal import ArgumentParser
internal import Scenarios

struct DataGenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Generate a synthetic population as CSV files.",
    discussion: """
      Writes events.csv and catalogue.csv, which a scenario with `source: csv` reads. The same \
      options and seed give the same files.

      Examples:
        silhouette data generate --out behavior
        silhouette data generate --out behavior --users 5000 --items 2000 --events 200000 --seed 7
      """)

  @Option(help: "Folder for events.csv and catalogue.csv.")
  var out: String

  @Option(help: "Users.")
  var users = 943

  @Option(help: "Items of the catalogue.")
  var items = 1682

  @Option(help: "Events, at least one for each user.")
  var events = 100_000

  @Option(help: "Groups of items that users are drawn to.")
  var interests = 12

  @Option(help: "Another seed gives another population.")
  var seed: UInt64 = 1

  func validate() throws {
    for (name, value, lowest) in [
      ("--users", users, 2), ("--interests", interests, 1), ("--items", items, max(2, interests)),
      ("--events", events, users),
    ] where value < lowest {
      throw ValidationError("\(name) is \(value); write \(lowest) or more")
    }
  }

  func run() throws {
    try AtomicFile.prepareFolder(out)
    let configuration = Scenario.Synthetic(
      users: users, items: items, events: events, interests: interests, seed: seed)
    for file in try Adapters.generateFiles(configuration, folder: out) { print(file) }
  }
}
