import CryptoPrimitives
import PrivacyAccounting
import RingArithmetic
import RoundVocabulary
import SeededRandomness
import Testing

@testable import PrivacyMechanisms

private func pattern(_ separation: Int, _ count: Int) throws -> ParticipationPattern {
  try ParticipationPattern(minimumSeparation: separation, maximumParticipations: count)
}

private func banded(
  _ bands: Int, steps: Int, _ pattern: ParticipationPattern, bits: Int = 8
) throws(CumulativeReleaseError) -> BandedFactorizationNoise {
  try BandedFactorizationNoise(
    coefficients: ToeplitzStrategy.optimalCoefficients(bands), coefficientBits: bits,
    steps: steps, pattern: pattern)
}

/// All sets of at most `count` of `steps` steps, any two at least `separation` apart.
private func participations(steps: Int, _ separation: Int, _ count: Int) -> [[Int]] {
  (0..<(1 << steps)).compactMap { mask in
    let set = (0..<steps).filter { mask >> $0 & 1 == 1 }
    let isApart = zip(set, set.dropFirst()).allSatisfy { $1 - $0 >= separation }
    return set.count <= count && isApart ? set : nil
  }
}

/// The noiseless strategy's output after each of `steps` steps, and that with noise of a seed.
private func run<Strategy: CumulativeNoise>(
  _ strategy: Strategy, _ data: [[Int64]], variance: Double
) -> [(sum: [Double], factor: Double)] {
  var strategy = strategy
  var stream = RandomStream.seeded(60, label: "run")
  let deviation = variance.squareRoot()
  // Uniform on -w...w has variance w (w + 1) / 3.
  let width = Int64(((1 + 12 * variance).squareRoot() - 1) / 2)
  return data.map { values in
    let sum = strategy.add(
      values,
      noise: {
        deviation == 0 ? 0 : Int64($0.nextBelow(UInt64(2 * width + 1))) - width
      }, using: &stream)
    return (sum, strategy.varianceFactor)
  }
}

@Suite struct CumulativeNoiseTests {
  private let data: [[Int64]] = (0..<13).map { step in (0..<5).map { Int64($0 * $0 - 3 * step) } }

  @Test(arguments: [1, 2, 4, 13])
  func withoutNoisePrefixSumsAreExact(bands: Int) throws {
    let tree = run(try TreeNoise(steps: 13, pattern: pattern(1, 1)), data, variance: 0)
    let factorization = run(try banded(bands, steps: 13, pattern(13, 1)), data, variance: 0)
    for step in data.indices {
      for index in 0..<5 {
        let exact = Double(data[...step].reduce(0) { $0 + $1[index] })
        #expect(tree[step].sum[index] == exact)
        #expect(abs(factorization[step].sum[index] - exact) < 1e-9)
      }
    }
  }

  /// On 20,000 coordinates, with a kurtosis of at most 3: 6 standard errors of a variance.
  @Test func noiseHasTheStatedWidthAtEveryStep() throws {
    let zeros = [[Int64]](repeating: [Int64](repeating: 0, count: 20_000), count: 12)
    // Uniform on -5...5.
    let variance = 10.0
    let runs = [
      run(try TreeNoise(steps: 12, pattern: pattern(1, 1)), zeros, variance: variance),
      run(try banded(4, steps: 12, pattern(12, 1)), zeros, variance: variance),
      run(try banded(1, steps: 12, pattern(12, 1)), zeros, variance: variance),
    ]
    for steps in runs {
      for (sum, factor) in steps {
        let measured = sum.reduce(0) { $0 + $1 * $1 } / 20_000
        #expect(abs(measured / (factor * variance) - 1) < 6 * 0.01)
      }
    }
    // And so has what a step adds to the sum before.
    var (tree, factorization) = (
      try TreeNoise(steps: 12, pattern: pattern(1, 1)), try banded(4, steps: 12, pattern(12, 1))
    )
    for (index, steps) in runs.prefix(2).enumerated() {
      for step in 1..<12 {
        let measured = zip(steps[step].sum, steps[step - 1].sum).reduce(0) {
          $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
        }
        let factor = try index == 0 ? stepFactor(&tree, step) : stepFactor(&factorization, step)
        #expect(abs(measured / 20_000 / (factor * variance) - 1) < 6 * 0.01)
      }
    }
    // Step 12 = 8 + 4 has two nodes; without correlation twelve answers of 1/256^2 add up.
    #expect(runs[0][11].factor == 2)
    #expect(abs(runs[2][11].factor * 65_536 - 12) < 1e-9)
    #expect(runs[1][11].factor < runs[2][11].factor)
  }

