import CryptoPrimitives
import DiscreteNoise
import SeededRandomness

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Times the construction of noise distributions and the addition of noise to a vector, on one core:
// one line a case with the variance, milliseconds to build and million samples a second. The best of
// several runs counts, for other processes only ever slow one down.

// Targets: a distribution of variance 10^-3 to 10^6 reaches this rate, ...
let leastRate = 20.0
// ... and every distribution is built in this time.
let mostMilliseconds = 250.0

let dimension = 1 << 20
var misses = 0

func milliseconds(of runs: Int, _ body: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  var least = Double.infinity
  for _ in 0..<runs {
    let parts = try clock.measure(body).components
    least = min(least, Double(parts.seconds) * 1e3 + Double(parts.attoseconds) / 1e15)
  }
  return least
}

/// Pads to columns without Foundation.
func column(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(1, width - text.count))
}

func rounded(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }

@MainActor func report(
  _ name: String, _ numerator: UInt64, _ denominator: UInt64, build: Double, hasTarget: Bool,
  add: (inout [UInt32], inout RandomStream) -> Void
) {
  var words = [UInt32](repeating: 0, count: dimension)
  var system = RandomStream.system()
  var seeded = RandomStream.seeded(1, label: "benchmark")
  let systemRate = Double(dimension) / milliseconds(of: 5) { add(&words, &system) } / 1e3
  let seededRate = Double(dimension) / milliseconds(of: 5) { add(&words, &seeded) } / 1e3
  let isSlow = hasTarget && (min(systemRate, seededRate) < leastRate || build > mostMilliseconds)
  if isSlow { misses += 1 }
  print(
    column(name, 26) + column(denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)", 18)
      + column(rounded(build), 10) + column(rounded(systemRate), 10)
      + column(rounded(seededRate), 10)
      + (isSlow ? "missed" : ""))
}

func systemRandomness() -> Double {
  var stream = RandomStream.system()
  var sum: UInt64 = 0
  let time = milliseconds(of: 5) {
    for _ in 0..<dimension { sum ^= stream.nextWord() }
  }
  precondition(sum != 0)
  return Double(dimension) * 8 / time / 1e6
}

print("system randomness: \(rounded(systemRandomness())) GB/s")
print(
  column("distribution", 26) + column("variance", 18) + column("build ms", 10)
    + column("system", 10) + "seeded, million a second")
let variances: [(UInt64, UInt64)] = [
  (1, 1000), (1, 1), (100, 1), (10_000, 1), (100_000, 1), (1_000_000, 1), (10_000_000, 1),
  (1_000_000_000, 1),
]
for (n, d) in variances {
  let build = try milliseconds(of: 3) {
    _ = try Skellam(varianceNumerator: n, varianceDenominator: d)
  }
  let noise = try Skellam(varianceNumerator: n, varianceDenominator: d)
  report("skellam", n, d, build: build, hasTarget: n <= 1_000_000) {
    noise.add(to: &$0, using: &$1)
  }
}
for (n, d) in variances + [(1 << 40, 1), (1 << 50, 1)] {
  let build = try milliseconds(of: 3) {
    _ = try DiscreteGaussian(varianceNumerator: n, varianceDenominator: d)
  }
  let noise = try DiscreteGaussian(varianceNumerator: n, varianceDenominator: d)
  report("discrete gaussian", n, d, build: build, hasTarget: n <= 1_000_000) {
    noise.add(to: &$0, using: &$1)
  }
}
for variance in [1, 100_000, 1 << 40] as [UInt64] {
  let exact = try ExactDiscreteGaussian(varianceNumerator: variance)
  report("exact discrete gaussian", variance, 1, build: 0, hasTarget: false) { words, stream in
    for index in words.indices {
      words[index] &+= UInt32(truncatingIfNeeded: exact.sample(using: &stream))
    }
  }
}
exit(misses == 0 ? 0 : 1)
