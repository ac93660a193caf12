import RingArithmetic
import Testing

@Suite struct RingVectorTests {
  @Test(arguments: [8, 13, 31, 32])
  func centeringInvertsReduction(bits: Int) {
    let modulus = RingModulus(bits: bits)
    let half = Int64(1) << (bits - 1)
    for value in [-half, -half + 1, -1, 0, 1, half - 1] {
      let word = UInt32(truncatingIfNeeded: value) & modulus.mask
      #expect(Int64(modulus.centered(word)) == value)
    }
  }

  @Test func centeringIgnoresBitsAboveTheRing() {
    #expect(RingModulus(bits: 8).centered(0xFFFF_FF01) == 1)
  }

  @Test(arguments: [8, 20, 32])
  func additionWrapsAndStaysReduced(bits: Int) {
    let modulus = RingModulus(bits: bits)
    var sum = RingVector(reducing: [modulus.mask, modulus.mask, 3], modulus: modulus)
    sum.add(RingVector(reducing: [1, modulus.mask, 4], modulus: modulus))
    #expect(sum.words == [0, modulus.mask - 1, 7])
  }

  @Test func signedIntegersAddAndCancel() {
    let integers: [Int32] = [-5, 5, -128, 127]
    var sum = RingVector(zeros: 4, modulus: RingModulus(bits: 8))
    unsafe integers.withUnsafeBufferPointer { unsafe sum.add($0) }
    #expect((0..<4).map { sum.centered(at: $0) } == integers)
    unsafe integers.map { 0 &- $0 }.withUnsafeBufferPointer { unsafe sum.add($0) }
    #expect(sum.words == [0, 0, 0, 0])
  }

  @Test func orderDoesNotMatter() {
    let modulus = RingModulus(bits: 20)
    let vectors = (0..<17).map { row in
      RingVector(
        reducing: (0..<33).map { UInt32(truncatingIfNeeded: ($0 + 1) &* (row + 7) &* 0x9E37_79B1) },
        modulus: modulus)
    }
    var forward = RingVector(zeros: 33, modulus: modulus)
    var backward = forward
    for vector in vectors { forward.add(vector) }
    for vector in vectors.reversed() { backward.add(vector) }
    #expect(forward == backward)
    for index in 0..<33 {
      let naive = vectors.reduce(UInt64(0)) { $0 + UInt64($1.words[index]) } % (1 << 20)
      #expect(UInt64(forward.words[index]) == naive)
    }
  }

  @Test func centeredValuesAreScaled() {
    let vector = RingVector(reducing: [255, 2], modulus: RingModulus(bits: 8))
    #expect(vector.centered(times: 0.5) == [-0.5, 1])
  }

  @Test func emptyVectorsAdd() {
    var empty = RingVector(zeros: 0, modulus: RingModulus(bits: 8))
    empty.add(empty)
    #expect(empty.count == 0)
  }
}
