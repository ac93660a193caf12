import NumericalMethods
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct FourierTransformTests {
  private static func sequence(_ length: Int) -> [Double] {
    var generator = DeterministicGenerator(seed: 7, stream: UInt64(length))
    return (0..<(2 * length)).map { _ in
      Double(generator.next() >> 11) * 0x1p-53 - 0.5
    }
  }

  @Test(arguments: [8, 16, 32, 64, 128, 512])
  func equalsTheDefinition(length: Int) {
    let input = Self.sequence(length)
    var pairs = input
    var scratch = [Double](repeating: 0, count: 2 * length)
    FourierTransform(length: length).apply(to: &pairs, scratch: &scratch)
    for k in 0..<length {
      var (re, im) = (0.0, 0.0)
      for j in 0..<length {
        let angle = -2 * Double.pi * Double(j * k % length) / Double(length)
        re += input[2 * j] * cos(angle) - input[2 * j + 1] * sin(angle)
        im += input[2 * j] * sin(angle) + input[2 * j + 1] * cos(angle)
      }
      #expect(abs(pairs[2 * k] - re) < 1e-12 && abs(pairs[2 * k + 1] - im) < 1e-12)
    }
  }

  /// Transformed twice with parts exchanged, a sequence comes back; the error keeps the stated bound.
  @Test(arguments: [1 << 10, 1 << 13])
  func theErrorStaysWithinItsBound(length: Int) {
    let transform = FourierTransform(length: length)
    let input = Self.sequence(length)
    var pairs = input
    var scratch = [Double](repeating: 0, count: 2 * length)
    transform.apply(to: &pairs, scratch: &scratch)
    for k in 0..<length { pairs.swapAt(2 * k, 2 * k + 1) }
    transform.apply(to: &pairs, scratch: &scratch)
    var (error, norm) = (0.0, 0.0)
    for j in 0..<length {
      let (re, im) = (pairs[2 * j + 1] / Double(length), pairs[2 * j] / Double(length))
      error += pow(re - input[2 * j], 2) + pow(im - input[2 * j + 1], 2)
      norm += pow(input[2 * j], 2) + pow(input[2 * j + 1], 2)
    }
    // Two transforms were made.
    #expect(error.squareRoot() <= 2 * transform.relativeError * norm.squareRoot())
  }
}

@Suite struct BinomialTests {
  @Test func upperTailsAreSums() {
    let exact = log(1 - pow(0.7, 10) - 10 * 0.3 * pow(0.7, 9))
    #expect(abs(Binomial.logUpperTail(from: 2, trials: 10, probability: 0.3) - exact) < 1e-12)
    #expect(Binomial.logUpperTail(from: 0, trials: 10, probability: 0.3) == 0)
    #expect(Binomial.logUpperTail(from: 11, trials: 10, probability: 0.3) == -.infinity)
    // Far in the tail, where one minus a sum would be rounding noise: 0.001^50 times C(100, 50).
    let far = Binomial.logUpperTail(from: 50, trials: 100, probability: 0.001)
    #expect(abs(far - -278.66) < 1)
  }

  @Test(arguments: [1, 2, 17, 1000], [1e-6, 0.3, 0.5, 0.999])
  func massesAddUpToTheTails(trials: Int, probability: Double) {
    var tail = 0.0
    for k in stride(from: trials, through: 0, by: -1) {
      tail += exp(Binomial.logMass(k, trials: trials, probability: probability))
      let expected = exp(Binomial.logUpperTail(from: k, trials: trials, probability: probability))
      #expect(abs(tail - expected) <= 1e-9 * expected)
    }
    #expect(abs(tail - 1) <= 1e-9)
  }
}
