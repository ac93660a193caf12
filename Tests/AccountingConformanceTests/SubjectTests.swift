import PrivacyAccounting
import RoundVocabulary
import Testing

@testable import AccountingConformance

/// What the vectors' parameters mean in our own events.
@Suite struct SubjectTests {
  private func subject(_ id: String, in name: String) throws -> Subject {
    let files = try VectorReader.read(folder: VectorSuiteTests.folder)
    let file = try #require(files.first { $0.name == name + ".json" })
    let one = try #require(file.cases.first { $0.id == id })
    return try one.subject(in: file.name)
  }

  private func events(_ id: String, in name: String) throws -> [MechanismEvent] {
    guard case .mechanism(let events, let count) = try subject(id, in: name).kind else {
      Issue.record("\(id) is no mechanism")
      return []
    }
    return events.map { $0.times(count) }
  }

  @Test func sampledMechanisms() throws {
    #expect(
      try events("psg-01", in: "poisson_subsampled_gaussian") == [
        .repeated(
          .sampledGaussian(noiseMultiplier: 1, sampling: .poisson(probability: 0.01)), count: 1000)
      ])
    #expect(try subject("psgro-00", in: "psg_replace_one").neighbors == .replaceOne)
    // Their noise is relative to one replacement, ours to one contribution.
    #expect(
      try events("wor-01", in: "sampling_without_replacement") == [
        .repeated(
          .sampledGaussian(
            noiseMultiplier: 4, sampling: .fixedSize(size: 100, population: 10_000)),
          count: 10_000)
      ])
    #expect(try subject("trunc-00", in: "truncated_poisson").neighbors == nil)
    #expect(
      try events("bandmf-04", in: "matrix_factorization") == [
        .repeated(
          .sampledGaussian(noiseMultiplier: 1.5, sampling: .poisson(probability: 0.25)),
          count: 100)
      ])
  }

  @Test func integerMechanisms() throws {
    #expect(
      try events("dgauss-04", in: "discrete_gaussian") == [
        .repeated(.discreteGaussian(variance: 2, shift: .exactly([1])), count: 10)
      ])
    #expect(
      try events("sumdg-12", in: "sum_discrete_gaussian") == [
        .discreteGaussianSum(variance: 2, contributors: 10, shift: .exactly([3, 1, 0, 2]))
      ])
    #expect(
      try events("skellam-10", in: "skellam") == [
        .repeated(.skellam(variance: 400, shift: .exactly([5, 3, 1])), count: 4)
      ])
    #expect(
      try events("dlaplace-16", in: "laplace_dlaplace_rr") == [
        .repeated(.discreteLaplace(decay: 0.3, sensitivity: 3), count: 20)
      ])
    #expect(
      try events("het-04", in: "heterogeneous") == [
        .repeated(.discreteGaussian(variance: 100, shift: .exactly([3])), count: 20),
        .repeated(.skellam(variance: 400, shift: .exactly([5])), count: 10),
      ])
  }

  @Test func otherMechanisms() throws {
    #expect(
      try events("rr-28", in: "laplace_dlaplace_rr") == [
        .repeated(.randomizedResponse(noise: 0.2, buckets: 3), count: 4)
      ])
    #expect(try subject("rr-28", in: "laplace_dlaplace_rr").neighbors == .zeroOut)
    #expect(try events("zcdp-00", in: "zcdp") == [.zeroConcentrated(rho: 0.001)])
    #expect(
      try events("select-00", in: "repeat_and_select") == [
        .selection(
          of: .repeated(.gaussian(noiseMultiplier: 2), count: 10),
          repetitions: .truncatedNegativeBinomial(mean: 5, shape: 1))
      ])
  }

  @Test func correlatedNoise() throws {
    guard
      case .strategy(.toeplitz(let coefficients, 64, 8, 8), nil) =
        try subject("mf-01", in: "matrix_factorization").kind
    else {
      Issue.record("mf-01 is no Toeplitz matrix")
      return
    }
    #expect(coefficients.count == 8 && coefficients[3] == 0.3125)
    guard
      case .strategy(.treeOnce(leaves: [100, 200, 50], trees: 1), 3) =
        try subject("tree-06", in: "tree_aggregation").kind
    else {
      Issue.record("tree-06 is no list of trees")
      return
    }
  }

  @Test func calibrations() throws {
    guard case .countFamily(let family) = try subject("cal-21", in: "calibration").kind else {
      Issue.record("cal-21 looks for no count")
      return
    }
    #expect(
      family(7) == [
        .repeated(
          .sampledGaussian(noiseMultiplier: 1, sampling: .poisson(probability: 0.01)), count: 7)
      ])
    guard case .clippingBit(0.8, 10) = try subject("cal-25", in: "calibration").kind else {
      Issue.record("cal-25 is no clipping bit")
      return
    }
  }

  /// The calls that are still to come, by made-up ones: the answers must arrive at the judge.
  @Test func callsThatArePluggedInAreAsked() async throws {
    let files = try VectorReader.read(folder: VectorSuiteTests.folder)
    var calls = AccountingCalls.refusing
    calls.squaredSensitivity = { strategy throws(AccountingError) in
      if case .treeOnce(let leaves, let trees) = strategy {
        let deepest = leaves.map { Int.bitWidth - $0.leadingZeroBitCount }.max() ?? 0
        return Double(deepest * trees)
      }
      return 0
    }
    calls.clippedNoiseMultiplier = { total, deviation throws(AccountingError) in
      1 / (1 / (total * total) - 1 / (4 * deviation * deviation)).squareRoot()
    }
    calls.renyi = { _, order, _ throws(AccountingError) in order }
    let report = try await Conformance(calls: calls).run(files)
    let outcomes = Dictionary(
      grouping: report.files.flatMap(\.findings), by: { "\($0.caseID) \($0.quantity)" })
    #expect(outcomes["treems-00 sensitivity_squared"]?.first?.judgement.outcome == .unsound)
    #expect(outcomes["cal-25 noise_multiplier_delta"]?.first?.judgement.outcome == .ok)
    #expect(outcomes["gauss-04 rdp"]?.first?.judgement.outcome == .loose)
  }
}
