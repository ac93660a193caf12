import CryptoPrimitives
import PrivacyAccounting
import PrivacyMechanisms
import RoundVocabulary

// Times what a device does with one update of 10^6 coordinates: clip, scale, rotate, round, noise, add.
// One core, the operating system's randomness. Exits with 1 if a case takes more than 100 ms.

let dimension = 1_000_000
let target = 100.0
let clock = ContinuousClock()

/// The best of seven runs, in milliseconds, for other processes only ever slow one down.
func milliseconds(_ body: () throws -> Void) rethrows -> Double {
  var least = Duration.seconds(1000)
  for _ in 0..<7 { least = min(least, try clock.measure(body)) }
  let parts = least.components
  return Double(parts.seconds) * 1e3 + Double(parts.attoseconds) / 1e15
}

let update = (0..<dimension).map { Float($0 % 17) * 1e-3 - 8e-3 }
let devices = NoisePlacement.devices(
  .skellam, CohortAssurance(cohort: 1000, dropoutShare: 0.1, colludingShare: 0.1))
let gaussian = NoisePlacement.devices(
  .discreteGaussian, CohortAssurance(cohort: 1000, dropoutShare: 0.1, colludingShare: 0.1))
let cases: [(name: String, placement: NoisePlacement, rotation: RotationSeed?)] = [
  ("no device noise", .coordinator, nil),
  ("no device noise, rotated", .coordinator, RotationSeed(hashing: [])),
  ("skellam", devices, nil),
  ("skellam, rotated", devices, RotationSeed(hashing: [])),
  ("discrete gaussian", gaussian, nil),
  ("discrete gaussian, rotated", gaussian, RotationSeed(hashing: [])),
]
var isSlow = false
for (name, placement, rotation) in cases {
  let mechanism = try ContributionMechanism(
    .init(
      dimension: dimension, clipNorm: 1, maximumCohort: 1000, ringBits: 32, scaleBits: 14,
      noiseMultiplier: 1, placement: placement, rotation: rotation))
  var sum = mechanism.makeSum()
  var stream = RandomStream.system()
  let time = try milliseconds {
    try mechanism.contribute(update, to: &sum, randomness: &stream)
  }
  isSlow = isSlow || time > target
  print("\(name): \((time * 10).rounded() / 10) ms")
}
if isSlow {
  print("missed: at most \(target) ms")
  throw Slow()
}

struct Slow: Error {}