  /// What steps hold of answers' noise explains their variance, and weights make the most of it.
  @Test func weightsLeaveTheLeastNoise() throws {
    func check<Strategy: CumulativeNoise>(_ strategy: Strategy) throws -> Double {
      let rows = strategy.stepNoise
      var copy = strategy
      var stream = RandomStream.seeded(63, label: "weights")
      for row in rows {
        _ = copy.add([0], noise: { _ in 0 }, using: &stream)
        let variance = row.reduce(0) { $0 + $1 * $1 }
        #expect(abs(variance / copy.stepVarianceFactor - 1) < 1e-9)
      }
      func variance(_ weights: [Double]) -> Double {
        rows.indices.reduce(0) { total, answer in
          let part = rows.indices.dropFirst(answer).reduce(0) {
            $0 + weights[$1] * rows[$1][answer]
          }
          return total + part * part
        }
      }
      let run = try CumulativeRelease(
        ContributionMechanism(
          .init(
            dimension: 1, clipNorm: 1, maximumCohort: 4, ringBits: 32, scaleBits: 8,
            noiseMultiplier: nil)), noiseMultiplier: 1, strategy: strategy)
      let all = [Bool](repeating: true, count: rows.count)
      let best = run.weights(participating: all)
      // A participation in every step adds up to one of them.
      #expect(abs(best.reduce(0, +) - 1) < 1e-9)
      let least = variance(best)
      #expect(least < variance([Double](repeating: 1 / 12, count: 12)) * (1 + 1e-9))
      for step in 0..<12 {
        var other = best
        other[step] += 0.01
        other[(step + 5) % 12] -= 0.01
        #expect(variance(other) > least)
      }
      // No evidence is clearer than the sensitivity allows.
      #expect(least * strategy.squaredSensitivity >= 1 - 1e-9)
      return least * strategy.squaredSensitivity
    }
    _ = try check(TreeNoise(steps: 12, pattern: pattern(1, 12)))
    // The worst case of a Toeplitz strategy is to be in every step.
    #expect(abs(try check(banded(4, steps: 12, pattern(1, 12))) - 1) < 1e-9)
  }

  /// The factor of a step counted from 0, after as many steps as that takes.
  private func stepFactor(_ strategy: inout some CumulativeNoise, _ step: Int) throws -> Double {
    var stream = RandomStream.seeded(62, label: "steps")
    if step == 1 { _ = strategy.add([0], noise: { _ in 0 }, using: &stream) }
    _ = strategy.add([0], noise: { _ in 0 }, using: &stream)
    return strategy.stepVarianceFactor
  }

