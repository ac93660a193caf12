import CryptoPrimitives
import Foundation
import RingArithmetic
import SecureAggregation

/// CPU seconds of this process.
func processCPUSeconds() -> Double {
  var time = timespec()
  unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

func seconds(_ duration: Duration) -> Double {
  Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

/// 10^9 mask elements that one core expands and adds in a second: the best of several runs, for other
/// processes only ever slow one down.
func maskRate(bits: Int, dimension: Int) -> Double {
  let maskCount = 20
  var random = RandomStream.system()
  let secret = SecretBytes(random: 32, from: &random)
  var keys = MaskKeys(capacity: maskCount)
  for index in 0..<maskCount {
    var message = LabeledMessage(.pair)
    message.append(UInt32(index))
    keys.append(
      derivedFrom: secret, message: message, index.isMultiple(of: 2) ? .added : .subtracted)
  }
  var vector = RingVector(zeros: dimension, modulus: RingModulus(bits: bits))
  var best = Double.infinity
  for _ in 0..<25 {
    let start = processCPUSeconds()
    keys.apply(to: &vector)
    best = min(best, processCPUSeconds() - start)
  }
  return Double(maskCount * dimension) / best / 1e9
}
