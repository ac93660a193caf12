internal import ArgumentParser
internal import CoordinatorNode
internal import CryptoPrimitives
internal import DeviceProfiling
internal import Foundation
internal import PlannedRounds
internal import Scenarios
internal import Storage

struct PlanSignCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign",
    abstract: "Sign a plan with the coordinator's authority key, together with its catalogue.",
    discussion: """
      The catalogue is a CSV file that is known without anybody's behavior: item, and where known title, \
      categories, text, price, creator, time. Devices download it and check its hash.

      Example:
        silhouette coordinator plan sign plan.yaml --catalogue catalogue.csv --dir state
      """)

  @OptionGroup var file: PlanFileOptions
  @OptionGroup var options: CoordinatorOptions

  @Option(help: "The public catalogue, a CSV file.")
  var catalogue: String

  private struct Signed: Encodable {
    let plan: String
    let name: String
  }

  func run() async throws {
    let folder = CoordinatorFolder(path: options.dir)
    _ = try folder.configuration()
    guard let bytes = FileManager.default.contents(atPath: catalogue).map({ [UInt8]($0) }) else {
      throw CommandFailure.inputMissing(
        file: catalogue, reason: "cannot be read", remedy: "write the path of a CSV file")
    }
    let tasks = try file.read(catalogue: Blake2b.digest(bytes))
    _ = try CatalogueFile.read(file: catalogue, items: tasks.plan.catalogue.items)
    let record = try CoordinatorKeys(folder: folder.keysFolder)
      .sign(planDocument: Array(SignedPlanText.yaml(of: tasks.plan).utf8))
    try await options.withStore { store in
      let witnesses = try await store.witnesses().witnesses.count
      if let fault = RunningPlanFault.missingWitness(
        most: tasks.plan.cohort.most, witnesses: witnesses)
      {
        throw fault
      }
      try await store.add(record, catalogue: bytes)
    }
    if tasks.plan.audit.gate {
      ConsoleError.write(
        "notice: audit.gate: no version reaches devices without a measurement that could have failed; before publishing, "
          + "see with silhouette audit empirical --plan FILE whether its ceilings are above the claims"
      )
    }
    if options.json {
      try ConsoleOutput.writeJSON(
        Signed(plan: record.hash.description, name: tasks.plan.name))
    } else {
      try ConsoleOutput.write("\(record.hash)")
    }
  }
}