  /// With one participation correlation pays, and with one in every step it does not.
  @Test func theBestNumberOfBandsIsChosen() throws {
    let once = try BandedFactorizationNoise.best(steps: 32, pattern: pattern(32, 1))
    #expect(once.coefficients.count > 1)
    #expect(
      try BandedFactorizationNoise.best(steps: 1, pattern: pattern(1, 1)).coefficients.count == 1)
    func variance(_ noise: BandedFactorizationNoise) throws -> Double {
      let unit = Double(noise.coefficients[0])
      return try ToeplitzStrategy(
        coefficients: noise.coefficients.map { Double($0) / unit }, steps: noise.steps
      ).prefixSumVariance.mean * noise.squaredSensitivity / (unit * unit)
    }
    for (separation, count) in [(1, 12), (4, 3), (12, 1)] {
      let pattern = try pattern(separation, count)
      let best = try variance(.best(steps: 12, pattern: pattern))
      for bands in [1, 2, 4, 8] {
        #expect(try best <= variance(banded(bands, steps: 12, pattern)) * (1 + 1e-3))
      }
    }
  }

  /// Pitfall 10, by enumeration: no pattern moves the answers further, and one participation less
  /// would be too little.
  @Test(arguments: [(1, 1), (1, 3), (3, 3), (2, 2)])
  func noUserMovesTheAnswersFurther(separation: Int, count: Int) throws {
    let pattern = try pattern(separation, count)
    let tree = try TreeNoise(steps: 11, pattern: pattern)
    let factorization = try banded(3, steps: 11, pattern)
    var worst = (tree: 0.0, banded: 0.0)
    for set in participations(steps: 11, separation, count) {
      let nodes = (1...11).reduce(0.0) { total, node in
        let inside = set.count { $0 < node && $0 >= node - (node & -node) }
        return total + Double(inside * inside)
      }
      let answers = (0..<11).reduce(0.0) { total, row in
        let answer = set.reduce(Int64(0)) { sum, step in
          let band = row - step
          return factorization.coefficients.indices.contains(band)
            ? sum + factorization.coefficients[band] : sum
        }
        return total + Double(answer * answer)
      }
      worst = (max(worst.tree, nodes), max(worst.banded, answers))
    }
    #expect(tree.squaredSensitivity >= worst.tree)
    #expect(factorization.squaredSensitivity >= worst.banded)
    #expect(factorization.squaredSensitivity < worst.banded * (1 + 1e-12))
    if count > 1 {
      #expect(
        try TreeNoise(
          steps: 11,
          pattern: .init(
            minimumSeparation: separation, maximumParticipations: 1)
        ).squaredSensitivity < worst.tree)
    }
  }

  @Test func badCoefficientsAreRefused() throws {
    let once = try pattern(8, 1)
    for (coefficients, bits) in [
      ([], 8), ([1, 1.5], 8), ([1, -0.1], 8), ([1, .nan], 8), ([1.0], 0), ([1.0], 17),
    ] {
      #expect(throws: CumulativeReleaseError.coefficientsOutOfRange(bits: bits)) {
        try BandedFactorizationNoise(
          coefficients: coefficients, coefficientBits: bits, steps: 8, pattern: once)
      }
    }
    // A first coefficient that rounds to nothing.
    #expect(throws: CumulativeReleaseError.self) {
      try BandedFactorizationNoise(coefficients: [0.001], steps: 8, pattern: once)
    }
  }
}

@Suite struct CumulativeReleaseTests {
  private func encoding(noiseMultiplier: Double? = nil) throws -> ContributionMechanism {
    try ContributionMechanism(
      .init(
        dimension: 50, clipNorm: 1, maximumCohort: 10, ringBits: 32, scaleBits: 10,
        noiseMultiplier: noiseMultiplier, rotation: RotationSeed(hashing: [])))
  }

  @Test func aRunCostsWhatOneGaussianReleaseDoesAndOnlyA1AndA2AreToldSo() throws {
    let twice = try pattern(8, 2)
    let tree = try CumulativeRelease(
      encoding(), noiseMultiplier: 2, strategy: TreeNoise(steps: 16, pattern: twice))
    let factorization = try CumulativeRelease(
      encoding(), noiseMultiplier: 2, strategy: banded(4, steps: 16, twice))
    let promised = GaussianGuarantee.epsilon(noiseMultiplier: 2, delta: 1e-6)
    for observed in [tree.observed, factorization.observed] {
      for adversary in Adversary.allCases {
        let epsilon = try Accountant.epsilon(
          of: [.init(observed, count: 1)], against: adversary, delta: 1e-6
        ).upper
        if adversary == .modelUser || adversary == .anyClientOrPublic {
          #expect(epsilon <= promised * (1 + 1e-8) && epsilon > promised * (1 - 1e-3))
        } else {
          #expect(epsilon == .infinity)
        }
      }
    }
  }

