import FederatedTasks
import NumericalMethods
@testable import PrivacyMechanisms
import ReleasedParts
import Testing

@Suite struct ServerStepTests {
  private func release(_ values: [Float], noise: Double = 0) -> Release {
    Release(values: values, contributors: 10, noiseStandardDeviation: noise)
  }

  @Test func popularityIsFlooredAtHalfTheNoise() {
    let popularity = StatisticsTask.popularity(from: release([5, -3, 0.1], noise: 2))
    #expect(popularity.values == [5, 1, 1])
  }

  @Test func gramFindsThePlantedDirectionAndDropsTheNoise() throws {
    let order = 40
    var generator = DeterministicGenerator(seed: 4)
    let direction = [Float](repeating: 1 / Float(order).squareRoot(), count: order)
    var triangle: [Float] = []
    for row in 0..<order {
      for column in row..<order {
        let signal =
          200 * direction[row] * direction[column] * (row == column ? 1 : Float(2).squareRoot())
        // Twelve uniforms: variance 1, close to a Gaussian.
        let noise = (0..<12).reduce(-6.0) { sum, _ in sum + generator.nextUnit() }
        triangle.append(signal + Float(noise))
      }
    }
    let basis = try GramTask.basis(
      from: release(triangle, noise: 1), coordinates: order, maxRank: 10)
    #expect(basis.rank == 1)
    let cosine = zip(basis.vectors, direction).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(cosine) > 0.99)
    #expect(basis.eigenvalues[0] < 201 && basis.eigenvalues[0] > 190)
  }

  /// Without noise nothing but the filter keeps weak directions from passing every history through.
  @Test func weakDirectionsCountLessAsInRidgeRegression() throws {
    // diag(3, 1, 1/3) from 400 contributors: c is 1, and l / (l + c) is 3/4, 1/2 and 1/4.
    let basis = try GramTask.basis(
      from: Release(
        values: [3, 0, 0, 1, 0, 1 / 3], contributors: 400, noiseStandardDeviation: 0),
      coordinates: 3, maxRank: 3)
    #expect(basis.rank == 3)
    for (row, expected) in [0.75, 0.5, 0.25].enumerated() {
      let projector = (0..<3).map { column in
        (0..<3).reduce(Float(0)) {
          $0 + basis.vectors[row * 3 + $1] * basis.vectors[column * 3 + $1]
        }
      }
      for (column, value) in projector.enumerated() {
        #expect(abs(Double(value) - (row == column ? expected : 0)) < 1e-6)
      }
    }
  }

  @Test func rankerStepsAlongTheMeanWithMomentumAndFallingRate() {
    var task = RankerTask(
      configuration: .init(rounds: 2, learningRate: 1, momentum: 0.5, expectedCohort: 10),
      initialWeights: [0])
    task.step(release([10]))
    #expect(task.weights == [1])
    task.step(release([10]))
    // velocity 0.5 * 1 + 1 = 1.5, rate 1 - 1/2.
    #expect(task.weights == [1.75])
  }

  /// Pitfall 9: a mean over those who answered would move everybody's part when one more user does,
  /// even one who brings nothing; with a public divisor such a user moves no release at all.
  @Test func aUserWhoBringsNothingMovesNoMean() {
    func released(by contributors: Int) -> (ranker: [Float], evaluation: [Double]) {
      let release = Release(
        values: [5, -4, 3, 2, 1, 6], contributors: contributors, noiseStandardDeviation: 0)
      var ranker = RankerTask(
        configuration: .init(rounds: 1, learningRate: 1, momentum: 0, expectedCohort: 10),
        initialWeights: [Float](repeating: 0, count: 6))
      ranker.step(release)
      return (ranker.weights, EvaluationTask.means(from: release, expectedCohort: 10).values)
    }
    #expect(released(by: 9) == released(by: 10))
    #expect(released(by: 9).evaluation == [0.5, -0.4, 0.3, 0.2, 0.1, 0.6])
  }

  @Test func evaluationDividesByThePublicCohort() {
    let means = EvaluationTask.means(
      from: release([5, 5, 5, 5, 5, 5], noise: 2), expectedCohort: 20)
    #expect(means.values.allSatisfy { $0 == 0.25 })
    #expect(means.noiseStandardDeviation == 0.1)
  }
}
