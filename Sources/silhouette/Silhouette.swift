internal import ArgumentParser
internal import Foundation

@main
struct Silhouette: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "silhouette",
    abstract: "Private federated user profiling.",
    discussion: """
      Trains user profiles over many simulated devices whose behavior never leaves them, and \
      reports what that costs in quality and what it guarantees.

      Example:
        silhouette simulate simulations/demo.yaml

      Exit codes: 0 done, 1 a check failed or no value reaches a target, 64 wrong usage, \
      65 faulty scenario, --set, plan, vectors or behavior, 66 input missing, \
      69 network or address unavailable, 70 internal error, 73 output cannot be written, \
      77 refused by a coordinator, 130 interrupted, 143 terminated.
      """,
    version: version,
    subcommands: [
      SimulateCommand.self, ProfileCommand.self, RecommendCommand.self, AuditCommand.self,
      PrivacyCommand.self, ProtocolCommand.self, DataCommand.self, CoordinatorCommand.self,
      ClientCommand.self, WitnessCommand.self, DoctorCommand.self,
    ])

  /// Parses and runs, and turns whatever goes wrong into one line and an exit code.
  static func main() async {
    Interruption.install()
    var command: any ParsableCommand
    do {
      command = try await asyncParseAsRoot()
    } catch {
      exitAfterParsing(error)
    }
    do {
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      // Help, versions and failed validation arrive here as well; all else counts as plain failure.
      if exitCode(for: error) != .failure { exitAfterParsing(error) }
      ConsoleError.write(ExitStatus.lines(for: error))
      Foundation.exit(ExitStatus(for: error).rawValue)
    }
  }

  /// Prints what the parser has to say: help and versions to stdout, faults to stderr.
  private static func exitAfterParsing(_ error: any Error) -> Never {
    let message = fullMessage(for: error)
    if exitCode(for: error).isSuccess {
      do {
        try ConsoleOutput.write(message)
      } catch {
        ConsoleError.write(ExitStatus.lines(for: error))
        Foundation.exit(ExitStatus(for: error).rawValue)
      }
      Foundation.exit(ExitStatus.done.rawValue)
    }
    let prefix = "Error:"
    ConsoleError.write(
      message.hasPrefix(prefix) ? "error:" + message.dropFirst(prefix.count) : message)
    Foundation.exit(ExitStatus.usage.rawValue)
  }
}
