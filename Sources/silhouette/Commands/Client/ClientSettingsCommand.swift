internal import ArgumentParser
internal import Scenarios
internal import SilhouetteClient

struct ClientSettingsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settings",
    abstract: "What this device allows, whatever a plan asks for: show it or change it.",
    discussion: """
      Ceilings on epsilon, contributions, clip norm and work, floors on cohorts and noise, and how long \
      events are kept. They are in DIR/device.yaml and win over every plan.

      Examples:
        silhouette client settings --dir device
        silhouette client settings --dir device --set privacy.epsilon=2 --set rounds.mostPerDay=1
      """)

  @OptionGroup var options: ClientOptions

  @Option(help: "Change a setting: key.path=value. May be given several times.")
  var set: [String] = []

  private struct Settings: Encodable { let settings: String }

  func run() async throws {
    let folder = DeviceFolder(path: options.dir)
    if set.isEmpty, !folder.hasSettings {
      ConsoleError.write(
        "notice: \(options.dir) has no settings of its own, so these are the standard ones")
    }
    let settings = set.isEmpty ? try folder.settings() : try folder.change(set)
    let text = DeviceSettingsFile.yaml(of: settings)
    try options.json
      ? ConsoleOutput.writeJSON(Settings(settings: text)) : ConsoleOutput.write(text)
  }
}
