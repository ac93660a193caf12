internal import ArgumentParser
internal import FederatedRounds
internal import Storage

struct RoundAbortCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "abort",
    abstract: "End a round without a sum; the next attempt has fresh keys and noise.",
    discussion: """
      A coordinator that runs hears of it within seconds. What devices were charged stays charged.

      Example:
        silhouette coordinator round abort gram/1 --dir state
      """)

  @OptionGroup var chosen: RoundOptions

  @OptionGroup var options: CoordinatorOptions

  private struct Aborted: Encodable { let round: String }

  func run() async throws {
    try await options.withStore { store in
      let record = try await chosen.record(in: store)
      guard record.outcome == .open else { throw RoundLabelFault.hasEnded("\(chosen.round)") }
      try await store.abort(
        record.key, reason: RoundAbort.byOperator.number, at: Int64(NodeClock.now()))
    }
    if options.json {
      try ConsoleOutput.writeJSON(Aborted(round: "\(chosen.round)"))
    } else {
      try ConsoleOutput.write("\(chosen.round): aborted")
    }
  }
}
