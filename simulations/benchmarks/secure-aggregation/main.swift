import Foundation
import SecureAggregation

// Whole rounds of secure aggregation, and the rate of masking. One thread unless said; CPU time.
//   swift run -c release secure-aggregation-benchmark [--rates | --large]
//   swift run -c release secure-aggregation-benchmark CLIENTS DIMENSION BITS DROPOUT
// Exits with 1 if a client or the coordinator takes more than 1.3 of the model's time, or two threads
// open a sum with less than 0.85 of twice the speed of one: run it on a quiet machine.

/// How much of the model's time, made of this machine's rates, a round may take.
let mostOfModel = 1.3

/// What two threads have to reach of twice the speed of one where a sum is opened.
let leastScaling = 0.85

/// The model counts primitives: where vectors are shorter than this it is messages that cost.
let leastJudgedDimension = 1_000

func round(_ clients: Int, _ dimension: Int, _ bits: Int, _ dropout: Double) -> BenchmarkRound {
  BenchmarkRound(
    name: "n=\(clients) d=\(dimension) b=\(bits)", clientCount: clients, dimension: dimension,
    ringBits: bits, dropoutShare: dropout)
}

var rounds = [
  round(64, 60_000, 16, 0.1), round(100, 100_000, 20, 0.05), round(1_000, 100_000, 20, 0.05),
]
if CommandLine.arguments.contains("--large") {
  rounds += [round(1_000, 1_000_000, 20, 0.05), round(16_384, 64, 24, 0.05)]
}

let numbers = CommandLine.arguments.dropFirst().compactMap { Double($0) }
if numbers.count == 4 {
  rounds = [round(Int(numbers[0]), Int(numbers[1]), Int(numbers[2]), numbers[3])]
}

func rounded(_ value: Double, _ digits: Int = 2) -> String {
  String(format: "%.\(digits)f", value)
}

var misses: [String] = []
var rates = try PrimitiveRates()
for bits in [16, 20, 32] {
  print("masks b=\(bits): \(rounded((rates.masks[bits] ?? 0) / 1e9, 3)) G elements/s")
}
print(
  "microseconds: box agreement \(rounded(1e6 * rates.agreement, 1)), mask agreement "
    + "\(rounded(1e6 * rates.maskAgreement, 1)), verification "
    + "\(rounded(1e6 * rates.verification, 1)), share term \(rounded(1e6 * rates.shareTerm, 3))")
if CommandLine.arguments.contains("--rates") { rounds = [] }
for plan in rounds {
  for remembers in [false, true] {
    var round = plan
    round.remembersCertificates = remembers
    let (figures, parameters) = try await round.run()
    let after = try PrimitiveRates()
    let meanwhile = PrimitiveRates.middle(rates, after)
    rates = after
    let client = meanwhile.clientMilliseconds(round, parameters)
    let server = meanwhile.serverSeconds(round, parameters)
    print(
      "\(round.name) k/t=\(parameters.degree)/\(parameters.threshold), "
        + "\(remembers ? "known" : "new") peers, sum exact:")
    let ingest = figures.ingestSteps.map { "\($0.name) \(rounded($0.milliseconds / 1e3))" }
    let steps = figures.clientSteps.map { "\($0.name) \(rounded($0.milliseconds))" }
    print(
      "  client \(rounded(figures.clientMilliseconds)) ms, "
        + "\(rounded(figures.clientMilliseconds / client)) of the model "
        + "(\(steps.joined(separator: ", ")))")
    print(
      "  server \(rounded(figures.serverSeconds)) s, "
        + "\(rounded(figures.serverSeconds / server)) of the model (messages "
        + "\(rounded(figures.ingestSeconds)) (\(ingest.joined(separator: ", "))), "
        + figures.openings.map {
          "opening on \($0.threads): \(rounded($0.wallSeconds)) wall, \(rounded($0.cpuSeconds)) CPU"
        }.joined(separator: ", ") + ")")
    print(
      "  one client: vector \(figures.vectorBytes) bytes, everything else \(figures.controlBytes)")
    if let one = figures.openings.first(where: { $0.threads == 1 }),
      let two = figures.openings.first(where: { $0.threads == 2 })
    {
      let scaling = one.wallSeconds / (2 * two.wallSeconds)
      print("  two threads open with \(rounded(scaling)) of twice the speed of one")
      if scaling < leastScaling, round.dimension >= leastJudgedDimension {
        misses.append("\(round.name): two threads")
      }
    }
    guard round.dimension >= leastJudgedDimension else { continue }
    if figures.clientMilliseconds > mostOfModel * client { misses.append("\(round.name): client") }
    if figures.serverSeconds > mostOfModel * server { misses.append("\(round.name): server") }
  }
}
if !misses.isEmpty {
  print("missed: \(misses.joined(separator: "; "))")
  exit(1)
}
