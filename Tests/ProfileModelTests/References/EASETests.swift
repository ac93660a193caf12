import ProfileModel
import Testing

@Suite struct EASETests {
  /// Users {0, 1}, {0, 1}, {1, 2}, lambda 1: X'X + I = [[3, 2, 0], [2, 4, 1], [0, 1, 2]], whose
  /// inverse is [[7, -4, 2], [-4, 6, -3], [2, -3, 8]] / 13.
  @Test func weightsOfAHandComputedCase() throws {
    let model = try EASE(
      histories: [[0, 1], [0, 1], [1, 2]], itemCount: 3, regularization: 1)
    var scores: [Float] = [9, 9, 9]
    model.scores(of: [0], into: &scores)
    #expect(zip(scores, [0, 4.0 / 6, -2.0 / 8]).allSatisfy { abs($0 - $1) < 1e-6 })
    model.scores(of: [0, 2], into: &scores)
    #expect(abs(scores[1] - Float(4.0 / 6 + 3.0 / 6)) < 1e-6)
  }
}
