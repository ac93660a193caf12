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

/// The median of several runs, in seconds of CPU time: rounds are slowed down by other processes, too.
private func median(of runs: Int, _ body: () throws -> Void) rethrows -> Double {
  var times: [Double] = []
  for _ in 0..<runs {
    let start = processCPUSeconds()
    try body()
    times.append(processCPUSeconds() - start)
  }
  return times.sorted()[runs / 2]
}

/// How fast this machine is at the moment, on one core: what the cost model of a round is made of.
struct PrimitiveRates {
  /// Mask elements a second that are expanded and added, by ring width.
  private(set) var masks: [Int: Double] = [:]
  /// Seconds for one operation each.
  private(set) var agreement = 0.0
  private(set) var maskAgreement = 0.0
  private(set) var verification = 0.0
  private(set) var shareTerm = 0.0
  /// Seconds for one byte.
  private(set) var hashing = 0.0

  init() throws {
    for bits in [16, 20, 32] { masks[bits] = Self.maskRate(bits: bits, dimension: 100_000) }
    var random = RandomStream.system()
    let left = AgreementSecretKey(random: &random)
    let right = AgreementSecretKey(random: &random)
    agreement =
      try median(of: 40) {
        for _ in 0..<20 { _ = try left.sessionKeys(as: .client, with: right.publicKey) }
      } / 20
    let scalar = SecretScalar(random: &random)
    let point = SecretScalar(random: &random).publicPoint
    maskAgreement = try median(of: 40) { for _ in 0..<20 { _ = try scalar.times(point) } } / 20
    let key = SigningKey(random: &random)
    let digest = Bytes32(random: &random)
    let signature = key.sign(digest)
    verification =
      median(of: 40) {
        for _ in 0..<20 { _ = key.verificationKey.isValid(signature, on: digest) }
      } / 20
    let coefficients = SecretScalars(random: 64, from: &random)
    var share = SecretBytes(zeros: 32)
    shareTerm =
      median(of: 40) {
        for slot in 1...20 {
          coefficients.writePolynomialValue(at: Scalar(UInt64(slot)), to: &share, at: 0)
        }
      } / (20 * 64)
    let block = [UInt8](repeating: 0, count: 1 << 18)
    hashing = median(of: 40) { _ = Blake2b.digest(block) } / Double(block.count)
  }

  /// The middle of the rates before and after a round: a machine that others use, too, changes its pace.
  static func middle(_ before: PrimitiveRates, _ after: PrimitiveRates) -> PrimitiveRates {
    var middle = before
    // Of times, so for rates their harmonic mean.
    for (bits, rate) in before.masks {
      middle.masks[bits] = 2 / (1 / rate + 1 / (after.masks[bits] ?? rate))
    }
    for time in [
      \PrimitiveRates.agreement, \.maskAgreement, \.verification, \.shareTerm, \.hashing,
    ] { middle[keyPath: time] = (before[keyPath: time] + after[keyPath: time]) / 2 }
    return middle
  }

  private static func maskRate(bits: Int, dimension: Int) -> Double {
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
    return Double(maskCount * dimension) / median(of: 25) { keys.apply(to: &vector) }
  }

  /// What a client's part of a round costs at least, in milliseconds.
  ///
  /// - Formula: masks, agreements, one signature for each neighbor and for each of t signers, shares of
  ///   two secrets, and the digest of the upload.
  func clientMilliseconds(_ round: BenchmarkRound, _ parameters: GraphParameters) -> Double {
    let k = Double(parameters.degree)
    let t = Double(parameters.threshold)
    let verifications = (round.remembersCertificates ? k : 2 * k) + t
    let masking = (k + 1) * Double(round.dimension) / (masks[round.ringBits] ?? .infinity)
    return 1e3
      * (masking + k * (agreement + maskAgreement) + verifications * verification
        + 2 * k * t * shareTerm + round.vectorByteCount * hashing)
  }

  /// What the coordinator's part costs at least, in seconds.
  ///
  /// - Formula: masks of survivors and of dropped clients' neighbors, agreements of the latter,
  ///   reconstruction, six signatures for each client, and the digests of uploads.
  func serverSeconds(_ round: BenchmarkRound, _ parameters: GraphParameters) -> Double {
    let n = Double(round.clientCount)
    let k = Double(parameters.degree)
    let t = Double(parameters.threshold)
    let live = n * (1 - round.dropoutShare)
    let pairs = n * round.dropoutShare * k * (1 - round.dropoutShare)
    let masking = (live + pairs) * Double(round.dimension) / (masks[round.ringBits] ?? .infinity)
    // In the complete graph all dealers have the same holders, hence the same coefficients.
    let coefficients = parameters.mode == .complete ? 1 : n
    let reconstruction = (coefficients * t * t / 7 + 5 * n * t) * shareTerm / 2
    return masking + pairs * maskAgreement + reconstruction + 6 * n * verification
      + live * round.vectorByteCount * hashing
  }
}

extension BenchmarkRound {
  fileprivate var vectorByteCount: Double { Double(dimension * ringBits) / 8 }
}
