import AccountingConformance
import Foundation
import Testing

/// Golden values of the repository against the accountant.
///
/// A part of every file: some 600 loss distributions take minutes without the optimizer. `make test`
/// asks for all of them with the optimized program, before these tests.
@Suite struct VectorSuiteTests {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "protocols/vectors/accounting").path(percentEncoded: false)

  @Test func nothingIsUnsoundOrLoose() async throws {
    var files = try VectorReader.read(folder: Self.folder)
    #expect(files.reduce(0) { $0 + $1.cases.count } == 251)
    for file in files.indices {
      for index in files[file].cases.indices {
        let results = files[file].cases[index].results
        files[file].cases[index].results = results.enumerated()
          .filter { ($0.offset + index) % 12 == 0 }.map(\.element)
      }
    }
    let report = try await Conformance().run(files)
    for offender in report.offenders {
      Issue.record("\(offender.line)")
    }
    #expect(report.tally.ok > 140)
  }

  @Test func everyCaseIsUnderstood() async throws {
    let files = try VectorReader.read(folder: Self.folder)
    #expect(files.count == 17)
    // Answers are not looked at: `run` throws before it asks for a case that it cannot map.
    let report = try await Conformance(calls: .refusing).run(files)
    #expect(report.tally.unsupported == 2197)
  }
}
