import RoundVocabulary
import TestSupport
import Testing

@testable import PrivacyAccounting

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// All sets of at most `count` steps that are at least `separation` apart, the empty one included.
private func participations(steps: Int, separation: Int, count: Int) -> [[Int]] {
  var found: [[Int]] = [[]]
  var open: [[Int]] = [[]]
  for _ in 0..<count {
    open = open.flatMap { set in
      let first = set.last.map { $0 + separation } ?? 0
      return first < steps ? (first..<steps).map { set + [$0] } : []
    }
    found += open
  }
  return found
}

@Suite struct TreeAggregationTests {
  @Test func singleParticipationsMatchTheVectors() throws {
    var compared = 0
    for vector in try AccountingVectors.load("tree_aggregation").cases
    where vector.mechanism == "tree_aggregation_single_participation" {
      let steps = try #require(vector.params["step_counts"]?.list).map { Int($0) }
      let event = try TreeAggregation.event(
        noiseMultiplier: try #require(vector.params["noise_multiplier"]?.number), steps: steps
      ).times(Int(try #require(vector.params["count"]?.number)))
      for result in vector.results {
        let reference = try #require(result.number(of: "ref.tree"))
        if let order = result.at["order"]?.number {
          let bound = try RenyiDivergence.bound(of: event, order: order, neighbors: .zeroOut)
          #expect(bound >= reference && bound <= reference * (1 + 1e-9), "\(vector.id)")
        } else {
          let delta = try #require(result.at["delta"]?.number)
          let peer = try #require(result.number(of: "dp_accounting.rdp"))
          let epsilon = try RenyiAccountant.epsilon(of: [event], delta: delta, neighbors: .zeroOut)
          #expect(epsilon >= reference && epsilon <= peer * (1 + 1e-9), "\(vector.id)")
        }
        compared += 1
      }
    }
    #expect(compared == 48)
  }

  @Test func severalParticipationsMatchTheVectors() throws {
    var compared = 0
    for vector in try AccountingVectors.load("tree_aggregation").cases
    where vector.mechanism == "tree_aggregation_multi_participation" {
      let steps = Int(try #require(vector.params["leaves"]?.number))
      let separation = Int(try #require(vector.params["min_separation"]?.number))
      let count = Int(try #require(vector.params["max_participations"]?.number))
      for result in vector.results {
        let reference = try #require(result.reference?.v.list.first)
        if result.quantity == "sensitivity_squared" {
          let squared = try TreeAggregation.squaredSensitivity(
            steps: steps, minimumSeparation: separation, maximumParticipations: count)
          #expect(squared == reference, "\(vector.id)")
        } else {
          let event = try TreeAggregation.event(
            noiseMultiplier: try #require(result.at["noise_std_per_node"]?.number), steps: steps,
            minimumSeparation: separation, maximumParticipations: count)
          guard case .gaussian(let noiseMultiplier) = event else {
            Issue.record("a run is one Gaussian release")
            continue
          }
          let epsilon = GaussianGuarantee.epsilon(
            noiseMultiplier: noiseMultiplier, delta: try #require(result.at["delta"]?.number))
          #expect(abs(epsilon - reference) <= 1e-8 * reference, "\(vector.id)")
        }
        compared += 1
      }
    }
    #expect(compared == 24)
  }

  // Trap 10: one participation charged although the separation allows several.
  @Test func theSearchAgreesWithAllParticipationsOfSmallTrees() throws {
    for steps in 1...16 {
      for separation in 1...5 {
        for count in 1...(separation == 1 ? 3 : 5) {
          let brute = participations(steps: steps, separation: separation, count: count)
            .map { treeCost(of: $0, steps: steps) }.max()
          let found = try TreeAggregation.squaredSensitivity(
            steps: steps, minimumSeparation: separation, maximumParticipations: count)
          #expect(found == brute, "\(steps) steps, \(count) at \(separation)")
        }
      }
    }
  }

  private func treeCost(of set: [Int], steps: Int) -> Double {
    var cost = 0
    var size = 1
    while true {
      var counts: [Int: Int] = [:]
      for step in set { counts[step / size, default: 0] += 1 }
      cost += counts.values.reduce(0) { $0 + $1 * $1 }
      if size >= steps { return Double(cost) }
      size *= 2
    }
  }

  @Test func limitsOfTheSearchAreErrorsAndNotGuesses() throws {
    #expect(
      try TreeAggregation.squaredSensitivity(
        steps: 1024, minimumSeparation: .max, maximumParticipations: .max) == 11)
    for (steps, separation, count) in [(0, 1, 1), (4, 0, 1), (4, 1, 0), (4, -1, 1)] {
      #expect(throws: AccountingError.self) {
        try TreeAggregation.squaredSensitivity(
          steps: steps, minimumSeparation: separation, maximumParticipations: count)
      }
    }
    #expect(throws: AccountingError.self) {
      try TreeAggregation.squaredSensitivity(
        steps: 1 << 20, minimumSeparation: 1000, maximumParticipations: 1000)
    }
    // Steps 0, 150, ..., 900 are one choice.
    #expect(
      try TreeAggregation.squaredSensitivity(
        steps: 1000, minimumSeparation: 150, maximumParticipations: 7)
        >= treeCost(of: Array(stride(from: 0, to: 1000, by: 150)), steps: 1000))
    #expect(throws: AccountingError.self) {
      try TreeAggregation.event(noiseMultiplier: 1, steps: [])
    }
    #expect(throws: AccountingError.self) {
      try TreeAggregation.event(noiseMultiplier: 1, steps: [4, 0])
    }
  }
}

