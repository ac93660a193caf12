import CryptoPrimitives
import DiscreteNoise
import SeededRandomness

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Times the construction of noise distributions and the addition of noise to a vector, on one core.
// Prints one line a case: distribution, variance, milliseconds to build, million samples a second.

let dimension = 1 << 20
let clock = ContinuousClock()

func milliseconds(_ duration: Duration) -> Double {
  let parts = duration.components
  return Double(parts.seconds) * 1e3 + Double(parts.attoseconds) / 1e15
}

/// The best of several runs, for other processes only ever slow one down.
func best(of runs: Int, _ body: () throws -> Void) rethrows -> Double {
  var least = Double.infinity
  for _ in 0..<runs { least = min(least, milliseconds(try clock.measure(body))) }
  return least
}

func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

func report(
  _ name: String, _ variance: String, build: Double, add: (inout [UInt32], inout RandomStream) -> Void
) {
  var words = [UInt32](repeating: 0, count: dimension)
  var system = RandomStream.system()
  var seeded = RandomStream.seeded(1, label: "benchmark")
  let systemTime = best(of: 5) { add(&words, &system) }
  let seededTime = best(of: 5) { add(&words, &seeded) }
  let rate = { (time: Double) in rounded(Double(dimension) / time / 1e3) }
  print(
    "\(name)  variance \(variance)  build \(rounded(build)) ms  "
      + "system \(rate(systemTime)) M/s  seeded \(rate(seededTime)) M/s")
}

func wordRate() -> Double {
  var stream = RandomStream.system()
  var sum: UInt64 = 0
  let time = best(of: 5) {
    for _ in 0..<dimension { sum ^= stream.nextWord() }
  }
  precondition(sum != 0)
  return Double(dimension) * 8 / time / 1e6
}
print("system randomness \(rounded(wordRate())) GB/s")

let variances: [(UInt64, UInt64)] = [
  (1, 1000), (1, 1), (100, 1), (10_000, 1), (100_000, 1), (1_000_000, 1), (10_000_000, 1),
  (1_000_000_000, 1),
]
for (numerator, denominator) in variances {
  let text = denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)"
  let build = try best(of: 3) {
    _ = try Skellam(varianceNumerator: numerator, varianceDenominator: denominator)
  }
  let skellam = try Skellam(varianceNumerator: numerator, varianceDenominator: denominator)
  report("skellam", text, build: build) { skellam.add(to: &$0, using: &$1) }
}
for (numerator, denominator) in variances + [(1 << 40, 1), (1 << 50, 1)] {
  let text = denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)"
  let build = try best(of: 3) {
    _ = try DiscreteGaussian(varianceNumerator: numerator, varianceDenominator: denominator)
  }
  let gaussian = try DiscreteGaussian(
    varianceNumerator: numerator, varianceDenominator: denominator)
  report("discrete gaussian", text, build: build) { gaussian.add(to: &$0, using: &$1) }
}
for variance in [UInt64(1), 100_000, 1 << 40] {
  let exact = try ExactDiscreteGaussian(varianceNumerator: variance)
  report("exact discrete gaussian", "\(variance)", build: 0) { words, stream in
    for index in words.indices {
      words[index] &+= UInt32(truncatingIfNeeded: exact.sample(using: &stream))
    }
  }
}
