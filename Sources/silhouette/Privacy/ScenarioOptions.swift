internal import ArgumentParser

/// Options of commands that read a scenario without running it.
struct ScenarioOptions: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Override a setting; may be repeated.", valueName: "key.path=value"))
  var overrides: [String] = []

  @Option(help: "Folder with the MovieLens data set.")
  var data: String?

  func scenario(_ file: String) throws -> PlannedScenario {
    guard data?.isEmpty != true else {
      throw ValidationError("--data is empty; write a path, or leave --data out")
    }
    return try PlannedScenario(file: file, overrides: overrides, data: data)
  }

  /// Refuses options that have nothing to act on.
  func requireUnused() throws {
    guard overrides.isEmpty, data == nil else {
      throw ValidationError("--set and --data go with a scenario; name its file")
    }
  }
}
