internal import ArgumentParser
internal import Behavior
internal import ClientNode
internal import DeviceProfiling
internal import Report
internal import Scenarios
internal import SilhouetteClient

struct ClientImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Add events of the device's user from a CSV file to the encrypted store.",
    discussion: """
      Columns: user (one user only) and item, and where known kind, value and time in seconds since 1970. \
      Importing a file again adds nothing. Events older than the setting events.lifetime are left out, and of more \
      than \(EventStore.mostEvents) events the newest are kept.

      Example:
        silhouette client import events.csv --dir device
      """)

  @Argument(help: "The CSV file.", completion: .file(extensions: ["csv"]))
  var file: String

  @OptionGroup var options: ClientOptions

  private struct Imported: Encodable {
    let added: Int
    let known: Int
    let tooOld: Int
    /// Older than as many others as a device keeps.
    let beyondMost: Int
    let badRows: Int
    /// Rows that cleaning left out, by the reason.
    let leftOut: [String: Int]
  }

  func run() async throws {
    let (imported, days) = try await options.withSession(over: OfflineTransport(), makes: true) {
      (try await $0.events.importCSV(file, now: Int64(NodeClock.now())), try $0.settings.eventDays)
    }
    if options.json {
      return try ConsoleOutput.writeJSON(
        Imported(
          added: imported.added, known: imported.known, tooOld: imported.tooOld,
          beyondMost: imported.beyondMost, badRows: imported.badRows,
          leftOut: Dictionary(
            imported.leftOut.map { ($0.step, $0.count) }, uniquingKeysWith: +)))
    }
    try ConsoleOutput.write(
      "\(imported.added) events added, \(imported.known) were there, \(imported.tooOld) too old, "
        + "\(imported.badRows) rows unreadable")
    for finding in imported.leftOut {
      try ConsoleOutput.write("\(finding.count) rows, \(finding.step): \(finding.action)")
    }
    if imported.beyondMost > 0 {
      try ConsoleOutput.write(
        "\(imported.beyondMost) events left out: a device keeps its user's newest \(EventStore.mostEvents)"
      )
    }
    guard imported.tooOld > 0 else { return }
    try ConsoleOutput.write(
      "events are kept for \(FigureText.short(days)) days; to keep older ones: silhouette client settings "
        + "--dir \(options.dir) --set events.lifetime='3650 d', and import again")
  }
}
