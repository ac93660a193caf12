import Foundation
import Testing

@testable import Report

@Suite struct ReportJSONTests {
  @Test(arguments: [SampleFigures.complete, SampleFigures.withoutPrivacy, SampleFigures.empty])
  func survivesARoundTrip(figures: RunFigures) throws {
    let bytes = try ReportRenderer.json(figures)
    let decoded = try JSONDecoder().decode(RunFigures.self, from: Data(bytes))
    #expect(try ReportRenderer.json(decoded) == bytes)
    #expect(ReportRenderer.html(decoded) == ReportRenderer.html(figures))
  }

  @Test func sortsItsKeys() throws {
    let text = String(decoding: try ReportRenderer.json(SampleFigures.complete), as: UTF8.self)
    let keys = text.matches(of: /(?m)^  "([A-Za-z]+)" :/).map { String($0.1) }
    #expect(keys.count == 17)
    #expect(keys == keys.sorted())
    #expect(text.hasSuffix("}\n"))
  }

  @Test func isTheSameForTwoRunsOnceTimingsAreLeftOut() throws {
    var other = SampleFigures.complete
    other.timings.wallSeconds *= 2
    other.timings.startedAt = "2027-01-01T00:00:00Z"
    #expect(try ReportRenderer.json(other) != ReportRenderer.json(SampleFigures.complete))
    #expect(
      try ReportRenderer.json(other, includingTimings: false)
        == ReportRenderer.json(SampleFigures.complete, includingTimings: false))
  }

  @Test func leavesOutNothingButTimings() throws {
    func object(includingTimings: Bool) throws -> NSMutableDictionary {
      let bytes = try ReportRenderer.json(
        SampleFigures.complete, includingTimings: includingTimings)
      let value = try JSONSerialization.jsonObject(with: Data(bytes), options: .mutableContainers)
      return NSMutableDictionary(dictionary: try #require(value as? [String: Any]))
    }
    let whole = try object(includingTimings: true)
    whole.removeObject(forKey: "timings")
    #expect(try object(includingTimings: false) == whole)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func refusesFiguresThatAreNotFinite(value: Double) {
    var figures = SampleFigures.complete
    figures.methods[2].full.auc.high = value
    #expect(throws: ReportError.self) { try ReportRenderer.json(figures) }
    do {
      _ = try ReportRenderer.json(figures)
    } catch {
      #expect(error.description.contains("methods"))
      #expect(error.description.contains("high"))
    }
  }
}
