import NumericalMethods
import ProfileModel
import TestSupport
import Testing

@Suite struct OptimizerTests {
  @Test(arguments: ["sgd", "momentum", "adagrad", "adam", "adam_decay"])
  func fiveStepsMatchPyTorch(name: String) throws {
    let golden = try EncoderVectors("optimizers")
    let rule: Optimizer.Rule =
      switch name {
      case "sgd": .sgd
      case "momentum": .momentum(0.7)
      case "adagrad": .adagrad()
      default: .adam()
      }
    var optimizer = Optimizer(
      rule, parameterCount: 6, weightDecay: name == "adam_decay" ? 0.1 : 0)
    var parameters = golden["start"]
    for (step, rate) in golden["rates"].enumerated() {
      var gradients = Gradients(count: 6)
      gradients.values = Array(golden["gradients"][(6 * step)..<(6 * step + 6)])
      optimizer.step(&parameters, gradients, rate: rate)
    }
    expectClose(parameters, golden["end." + name])
  }

  private var sparse: (layout: ParameterLayout, gradients: Gradients) {
    var layout = ParameterLayout()
    _ = layout.add("table", rows: 5, columns: 2, .zeros, isRowSparse: true)
    _ = layout.add("dense", columns: 3, .zeros)
    return (layout, Gradients(count: layout.count))
  }

  /// Rows that nobody touched stay, whatever the rule and its state.
  @Test(arguments: [Optimizer.Rule.sgd, .momentum(0.9), .adagrad(), .adam()])
  func untouchedRowsStay(rule: Optimizer.Rule) {
    var (layout, gradients) = sparse
    var optimizer = Optimizer(rule, parameterCount: layout.count, weightDecay: 0.1)
    var parameters = [Float](repeating: 1, count: layout.count)
    for rows in [[Int32(0), 1], [1, 4]] {
      gradients.clear(visiting: rows, of: layout)
      for range in gradients.ranges { for index in range { gradients.values[index] = 0.5 } }
      optimizer.step(&parameters, gradients, rate: 0.1)
    }
    #expect(parameters[4..<8].allSatisfy { $0 == 1 })
    #expect(!parameters[0..<4].contains(1) && !parameters[8..<13].contains(1))
  }

  @Test func clearingForgetsEarlierRows() {
    var (layout, gradients) = sparse
    gradients.clear(visiting: [1, 2], of: layout)
    #expect(gradients.ranges == [2..<6, 10..<13])
    for index in 2..<6 { gradients.values[index] = 7 }
    gradients.clear(visiting: [4], of: layout)
    #expect(gradients.ranges == [8..<13])
    #expect(gradients.values.allSatisfy { $0 == 0 })
  }

  @Test func clippingKeepsTheDirection() {
    var gradients = Gradients(count: 2)
    gradients.values = [3, 4]
    #expect(gradients.clip(to: 10) == 5)
    #expect(gradients.values == [3, 4])
    #expect(gradients.clip(to: 1) == 5)
    expectClose(gradients.values, [0.6, 0.8], tolerance: 1e-6)
    gradients.values = [.infinity, 1]
    #expect(!gradients.clip(to: 1).isFinite)
  }

  @Test func ratesRiseThenFall() {
    let schedule = LearningRateSchedule(peak: 1, warmUpSteps: 4, steps: 12, decay: .cosine)
    let rates = (0..<12).map { schedule.rate(at: $0) }
    expectClose(rates[0..<4], [0.25, 0.5, 0.75, 1], tolerance: 1e-6)
    #expect(zip(rates[4...], rates[5...]).allSatisfy { $0 > $1 })
    #expect(abs(rates[8] - 0.5) < 1e-6)
    let linear = LearningRateSchedule(peak: 2, steps: 4, decay: .linear)
    expectClose((0..<5).map { linear.rate(at: $0) }, [2, 1.5, 1, 0.5, 0], tolerance: 1e-6)
    #expect(LearningRateSchedule(peak: 2, steps: 4).rate(at: 1000) == 2)
  }
}
