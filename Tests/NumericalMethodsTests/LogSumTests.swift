import NumericalMethods
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct LogSumTests {
  @Test func sumsWhatExponentialsCannotHold() {
    var sum = LogSum()
    #expect(sum.value == -.infinity)
    sum.add(-.infinity)
    #expect(sum.value == -.infinity)
    for logarithm in [-2000.0, 5000, 5000, -3, 4990] { sum.add(logarithm) }
    #expect(abs(sum.value - (5000 + log(2 + exp(-10)))) < 1e-11)
    #expect(sum.lowerBound <= sum.value)
    sum.add(.infinity)
    #expect(sum.value == .infinity)
  }

  @Test func addsManyTermsInAnyOrder() {
    var (rising, falling) = (LogSum(), LogSum())
    for k in 1...1000 {
      rising.add(log(Double(k)))
      falling.add(log(Double(1001 - k)))
    }
    #expect(abs(rising.value - log(500_500)) < 1e-13)
    #expect(abs(falling.value - log(500_500)) < 1e-13)
  }

  @Test func oneMoreAndOneLessAreAccurateAtBothEnds() {
    #expect(LogSum.ofOne(and: -60) == exp(-60))
    #expect(LogSum.ofOne(and: 2000) == 2000)
    #expect(abs(LogSum.ofOne(and: 0) - log(2)) < 1e-16)
    #expect(LogSum.ofOne(and: -.infinity) == 0)
    #expect(abs(LogSum.lessOne(1e-20) - log(1e-20)) < 1e-14)
    #expect(LogSum.lessOne(2000) == 2000)
    #expect(abs(LogSum.lessOne(log(3)) - log(2)) < 1e-15)
    #expect(LogSum.lessOne(0) == -.infinity)
  }

  @Test func binomialsMatchPascalsTriangle() {
    var row = [1.0]
    for n in 0...60 {
      let logarithms = LogBinomials.row(n)
      #expect(logarithms.count == n + 1)
      for k in 0...n { #expect(abs(logarithms[k] - log(row[k])) < 1e-13) }
      row = zip([0] + row, row + [0]).map { $0 + $1 }
    }
  }
}
