internal import ArgumentParser
internal import Scenarios

struct DataGenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Generate a synthetic population as CSV files.",
    discussion: """
      Writes events.csv and catalogue.csv, which a scenario with `source: csv` reads, and truth.csv, \
      the interests that drove each user's choices. The same options and seed give the same files.

      Examples:
        silhouette data generate --out behavior
        silhouette data generate --out behavior --users 5000 --items 2000 --events 200000 --seed 7
      """)

  @Option(help: "Folder for events.csv, catalogue.csv and truth.csv.")
  var out: String

  @Option(help: "Users.")
  var users = 943

  @Option(help: "Items of the catalogue.")
  var items = 1682

  @Option(help: "Events, at least one for each user.")
  var events = 100_000

  @Option(help: "Groups of items that users are drawn to.")
  var interests = 12

  @Option(
    parsing: .unconditional, help: "A number from 0 up; another seed gives another population.")
  var seed: UInt64 = 1

  @Flag(help: "Print JSON instead of the paths of the files.")
  var json = false

  /// What is printed as JSON.
  private struct Generated: Encodable {
    let files: [String]
  }

  func validate() throws {
    try checkNotEmpty(out, "--out")
    // Each on its own first: what is compared with another option must be sound itself.
    for (name, value, range) in [
      ("--users", users, Scenario.Synthetic.possibleUsers),
      ("--interests", interests, Scenario.Synthetic.possibleInterests),
      ("--items", items, Scenario.Synthetic.possibleItems),
      ("--events", events, Scenario.Synthetic.possibleEvents),
    ] where !range.contains(value) {
      let way =
        value < range.lowerBound ? "\(range.lowerBound) or more" : "\(range.upperBound) or less"
      throw ValidationError("\(name) is \(value); write \(way)")
    }
    if interests > items {
      throw ValidationError(
        "--interests \(interests) takes as many items; write --items \(interests) or more")
    }
    if users > events {
      throw ValidationError(
        "--users \(users) takes as many events; write --events \(users) or more")
    }
  }

  func run() throws {
    let configuration = Scenario.Synthetic(
      users: users, items: items, events: events, interests: interests, seed: seed)
    let files = try Adapters.generateFiles(configuration, folder: out)
    if json {
      try ConsoleOutput.writeJSON(Generated(files: files))
    } else {
      try ConsoleOutput.write(files.joined(separator: "\n"))
    }
  }
}
