internal import CryptoPrimitives
internal import Foundation
internal import PlannedRounds
internal import Scenarios

extension PlanFileOptions {
  /// The plan, and what follows from it.
  ///
  /// - Parameter catalogue: the hash to fill in.
  func read(catalogue: Bytes32? = nil) throws -> PlannedTasks {
    guard let bytes = FileManager.default.contents(atPath: plan) else {
      throw CommandFailure.inputMissing(
        file: plan, reason: "cannot be read", remedy: "write the path of a plan file")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandFailure.notText(file: plan)
    }
    var decoded = try PlanDecoder.decode(yaml: text, file: plan, overrides: set)
    if let catalogue { decoded.catalogue.hash = catalogue.description }
    let document = SignedPlanText.yaml(of: decoded)
    return try PlannedTasks(decoded, hash: Blake2b.digest(Array(document.utf8)))
  }
}
