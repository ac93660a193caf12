internal import ArgumentParser
internal import ProtocolVectors

struct ProtocolVectorsVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check a folder of vectors of fsa1, log or ledger against this implementation.",
    discussion: """
      For whoever implements the protocol: write the files of \
      protocols/vectors/secure-aggregation/1 with your own code, and see whether this code computes \
      the same. Every result that differs is listed with its vector, field and first bytes.

      All files have to be there, or exit code 1 says that not everything was shown; --partial checks \
      those that are there and lists the others. bad_client.json, bad_coordinator.json and \
      witness.json go on from the rounds that they name, which have to be there in any case.

      A folder with bundles.json is taken for vectors of the ledger, protocols/ledger.md: bundles with their \
      verdicts and every epsilon. One with tree.json or another of its files is taken for vectors of the log, \
      protocols/transparency-log.md: trees, proofs, tiles, entries, heads and evidence.

      Exit codes: 0 everything agrees, 1 something differs or a file is missing, 65 a file cannot be \
      understood, 66 there is no such folder, no file of vectors in it, or not a round that is needed.

      Examples:
        silhouette protocol vectors verify protocols/vectors/secure-aggregation/1
        silhouette protocol vectors verify protocols/vectors/transparency-log/1
        silhouette protocol vectors verify protocols/vectors/ledger/1
        silhouette protocol vectors verify my-vectors --partial --json > verdict.json
      """)

  @Argument(help: "The folder of vectors.", completion: .directory)
  var folder: String

  @Flag(help: "Accept that files are missing.")
  var partial = false

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  func run() async throws {
    let report = try await VectorFolder.verify(folder)
    let figures = VectorFigures(report, isPartial: partial)
    print(json ? try FigureJSON.text(of: figures) : figures.text)
    guard figures.agrees else {
      throw CommandFailure.vectorsDiffer(
        vectors: figures.total.failed, missing: partial ? 0 : report.missing.count)
    }
  }
}
