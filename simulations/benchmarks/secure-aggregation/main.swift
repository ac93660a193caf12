import CryptoPrimitives
import RingArithmetic
import SecureAggregation

let clock = ContinuousClock()
func best(_ runs: Int, _ body: () -> Void) -> Double {
  var least = Duration.seconds(1000)
  for _ in 0..<runs { least = min(least, clock.measure(body)) }
  let parts = least.components
  return Double(parts.seconds) + Double(parts.attoseconds) / 1e18
}
var random = RandomStream.system()
for bits in [16, 20, 32] {
  for d in [100_000, 1_000_000] {
    var vector = RingVector(zeros: d, modulus: RingModulus(bits: bits))
    let secret = SecretBytes(random: 32, from: &random)
    var keys = MaskKeys(capacity: 20)
    for i in 0..<20 { keys.append(derivedFrom: secret, message: { var m = LabeledMessage(.pair); m.append(UInt32(i)); return m }(), i % 2 == 0 ? .added : .subtracted) }
    let t = best(9) { keys.apply(to: &vector) }
    print(bits, d, Double(20 * d) / t / 1e9, "Gel/s")
  }
}
