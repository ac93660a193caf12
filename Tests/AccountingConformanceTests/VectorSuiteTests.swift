import AccountingConformance
import Foundation
import Testing

/// All golden values of the repository against the accountant.
///
/// It takes longer than other tests, since it composes some 600 privacy loss distributions.
@Suite struct VectorSuiteTests {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "protocols/vectors/accounting").path(percentEncoded: false)

  @Test func nothingIsUnsoundOrLoose() async throws {
    let files = try VectorReader.read(folder: Self.folder)
    let report = try await Conformance().run(files)
    for offender in report.offenders {
      Issue.record("\(offender.line)")
    }
    #expect(report.tally.results == 2197)
    #expect(report.files.reduce(0) { $0 + $1.cases } == 251)
  }

  @Test func everyCaseIsUnderstood() async throws {
    let files = try VectorReader.read(folder: Self.folder)
    #expect(files.count == 17)
    // Answers are not looked at: `run` throws before it asks for a case that it cannot map.
    let report = try await Conformance(calls: .refusing).run(files)
    #expect(report.tally.unsupported == 2197)
  }
}
