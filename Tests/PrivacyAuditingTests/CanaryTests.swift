import NumericalMethods
import Testing

@testable import PrivacyAuditing

@Suite struct CanarySetTests {
  private static func set(
    _ directions: CanarySet.Directions, count: Int = 30, dimension: Int = 1000,
    schedule: CanarySet.Schedule = .constant, seed: UInt64 = 1
  ) throws -> CanarySet {
    try CanarySet(
      count: count, dimension: dimension, clipNorm: 2.5, directions: directions,
      schedule: schedule, seed: seed)
  }

  private static func dot(_ a: [Float], _ b: [Float]) -> Double {
    zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }

  @Test(arguments: CanarySet.Directions.allCases)
  func canariesAreOversizeAndHardlyTouchEachOther(directions: CanarySet.Directions) throws {
    let set = try Self.set(directions)
    let vectors = (0..<set.count).map { set.contribution(of: $0, inRelease: 0) }
    for (i, vector) in vectors.enumerated() {
      #expect(vector.count == 1000)
      #expect(abs(Self.dot(vector, vector) - 625) < 1e-3)
      for other in vectors[..<i] {
        let cosine = Self.dot(vector, other) / 625
        // The cosine of random directions has deviation 1/sqrt(1000); 435 pairs pass six deviations
        // with probability below 1e-6.
        #expect(directions == .disjointBlocks ? cosine == 0 : abs(cosine) < 0.19)
      }
    }
  }

  @Test(arguments: CanarySet.Directions.allCases)
  func aSetIsItsSeed(directions: CanarySet.Directions) throws {
    let set = try Self.set(directions)
    #expect(set.contribution(of: 7, inRelease: 3) == set.contribution(of: 7, inRelease: 0))
    #expect(
      try set.contribution(of: 7, inRelease: 0)
        != Self.set(directions, seed: 2).contribution(of: 7, inRelease: 0))
  }

  @Test(arguments: CanarySet.Directions.allCases, CanarySet.Schedule.allCases)
  func scoresCountTheRoundsOfWhoIsIn(
    directions: CanarySet.Directions, schedule: CanarySet.Schedule
  ) throws {
    // 7 coordinates of 37 belong to no block.
    let set = try Self.set(directions, count: 5, dimension: 37, schedule: schedule)
    let releases = (0..<3).map { set.contribution(of: 2, inRelease: $0) }
    #expect(schedule == .constant ? releases[1] == releases[0] : releases[1] != releases[0])
    let scores = try set.scores(of: releases)
    #expect(abs(scores[2] - 3 * CanarySet.excess) < 1e-4)
    #expect(directions == .uniform || scores.filter { $0 == 0 }.count == 4)
  }

  @Test func noiseOfEveryRoundAndOthersUpdatesCancelInAnAlternatingSchedule() throws {
    let set = try Self.set(.disjointBlocks, schedule: .alternating)
    let other = (0..<1000).map { Float($0 % 11) - 5 }
    let releases = (0..<4).map { round in
      zip(other, set.contribution(of: 4, inRelease: round)).map { $0 + $1 }
    }
    let scores = try set.scores(of: releases)
    #expect(abs(scores[4] - 4 * CanarySet.excess) < 1e-4)
    #expect(scores.enumerated().allSatisfy { $0.offset == 4 || abs($0.element) < 1e-4 })
  }

  @Test func cosinesAreThoseOfTheDirections() throws {
    let set = try Self.set(.disjointBlocks, count: 4, dimension: 8)
    var sum = [Float](repeating: 0, count: 8)
    for index in 0..<4 {
      for (i, value) in set.contribution(of: index, inRelease: 0).enumerated() { sum[i] += value }
    }
    for cosine in try set.cosines(with: sum) { #expect(abs(cosine - 0.5) < 1e-6) }
    #expect(throws: AuditError.self) { try set.cosines(with: [Float](repeating: 0, count: 8)) }
  }

  @Test func inclusionIsAFairCoinOfTheGenerator() throws {
    let set = try Self.set(.disjointBlocks, count: 1000)
    var generator = DeterministicGenerator(seed: 5)
    let included = set.drawInclusion(using: &generator)
    // Six deviations of 1000 coins are 95.
    #expect(abs(included.count { $0 } - 500) < 95)
    #expect(included != set.drawInclusion(using: &generator))
  }

  @Test func impossibleSetsAreRefused() {
    for (count, dimension, norm) in [
      (0, 10, 1), (11, 10, 1), (1, 0, 1), (1, 10, 0), (1, 10, -1), (1, 10, .infinity),
      (1, 10, .nan),
    ] as [(Int, Int, Double)] {
      #expect(throws: AuditError.self) {
        try CanarySet(count: count, dimension: dimension, clipNorm: norm, seed: 0)
      }
    }
  }

  @Test func releasesThatDoNotFitAreRefused() throws {
    let set = try Self.set(.uniform, count: 2, dimension: 3)
    #expect(
      throws: AuditError.countMismatch(
        field: "coordinates of a release", found: 2, expected: 3)
    ) { try set.scores(of: [[0, 0, 0], [0, 0]]) }
    #expect(throws: AuditError.notFinite(field: "coordinates of a release", index: 1)) {
      try set.scores(of: [[0, .nan, 0]])
    }
    #expect(try set.scores(of: []) == [0, 0])
  }
}

@Suite struct CanaryGuessesTests {
  @Test func extremesAreGuessedAndTheMiddleIsNot() throws {
    let guesses = try CanaryGuesses(scores: [3, -1, 0.5, 9, 0.5], highest: 2, lowest: 2)
    #expect(guesses.guesses == [true, false, false, true, nil])
    let outcome = try guesses.outcome(included: [true, false, true, true, true])
    #expect(outcome == (try OneRunOutcome(canaries: 5, guesses: 4, correct: 3)))
  }

  @Test func allOrNothingMayBeGuessed() throws {
    let all = try CanaryGuesses(scores: [1, 2], highest: 1, lowest: 1)
    #expect(all.guesses == [false, true])
    let none = try CanaryGuesses(scores: [1, 2], highest: 0, lowest: 0)
    #expect(try none.outcome(included: [true, true]).guesses == 0)
  }

  @Test func impossibleGuessesAreRefused() throws {
    for (highest, lowest) in [(-1, 0), (0, -1), (2, 2), (4, 0), (Int.max, 0)] {
      #expect(throws: AuditError.self) {
        try CanaryGuesses(scores: [1, 2, 3], highest: highest, lowest: lowest)
      }
    }
    #expect(throws: AuditError.notFinite(field: "scores", index: 1)) {
      try CanaryGuesses(scores: [1, .nan], highest: 0, lowest: 0)
    }
    let guesses = try CanaryGuesses(scores: [1, 2, 3], highest: 1, lowest: 1)
    #expect(throws: AuditError.self) { try guesses.outcome(included: [true]) }
    let empty = try CanaryGuesses(scores: [], highest: 0, lowest: 0)
    #expect(throws: AuditError.self) { try empty.outcome(included: []) }
  }
}
