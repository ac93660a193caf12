internal import ArgumentParser

struct DataExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write behavior as one CSV file per user, for devices that each have one user.",
    discussion: """
      Writes catalogue.csv, users/1.csv and so on, and with --hold-out the last item of everybody to \
      heldout.csv instead of the user's file, so that recommendations can be measured.

      Examples:
        silhouette data export movielens-100k --out devices --hold-out
        silhouette data export behavior --out devices
      """)

  @Argument(help: "Name of a data set, folder or file.", completion: .directory)
  var source: String

  @Option(help: "Folder for the files; it must hold none of them.")
  var out: String

  @Flag(help: "Leave each user's last item out, and write it to heldout.csv.")
  var holdOut = false

  @Option(help: "Rows that may be unreadable before reading fails.")
  var maxBadRows = 100

  @Flag(help: "Print JSON instead of text.")
  var json = false

  private struct Exported: Encodable {
    let users: Int
    let items: Int
  }

  func validate() throws {
    try checkNotEmpty(out, "--out")
    guard maxBadRows >= 0 else {
      throw ValidationError("--max-bad-rows is \(maxBadRows); write 0 or more")
    }
  }

  func run() throws {
    let exported = try Adapters.exportUsers(
      DescribedSource(name: source, maxBadRows: maxBadRows).population(), to: out,
      holdsOut: holdOut)
    if json {
      return try ConsoleOutput.writeJSON(
        Exported(users: exported.users, items: exported.items))
    }
    try ConsoleOutput.write("\(out): \(exported.users) users, \(exported.items) items")
  }
}