  @Test func prefixSumsArriveWithTheStatedNoise() throws {
    let mechanism = try encoding()
    var run = try CumulativeRelease(
      mechanism, noiseMultiplier: 0.5, strategy: banded(3, steps: 4, pattern(4, 1)))
    var stream = RandomStream.seeded(61, label: "run")
    var update = [Float](repeating: 0, count: 50)
    update[7] = 0.9
    for step in 1...4 {
      var sum = mechanism.makeSum()
      for _ in 0..<10 { try mechanism.contribute(update, to: &sum, randomness: &stream) }
      let release = try run.absorb(sum, noise: &stream)
      #expect(release.values.count == 50 && release.contributors == 10)
      // Six deviations of the noise and of the rounding.
      let deviation = Float(release.noiseStandardDeviation)
      #expect(deviation > 0.5 && deviation < 2)
      #expect(abs(release.values[7] - 9 * Float(step)) < 6 * deviation)
      let squares = release.values.enumerated().reduce(Float(0)) {
        $1.offset == 7 ? $0 : $0 + $1.element * $1.element
      }
      #expect(squares > 49 * deviation * deviation / 4 && squares < 49 * deviation * deviation * 3)
    }
    let sum = mechanism.makeSum()
    #expect(throws: CumulativeReleaseError.runIsOver(steps: 4)) {
      try run.absorb(sum, noise: &stream)
    }
  }

  /// What steps are said to add sums up to the published prefix sums.
  @Test func stepsAreDifferencesOfPrefixSums() throws {
    let mechanism = try encoding()
    let strategy = try TreeNoise(steps: 4, pattern: pattern(4, 1))
    var whole = try CumulativeRelease(mechanism, noiseMultiplier: 1, strategy: strategy)
    var parts = whole
    var noise = RandomStream.seeded(63, label: "steps")
    var same = RandomStream.seeded(63, label: "steps")
    var stream = RandomStream.seeded(64, label: "rounding")
    var total = [Float](repeating: 0, count: 50)
    for _ in 1...4 {
      var sum = mechanism.makeSum()
      try mechanism.contribute(
        [Float](repeating: 0.1, count: 50), to: &sum, randomness: &stream)
      let prefix = try whole.absorb(sum, noise: &noise)
      let step = try parts.absorbStep(sum, noise: &same)
      for index in total.indices { total[index] += step.values[index] }
      #expect(zip(total, prefix.values).allSatisfy { abs($0 - $1) < 1e-4 })
      #expect(step.noiseStandardDeviation > 0)
    }
  }

  /// Devices that send garbage can put a sum at the ring's edge; a user there moves it by 2^b if it is
  /// read as it stands, and by the contribution's size if it is folded.
  @Test func oneUserMovesAFoldedSumByTheContributionOnly() {
    typealias Run = CumulativeRelease<TreeNoise>
    let modulus = RingModulus(bits: 8)
    var plainJump: Int32 = 0
    for word in UInt32(0)..<256 {
      let (here, next) = (modulus.centered(word), modulus.centered((word + 1) & modulus.mask))
      let (folded, moved) = (Run.folded(here, bits: 8), Run.folded(next, bits: 8))
      #expect(abs(moved - folded) <= 1)
      #expect(abs(here) > 64 || folded == Int64(here))
      plainJump = max(plainJump, abs(next - here))
    }
    #expect(plainJump == 255)
  }

  @Test func ringsWithoutRoomForTheFoldAreRefused() throws {
    var request = ContributionMechanism.Request(
      dimension: 1, clipNorm: 1, maximumCohort: 100, ringBits: 18, scaleBits: 10,
      noiseMultiplier: nil)
    let strategy = try TreeNoise(steps: 4, pattern: pattern(4, 1))
    let narrow = try ContributionMechanism(request)
    #expect(throws: CumulativeReleaseError.ringTooNarrow(ringBits: 18, neededBits: 19)) {
      try CumulativeRelease(narrow, noiseMultiplier: 1, strategy: strategy)
    }
    request.ringBits = 19
    _ = try CumulativeRelease(
      ContributionMechanism(request), noiseMultiplier: 1, strategy: strategy)
  }

  @Test func impossibleRunsAreRefused() throws {
    let strategy = try TreeNoise(steps: 4, pattern: pattern(4, 1))
    #expect(throws: CumulativeReleaseError.mechanismHasItsOwnNoise) {
      try CumulativeRelease(
        encoding(noiseMultiplier: 1), noiseMultiplier: 1, strategy: strategy)
    }
    for bad in [0, -1, Double.infinity] {
      #expect(throws: CumulativeReleaseError.noiseMultiplierOutOfRange(bad)) {
        try CumulativeRelease(encoding(), noiseMultiplier: bad, strategy: strategy)
      }
    }
    let error = #expect(throws: CumulativeReleaseError.self) {
      try CumulativeRelease(encoding(), noiseMultiplier: 1e6, strategy: strategy)
    }
    #expect(error?.description.contains("2^50") == true)
  }
}
