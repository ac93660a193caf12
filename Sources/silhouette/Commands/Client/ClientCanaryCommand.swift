internal import ArgumentParser
internal import ClientNode
internal import DeviceProfiling
internal import SilhouetteClient

struct ClientCanaryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "canary",
    abstract: "Make this a canary device, for an audit of a running task.",
    discussion: """
      A canary device is nobody's: in every round it contributes a made-up update of the greatest size, or \
      nothing, by the toss of a coin that falls once for each task. It joins and runs like any other, with noise, masks and a \
      ledger. Afterwards `silhouette audit empirical --devices` guesses from what was released which coins \
      fell how.

      All canaries of an audit have the same --of and --seed, and each its own --number. The coins are kept in \
      canary.json in the device's folder; whoever operates the coordinator should see none before the plan is done.

      Examples:
        silhouette client canary --dir canaries/1 --number 1 --of 40 --seed 7
        silhouette client join CODE --dir canaries/1
        silhouette client run --dir canaries/1 --dir canaries/2
        silhouette audit empirical --dir state --plan PLAN --devices canaries
      """)

  @OptionGroup var options: ClientOptions

  @Option(help: "Which of the canaries this one is, counted from 1.")
  var number: Int

  @Option(help: "How many there are: 2 to 1000000.")
  var of: Int

  @Option(parsing: .unconditional, help: "The seed of all canaries of the audit; public.")
  var seed: UInt64 = 1

  private struct Figures: Encodable {
    let number: Int
    let of: Int
    let seed: UInt64
    let file: String
  }

  func validate() throws {
    guard (2...1_000_000).contains(of) else {
      throw ValidationError("--of is \(of); write 2 to 1000000")
    }
    guard (1...of).contains(number) else {
      throw ValidationError("--number is \(number); write 1 to \(of), the value of --of")
    }
  }

  func run() async throws {
    let folder = DeviceFolder(path: options.dir)
    try await options.withSession(over: OfflineTransport(), makes: true) { session in
      let events = try await session.events.count()
      guard events == 0 else {
        throw CanaryFault.holdsEvents(folder: options.dir, count: events)
      }
      try folder.becomeCanary(number - 1, of: of, seed: seed)
    }
    if options.json {
      return try ConsoleOutput.writeJSON(
        Figures(number: number, of: of, seed: seed, file: folder.canaryPath))
    }
    try ConsoleOutput.write(
      "canary \(number) of \(of), seed \(seed); its coins are in \(folder.canaryPath)")
  }
}
