import ProfileModel
import Testing

/// Central references, by cases that can be computed by hand and by what they have to learn.
@Suite struct ReferenceTests {
  /// Two groups of people, each with items of its own; everybody lacks one of the group's items.
  private let groups: [[Int32]] = (0..<24).map { user in
    let first = user < 12 ? Int32(0) : 6
    return (0..<6).map { first + $0 }.filter { $0 != first + Int32(user % 6) }
  }

  /// Users {0, 1}, {0, 1}, {1, 2}: n = 2, 3, 1; n_01 = 2, n_12 = 1, n_02 = 0.
  @Test func cosinesOfAHandComputedCase() {
    let histories: [[Int32]] = [[0, 1], [0, 1], [1, 2]]
    var scores: [Float] = [9, 9, 9]
    ItemNeighbors(histories: histories, itemCount: 3, neighbors: 3).scores(of: [1], into: &scores)
    let expected: [Float] = [2 / Float(6).squareRoot(), 0, 1 / Float(3).squareRoot()]
    #expect(zip(scores, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    // Of item 1 only the nearest is left; item 2 has no nearer one than 1.
    ItemNeighbors(histories: histories, itemCount: 3, neighbors: 1).scores(of: [2], into: &scores)
    #expect(scores[1] == 0)
  }

  @Test func factorsFindTheMissingItemOfTheGroup() throws {
    var configuration = ImplicitFactors.Configuration()
    configuration.width = 4
    let alternating = try ImplicitFactors(histories: groups, itemCount: 12, configuration)
    var pairs = PairwiseFactors.Configuration()
    pairs.width = 4
    let pairwise = PairwiseFactors(histories: groups, itemCount: 12, pairs)
    var scores = [Float](repeating: 0, count: 12)
    for user in groups.indices {
      let missing = (user < 12 ? 0 : 6) + user % 6
      for score in [alternating.scores(ofUser:into:), pairwise.scores(ofUser:into:)] {
        score(user, &scores)
        let others = scores.indices.filter { !groups[user].contains(Int32($0)) }
        #expect(others.max { scores[$0] < scores[$1] } == missing)
      }
    }
  }

  @Test func aPersonWithoutItemsHasNoTaste() throws {
    var configuration = ImplicitFactors.Configuration()
    configuration.width = 4
    let model = try ImplicitFactors(histories: groups + [[]], itemCount: 12, configuration)
    var scores = [Float](repeating: 9, count: 12)
    model.scores(ofUser: 24, into: &scores)
    #expect(scores.allSatisfy { $0 == 0 })
  }

  @Test func aPersonWithEverythingStopsNothing() {
    var configuration = PairwiseFactors.Configuration()
    configuration.epochs = 1
    _ = PairwiseFactors(histories: [Array(0..<5)], itemCount: 5, configuration)
  }
}
