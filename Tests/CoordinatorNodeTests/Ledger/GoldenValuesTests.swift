import CryptoPrimitives
import Foundation
import Storage
import Testing

@testable import CoordinatorNode

/// What a closing entry names as golden values is what lies beside the specification.
@Suite struct GoldenValuesTests {
  private static let folder: URL = {
    var root = URL(filePath: #filePath)
    for _ in 0..<4 { root.deleteLastPathComponent() }
    return root.appending(path: "protocols/vectors/accounting")
  }()

  /// As `b2sum -l 256 *.json | b2sum -l 256` prints it.
  private static func hash() throws -> Bytes32 {
    let names = try FileManager.default.contentsOfDirectory(
      atPath: folder.path(percentEncoded: false)
    ).filter { $0.hasSuffix(".json") }
    #expect(names.count >= 17)
    let lines = try names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }.map {
      "\(Blake2b.digest([UInt8](try Data(contentsOf: folder.appending(path: $0)))))  \($0)\n"
    }
    return Blake2b.digest(Array(lines.joined().utf8))
  }

  @Test(arguments: ["distributed", "none"]) func aClosingNamesTheValuesThatAreThere(
    mechanism: String
  ) throws {
    let document = """
      name: small
      catalogue: { items: 40 }
      cohort: { most: 20 }
      privacy: { mechanism: \(mechanism), epsilon: 8 }
      """
    let plan = try RunningPlan(
      PlanRecord(document: Array(document.utf8), signature: [UInt8](repeating: 0, count: 64)))
    #expect(try plan.course.account([:]).vectorsHash == Self.hash())
  }
}
