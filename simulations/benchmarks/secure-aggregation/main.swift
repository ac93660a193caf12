import Foundation
import SecureAggregation

// Whole rounds of secure aggregation, and the rate of masking. One thread unless said; CPU time.
//   swift run -c release secure-aggregation-benchmark [--large]
//   swift run -c release secure-aggregation-benchmark CLIENTS DIMENSION BITS DROPOUT
// Exits with 1 if a figure misses its target.

struct Target {
  let round: BenchmarkRound
  let clientMilliseconds: Double
  let serverSeconds: Double
}

var targets = [
  Target(
    round: BenchmarkRound(
      name: "n=64 d=60,000 b=16", clientCount: 64, dimension: 60_000, ringBits: 16,
      dropoutShare: 0.1),
    clientMilliseconds: 5, serverSeconds: 0.1),
  Target(
    round: BenchmarkRound(
      name: "n=100 d=100,000 b=20", clientCount: 100, dimension: 100_000, ringBits: 20,
      dropoutShare: 0.05),
    clientMilliseconds: 48, serverSeconds: 0.2),
  Target(
    round: BenchmarkRound(
      name: "n=1000 d=100,000 b=20", clientCount: 1000, dimension: 100_000, ringBits: 20,
      dropoutShare: 0.05),
    clientMilliseconds: 65, serverSeconds: 2.5),
]
if CommandLine.arguments.contains("--large") {
  targets.append(
    Target(
      round: BenchmarkRound(
        name: "n=1000 d=1,000,000 b=20", clientCount: 1000, dimension: 1_000_000, ringBits: 20,
        dropoutShare: 0.05),
      clientMilliseconds: 322, serverSeconds: 17))
  targets.append(
    Target(
      round: BenchmarkRound(
        name: "n=16,384 d=64 b=24", clientCount: 16_384, dimension: 64, ringBits: 24,
        dropoutShare: 0.05),
      clientMilliseconds: .infinity, serverSeconds: .infinity))
}

let numbers = CommandLine.arguments.dropFirst().compactMap { Double($0) }
if numbers.count == 4 {
  let text = "n=\(Int(numbers[0])) d=\(Int(numbers[1])) b=\(Int(numbers[2]))"
  targets = [
    Target(
      round: BenchmarkRound(
        name: text, clientCount: Int(numbers[0]), dimension: Int(numbers[1]),
        ringBits: Int(numbers[2]), dropoutShare: numbers[3]),
      clientMilliseconds: .infinity, serverSeconds: .infinity)
  ]
}

func rounded(_ value: Double, _ digits: Int = 2) -> String {
  String(format: "%.\(digits)f", value)
}

var misses: [String] = []
let rates = try PrimitiveRates()
for (bits, target) in [(16, 0.9 * 1.1), (20, 0.9 * 0.58), (32, 0.9 * 0.58)] {
  let rate = (rates.masks[bits] ?? 0) / 1e9
  print("masks b=\(bits): \(rounded(rate, 3)) G elements/s (target \(rounded(target, 2)))")
  if rate < target { misses.append("masks b=\(bits)") }
}
print(
  "microseconds: box agreement \(rounded(1e6 * rates.agreement, 1)), mask agreement "
    + "\(rounded(1e6 * rates.maskAgreement, 1)), verification "
    + "\(rounded(1e6 * rates.verification, 1)), share term \(rounded(1e6 * rates.shareTerm, 3))")
for target in targets {
  for remembers in [false, true] {
    var round = target.round
    round.remembersCertificates = remembers
    let (figures, parameters) = try await round.run()
    let client = rates.clientMilliseconds(round, parameters)
    let server = rates.serverSeconds(round, parameters)
    print(
      "\(round.name) k/t=\(parameters.degree)/\(parameters.threshold), "
        + "\(remembers ? "known" : "new") peers, sum exact:")
    let steps = figures.clientSteps.map { "\($0.name) \(rounded($0.milliseconds))" }
    print(
      "  client \(rounded(figures.clientMilliseconds)) ms, "
        + "\(rounded(figures.clientMilliseconds / client)) of the model "
        + "(\(steps.joined(separator: ", ")))")
    print(
      "  server \(rounded(figures.serverSeconds)) s, "
        + "\(rounded(figures.serverSeconds / server)) of the model (messages "
        + "\(rounded(figures.ingestSeconds)), "
        + figures.openings.map {
          "opening on \($0.threads): \(rounded($0.wallSeconds)) wall, \(rounded($0.cpuSeconds)) CPU"
        }.joined(separator: ", ") + ")")
    print(
      "  one client: vector \(figures.vectorBytes) bytes, everything else \(figures.controlBytes)")
    if remembers && figures.clientMilliseconds > target.clientMilliseconds {
      misses.append("\(round.name): client")
    }
    if figures.serverSeconds > target.serverSeconds { misses.append("\(round.name): server") }
  }
}
if !misses.isEmpty {
  print("missed: \(misses.joined(separator: "; "))")
  exit(1)
}
