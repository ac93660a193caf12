import Behavior
import ProfileModel
import ReleasedParts
import Testing

@Suite struct GramTests {
  @Test func partitionGivesEveryItemOneCoordinate() {
    let partition = Fixture.partition
    #expect(partition.head == Array(0..<8))
    #expect(partition.coordinateCount == 10)
    for (coordinate, item) in partition.head.enumerated() {
      #expect(partition.coordinates[Int(item)] == Int32(coordinate))
    }
    for item in 8..<12 { #expect((8..<10).contains(partition.coordinates[item])) }
  }

  @Test func partitionOfACatalogueWithoutTailHasNoGroups() {
    let partition = ItemPartition(
      popularity: Fixture.popularity, content: Fixture.content, headItems: 50, tailGroups: 5,
      seed: 1)
    #expect(partition.groupCount == 0)
    #expect(partition.coordinateCount == 12)
  }

  @Test func centeringSplitsTheUnitHistoryOrthogonally() {
    let centered = Fixture.coordinates.centered([(0, 1), (3, 1), (9, 1)])
    let direction = Fixture.coordinates.popularityDirection
    let along = zip(centered.remainder, direction).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(along) < 1e-6)
    let squared =
      centered.alongPopularity * centered.alongPopularity
      + centered.remainderNorm * centered.remainderNorm
    #expect(abs(squared - 1) < 1e-5)
  }

  @Test func emptyHistoryScoresNothing() {
    var scores = [Float](repeating: 7, count: 12)
    Fixture.scorer.score([], into: &scores)
    #expect(scores.allSatisfy { $0 == 0 })
  }

  @Test func partsOfOwnItemsSumToTheScore() {
    let profile: [(item: Int32, weight: Float)] = [(0, 1), (2, 1), (5, 0.8), (10, 1)]
    var scores = [Float](repeating: 0, count: 12)
    Fixture.scorer.score(profile, into: &scores)
    let scale = Fixture.coordinates.centered(profile).scale
    for candidate in 0..<Int32(12) {
      let sum = profile.reduce(Float(0)) {
        $0 + $1.weight * Fixture.scorer.part(of: $1.item, in: candidate, scale: scale)
      }
      #expect(abs(sum - scores[Int(candidate)]) < 1e-5)
    }
  }
}