@Suite struct MatrixFactorizationTests {
  private func pattern(_ params: [String: AccountingVectors.Scalar]) throws -> ParticipationPattern
  {
    try ParticipationPattern(
      minimumSeparation: Int(try #require(params["min_separation"]?.number)),
      maximumParticipations: Int(try #require(params["max_participations"]?.number)))
  }

  private func coefficients(_ params: [String: AccountingVectors.Scalar]) throws -> [Double] {
    let bands = Int(try #require(params["bands"]?.number))
    guard case .text(let rule)? = params["coefficient_rule"] else { return [] }
    switch rule {
    case "optimal": return ToeplitzStrategy.optimalCoefficients(bands)
    case "geom": return (0..<bands).map { pow(0.9, Double($0)) }
    case "lin": return (0..<bands).map { 1 - Double($0) / Double(bands + 1) }
    default: return Array(repeating: 1, count: bands)
    }
  }

  @Test func toeplitzStrategiesMatchTheVectors() throws {
    var compared = 0
    for vector in try AccountingVectors.load("matrix_factorization").cases
    where vector.mechanism == "toeplitz_matrix_factorization" {
      let strategy = try ToeplitzStrategy(
        coefficients: try coefficients(vector.params),
        steps: Int(try #require(vector.params["n"]?.number)))
      let squared = try strategy.squaredSensitivity(try pattern(vector.params))
      for result in vector.results {
        let reference = try #require(result.reference?.v.list.first)
        switch result.quantity {
        case "sensitivity_squared":
          #expect(squared >= reference * (1 - 1e-14) && squared <= reference * (1 + 1e-9))
        case "max_prefix_sum_error_sq_unit_noise":
          #expect(abs(strategy.prefixSumVariance.greatest / reference - 1) < 1e-9)
        case "mean_prefix_sum_error_sq_unit_noise":
          #expect(abs(strategy.prefixSumVariance.mean / reference - 1) < 1e-9)
        default:
          let event = try MatrixFactorization.event(
            noiseDeviation: try #require(result.at["noise_std"]?.number),
            squaredSensitivity: squared)
          guard case .gaussian(let noiseMultiplier) = event else { continue }
          let epsilon = GaussianGuarantee.epsilon(
            noiseMultiplier: noiseMultiplier, delta: try #require(result.at["delta"]?.number))
          #expect(epsilon >= reference * (1 - 1e-9) && epsilon <= reference * (1 + 1e-8))
        }
        compared += 1
      }
    }
    #expect(compared == 90)
  }

  @Test func bandedStrategiesMatchTheVectors() throws {
    var compared = 0
    for vector in try AccountingVectors.load("matrix_factorization").cases
    where vector.mechanism == "banded_matrix_factorization" {
      let strategy = try BandedStrategy(rows: try #require(vector.params["matrix_rows"]?.rows))
      #expect(Double(strategy.bands) == vector.params["bands"]?.number)
      let squared = try strategy.squaredSensitivity(try pattern(vector.params))
      let reference = try #require(vector.results.first?.reference?.v.list.first)
      #expect(squared >= reference && squared <= reference * (1 + 1e-9), "\(vector.id)")
      compared += 1
    }
    #expect(compared == 4)
  }

  @Test func amplifiedRunsAreSampledReleases() throws {
    for vector in try AccountingVectors.load("matrix_factorization").cases
    where vector.mechanism == "amplified_bandmf" {
      let event = try MatrixFactorization.amplifiedEvent(
        noiseMultiplier: try #require(vector.params["noise_multiplier"]?.number),
        steps: Int(try #require(vector.params["iterations"]?.number)),
        bands: Int(try #require(vector.params["bands"]?.number)),
        probability: try #require(vector.params["sampling_probability_within_group"]?.number))
      let result = try #require(vector.results.first)
      let reference = try #require(result.reference?.v.list.first)
      let epsilon = try RenyiAccountant.epsilon(
        of: [event], delta: try #require(result.at["delta"]?.number), neighbors: .addOrRemoveOne)
      #expect(epsilon >= reference && epsilon < reference * 1.25, "\(vector.id): \(epsilon)")
    }
  }

  /// The greatest sum of |C^T C| over all participations.
  private func brute(_ rows: [[Double]], _ separation: Int, _ count: Int) -> Double {
    let steps = rows.count
    var greatest = 0.0
    for set in participations(steps: steps, separation: separation, count: count) {
      var sum = 0.0
      for i in set {
        for j in set { sum += abs((0..<steps).reduce(0) { $0 + rows[$1][i] * rows[$1][j] }) }
      }
      greatest = max(greatest, sum)
    }
    return greatest
  }

  // Trap 10, and the rounding direction.
  @Test func strategiesAgreeWithAllParticipationsOfSmallRuns() throws {
    for (steps, coefficients) in [
      (9, [1, 0.7, 0.4, 0.1]), (12, [1, 0.5, 0.375, 0.3125, 0.2734375]),
      (7, [1, 1, 1, 1, 1, 1, 1]),
      (8, [2, -1]), (10, [1, 0.2, 0.9]),
    ] as [(Int, [Double])] {
      let toeplitz = try ToeplitzStrategy(coefficients: coefficients, steps: steps)
      let rows = (0..<steps).map { row in
        (0..<steps).map { column in
          coefficients.indices.contains(row - column) ? coefficients[row - column] : 0
        }
      }
      let banded = try BandedStrategy(rows: rows)
      for separation in 1...5 {
        for count in 1...4 {
          let pattern = try ParticipationPattern(
            minimumSeparation: separation, maximumParticipations: count)
          let expected = brute(rows, separation, count)
          for found in [
            try? toeplitz.squaredSensitivity(pattern), try? banded.squaredSensitivity(pattern),
          ].compactMap(\.self) {
            #expect(found >= expected && found <= expected * (1 + 1e-12))
          }
          if banded.bands <= 2 * separation {
            #expect(throws: Never.self) { try banded.squaredSensitivity(pattern) }
          }
        }
      }
    }
  }

  @Test func patternsWithoutABoundAreErrors() throws {
    let pattern = try ParticipationPattern(minimumSeparation: 1, maximumParticipations: 5)
    let rising = try ToeplitzStrategy(coefficients: [1, 2, 3], steps: 9)
    #expect(throws: AccountingError.self) { try rising.squaredSensitivity(pattern) }
    let rows = (0..<9).map { row in (0..<9).map { $0 <= row ? Double($0 + 1) : 0 } }
    let full = try BandedStrategy(rows: rows)
    #expect(throws: AccountingError.self) { try full.squaredSensitivity(pattern) }
  }

  @Test func impossibleMatricesAreRefused() {
    for coefficients in [[], [0], [-1], [1, .nan], [1, 1, 1]] as [[Double]] {
      #expect(throws: AccountingError.self) {
        try ToeplitzStrategy(coefficients: coefficients, steps: 2)
      }
    }
    for rows in [[], [[1, 0]], [[1, 1], [0, 1]], [[1, 0], [.infinity, 1]]] as [[[Double]]] {
      #expect(throws: AccountingError.self) { try BandedStrategy(rows: rows) }
    }
    for (separation, count) in [(0, 1), (1, 0)] {
      #expect(throws: AccountingError.self) {
        try ParticipationPattern(minimumSeparation: separation, maximumParticipations: count)
      }
    }
    #expect(throws: AccountingError.self) {
      try MatrixFactorization.event(noiseDeviation: 1, squaredSensitivity: 0)
    }
    #expect(throws: AccountingError.self) {
      try MatrixFactorization.amplifiedEvent(
        noiseMultiplier: 1, steps: 0, bands: 1, probability: 0.1)
    }
  }
}

@Suite struct AdaptiveClippingTests {
  @Test func theNoiseMatchesTheVectors() throws {
    var compared = 0
    for vector in try AccountingVectors.load("calibration").cases
    where vector.mechanism == "adaptive_clipping" {
      let total = try #require(vector.params["noise_multiplier_total"]?.number)
      let deviation = try #require(vector.params["sigma_b"]?.number)
      let reference = try #require(vector.results.first?.reference?.v.list.first)
      let found = try AdaptiveClipping.noiseMultiplier(total: total, countDeviation: deviation)
      #expect(found >= reference * (1 - 1e-14) && found <= reference * (1 + 1e-12))
      // Updates and bits together cost what was promised.
      let both = MechanismEvent.composed([
        .gaussian(noiseMultiplier: found), .gaussian(noiseMultiplier: 2 * deviation),
      ])
      let spent = try RenyiDivergence.bound(of: both, order: 8, neighbors: .zeroOut)
      #expect(spent <= 8 / (2 * total * total) * (1 + 1e-9))
      compared += 1
    }
    #expect(compared == 4)
  }

  @Test func bitsWithTooLittleNoiseAreRefused() {
    for (total, deviation) in [(1, 0.5), (1, 0.4), (0, 1), (1, 0), (.nan, 1)] as [(Double, Double)]
    {
      #expect(throws: AccountingError.self) {
        try AdaptiveClipping.noiseMultiplier(total: total, countDeviation: deviation)
      }
    }
  }

  @Test func theClipFollowsItsQuantile() {
    let kept = AdaptiveClipping.nextClip(2, fraction: 0.5, quantile: 0.5, rate: 0.2)
    #expect(kept == 2)
    let grown = AdaptiveClipping.nextClip(2, fraction: 0, quantile: 0.5, rate: 0.2)
    #expect(abs(grown - 2 * exp(0.1)) < 1e-15)
    #expect(AdaptiveClipping.nextClip(2, fraction: 1, quantile: 0.5, rate: 0.2) < 2)
  }
}
