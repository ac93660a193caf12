internal import CryptoPrimitives
internal import PlannedRounds
internal import Scenarios

/// A plan's document, as it was signed: with another text it would be another plan.
enum PlanFile {
  static func read(_ path: String) throws -> PlannedTasks {
    let bytes = try BundleFile.read(path)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandFailure.notText(file: path)
    }
    return try PlannedTasks(PlanDecoder.decode(yaml: text, file: path), hash: Blake2b.digest(bytes))
  }
}
