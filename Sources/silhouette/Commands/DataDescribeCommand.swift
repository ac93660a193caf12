internal import ArgumentParser

struct DataDescribeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "Sum up behavior: sizes, spread, and what cleaning found.",
    discussion: """
      Takes the name of a data set, a folder with a MovieLens data set or events.csv or \
      events.jsonl in it, or such a file.

      Examples:
        silhouette data describe movielens-100k
        silhouette data describe behavior --json
        silhouette data describe behavior/events.csv --svg popularity.svg
      """)

  @Argument(help: "Name of a data set, folder or file.", completion: .directory)
  var source: String

  @Flag(help: "Print JSON instead of text.")
  var json = false

  @Option(help: "Also draw how events spread over users and items into this file.")
  var svg: String?

  @Option(help: "Rows that may be unreadable before reading fails.")
  var maxBadRows = 100

  func validate() throws {
    try checkNotEmpty(svg, "--svg")
    guard maxBadRows >= 0 else {
      throw ValidationError("--max-bad-rows is \(maxBadRows); write 0 or more")
    }
  }

  func run() throws {
    let population = try DescribedSource(name: source, maxBadRows: maxBadRows).population()
    let description = try Adapters.describe(population)
    if let svg { try AtomicFile.write(description.svg, to: svg) }
    try ConsoleOutput.write(json ? description.json : description.text)
  }
}
