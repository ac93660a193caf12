internal import ArgumentParser
internal import CryptoPrimitives
internal import Logging
internal import TransparencyLog
internal import WitnessNode

struct WitnessLogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "What this witness has seen of its coordinator's log, and what it holds against it.",
    discussion: """
      The head that was cosigned last, and pairs of heads that contradict each other. --evidence writes the first \
      pair into a file to hand on: anybody who knows the log's key can check it.

      Examples:
        silhouette witness log --dir watch
        silhouette witness log --dir watch --evidence evidence.bin
      """)

  @OptionGroup var options: WitnessOptions

  @Option(
    help: "Write the first two heads that convict the log into this file.", completion: .file())
  var evidence: String?

  @Flag(help: "Print JSON instead of text.")
  var json = false

  private struct Figures: Encodable {
    let log: String
    let accepted: HeadFigures?
    let evidence: [EvidenceFigures]
  }

  func run() async throws {
    let folder = WitnessFolder(path: options.dir)
    let configuration = try folder.configuration()
    let witness = try await folder.open(
      configuration, logger: Logger(label: "witness") { _ in SwiftLogNoOpLogHandler() },
      clock: NodeClock.now)
    let result: Result<(Figures, [UInt8]?), any Error>
    do { result = .success(try await Self.read(witness)) } catch { result = .failure(error) }
    try await witness.close()
    let (figures, found) = try result.get()
    if let evidence { try EvidenceFile.write(found, to: evidence, from: options.dir) }
    if json { return try ConsoleOutput.writeJSON(figures) }
    try ConsoleOutput.write(
      ([
        "log \(figures.log)",
        figures.accepted.map { "cosigned: \($0.text)" } ?? "no head was cosigned yet",
      ]
        + (figures.evidence.isEmpty ? ["no evidence against it"] : figures.evidence.map(\.text)))
        .joined(separator: "\n"))
  }

  private static func read(_ witness: Witness) async throws -> (Figures, [UInt8]?) {
    let log = witness.log
    let found = try await witness.logEvidence()
    let evidence = try found.map { EvidenceFigures(try HeadEvidence(decoding: $0), against: log) }
    let figures = Figures(
      log: log.key.encoding.description,
      accepted: await witness.acceptedHead.map(HeadFigures.init), evidence: evidence)
    return (figures, found.first)
  }
}
