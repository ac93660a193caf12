import Foundation
import PrivacyAccounting

// Times accounting and calibration inside one process: one line of JSON a case, with its parameters, the
// certified answer and the CPU time. ../accounting.py runs it beside another accountant. The best of
// several runs counts, for other processes only ever slow one down.

/// What is asked, and the answer.
struct Case: Encodable {
  enum Quantity: String, Encodable {
    case epsilon
    case noiseMultiplier
  }

  var quantity: Quantity
  /// Nil where it is what is asked for.
  var noiseMultiplier: Double?
  /// Probability of Poisson sampling; nil where everybody takes part.
  var samplingRate: Double?
  var rounds: Int
  var delta: Double
  /// The target of a calibration.
  var epsilon: Double?

  /// The number to state, sound from above.
  var answer = Double.nan
  var lower: Double?
  var milliseconds = Double.infinity

  func event(noiseMultiplier: Double) -> MechanismEvent {
    let once =
      samplingRate.map {
        MechanismEvent.sampledGaussian(
          noiseMultiplier: noiseMultiplier, sampling: .poisson(probability: $0))
      } ?? .gaussian(noiseMultiplier: noiseMultiplier)
    return once.times(rounds)
  }

  mutating func ask() throws {
    switch quantity {
    case .epsilon:
      let bound = try Accountant.epsilon(
        of: [event(noiseMultiplier: noiseMultiplier ?? 0)], delta: delta)
      answer = bound.upper
      lower = bound.lower
    case .noiseMultiplier:
      answer = try Calibration.noiseMultiplier(epsilon: epsilon ?? 0, delta: delta) {
        [event(noiseMultiplier: $0)]
      }
    }
  }
}

/// CPU time of this process so far, all threads together.
func cpuMilliseconds() -> Double {
  Double(clock()) / Double(CLOCKS_PER_SEC) * 1e3
}

let sampled = [1000, 10_000, 100_000].map {
  Case(quantity: .epsilon, noiseMultiplier: 1, samplingRate: 0.01, rounds: $0, delta: 1e-6)
}
let cases =
  sampled + [
    Case(quantity: .noiseMultiplier, samplingRate: 0.01, rounds: 10_000, delta: 1e-6, epsilon: 4),
    Case(
      quantity: .epsilon, noiseMultiplier: 1, samplingRate: 0.01, rounds: 100_000, delta: 1e-12),
    Case(quantity: .epsilon, noiseMultiplier: 100, rounds: 100_000, delta: 1e-12),
  ]
let encoder = JSONEncoder()
encoder.outputFormatting = .sortedKeys
for var one in cases {
  for _ in 0..<5 {
    let start = cpuMilliseconds()
    try one.ask()
    one.milliseconds = min(one.milliseconds, cpuMilliseconds() - start)
  }
  print(String(decoding: try encoder.encode(one), as: UTF8.self))
}
