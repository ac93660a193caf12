import RingArithmetic
import Testing

@Suite struct BitPackingTests {
  private static let widths = BitPacking.supportedBits

  private func packing(_ bits: Int) throws -> BitPacking {
    try #require(BitPacking(RingModulus(bits: bits)))
  }

  private func vector(_ count: Int, bits: Int, seed: UInt32 = 0x9E37_79B1) -> RingVector {
    RingVector(
      reducing: (0..<count).map { UInt32(truncatingIfNeeded: $0 + 1) &* seed },
      modulus: RingModulus(bits: bits))
  }

  private func unpack(_ packed: [UInt8], count: Int, bits: Int) throws -> RingVector {
    var vector = RingVector(zeros: count, modulus: RingModulus(bits: bits))
    try unsafe packing(bits).add(packed.span.bytes, to: &vector, 0..<count)
    return vector
  }

  @Test func onlyFourWidthsTravel() {
    let travelling = RingModulus.supportedBits.filter { BitPacking(RingModulus(bits: $0)) != nil }
    #expect(travelling == [16, 20, 24, 32])
  }

  /// The little-endian number sum of w[i] 2^(b i), written out by hand.
  @Test func layoutIsLittleEndianWithoutGaps() throws {
    let words: [UInt32] = [0x12345678, 0x9ABCDEF0, 0x0FEDCBA9]
    let expected: [Int: [UInt8]] = [
      16: [0x78, 0x56, 0xF0, 0xDE, 0xA9, 0xCB],
      20: [0x78, 0x56, 0x04, 0xEF, 0xCD, 0xA9, 0xCB, 0x0D],
      24: [0x78, 0x56, 0x34, 0xF0, 0xDE, 0xBC, 0xA9, 0xCB, 0xED],
      32: [0x78, 0x56, 0x34, 0x12, 0xF0, 0xDE, 0xBC, 0x9A, 0xA9, 0xCB, 0xED, 0x0F],
    ]
    for bits in Self.widths {
      let packed = try packing(bits).pack(
        RingVector(reducing: words, modulus: RingModulus(bits: bits)))
      let bytes = try #require(expected[bits])
      #expect(packed == bytes + [UInt8](repeating: 0, count: bits - bytes.count))
    }
  }

  @Test(arguments: widths) func unpackingInvertsPacking(bits: Int) throws {
    for count in Array(0...40) + [2047, 2048, 2049, 5001] {
      let vector = vector(count, bits: bits)
      let packed = try packing(bits).pack(vector)
      #expect(packed.count == (count + 7) / 8 * bits)
      #expect(try unpack(packed, count: count, bits: bits) == vector)
    }
  }

  @Test(arguments: widths) func chunksJoinToTheWhole(bits: Int) throws {
    let vector = vector(1003, bits: bits)
    let packing = try packing(bits)
    let chunks = [0..<8, 8..<400, 400..<1000, 1000..<1003].map { packing.pack(vector, $0) }
    #expect(chunks.flatMap(\.self) == packing.pack(vector))
    var sum = RingVector(zeros: 1003, modulus: vector.modulus)
    for (chunk, range) in zip(chunks, [0..<8, 8..<400, 400..<1000, 1000..<1003]) {
      try unsafe packing.add(chunk.span.bytes, to: &sum, range)
    }
    #expect(sum == vector)
  }

  @Test(arguments: widths) func addingAccumulates(bits: Int) throws {
    let first = vector(50, bits: bits)
    let second = vector(50, bits: bits, seed: 0x85EB_CA6B)
    var sum = first
    try unsafe packing(bits).add(packing(bits).pack(second).span.bytes, to: &sum, 0..<50)
    var expected = first
    expected.add(second)
    #expect(sum == expected)
  }

  @Test(arguments: widths) func everyPaddingBitMustBeZero(bits: Int) throws {
    for count in 1...16 {
      let vector = vector(count, bits: bits)
      let packed = try packing(bits).pack(vector)
      for bit in count * bits..<8 * packed.count {
        var altered = packed
        altered[bit / 8] ^= 1 << UInt8(bit % 8)
        #expect(throws: PackingError.nonZeroPadding) {
          try unpack(altered, count: count, bits: bits)
        }
      }
    }
  }

  @Test(arguments: widths) func otherLengthsAreRefusedAndLeaveTheVector(bits: Int) throws {
    let before = vector(20, bits: bits)
    let right = 3 * bits
    for wrong in [0, right - 1, right + 1, right + bits] {
      var vector = before
      #expect(throws: PackingError.wrongLength(byteCount: wrong, expected: right)) {
        try unsafe packing(bits).add(
          [UInt8](repeating: 1, count: wrong).span.bytes, to: &vector, 0..<20)
      }
      #expect(vector == before)
    }
  }
}

@Suite struct MaskingTests {
  private func keystream(_ byteCount: Int) -> [UInt8] {
    (0..<byteCount).map { UInt8(truncatingIfNeeded: ($0 &* 167) ^ ($0 >> 3)) }
  }

  private func apply(
    _ stream: [UInt8], to vector: inout RingVector, at offset: Int, _ sign: MaskSign
  ) {
    unsafe stream.withUnsafeBytes { unsafe vector.apply($0, at: offset, sign) }
  }

  @Test(arguments: [9, 16, 17, 20, 24, 32]) func masksAreLittleEndianWords(bits: Int) {
    let modulus = RingModulus(bits: bits)
    let width = modulus.maskWordByteCount
    #expect(width == (bits <= 16 ? 2 : 4))
    let stream = keystream(100 * width)
    var vector = RingVector(reducing: (0..<103).map { UInt32($0) &* 77 }, modulus: modulus)
    let before = vector
    apply(stream, to: &vector, at: 2, .added)
    for index in 0..<103 {
      var word: UInt32 = 0
      if (2..<102).contains(index) {
        for byte in 0..<width {
          word |= UInt32(stream[(index - 2) * width + byte]) << UInt32(8 * byte)
        }
      }
      #expect(vector.words[index] == (before.words[index] &+ word) & modulus.mask)
    }
    apply(stream, to: &vector, at: 2, .subtracted)
    #expect(vector == before)
    apply([], to: &vector, at: 103, .added)
    #expect(vector == before)
  }

  @Test func oppositeMasksCancelInASum() {
    let modulus = RingModulus(bits: 20)
    var left = RingVector(reducing: [1, 2, 3], modulus: modulus)
    var right = RingVector(reducing: [10, 20, 30], modulus: modulus)
    apply(keystream(12), to: &left, at: 0, .added)
    apply(keystream(12), to: &right, at: 0, MaskSign.added.inverse)
    left.add(right)
    #expect(left.words == [11, 22, 33])
    #expect(MaskSign.subtracted.inverse == .added)
  }

  @Test func slicesJoinToTheWhole() {
    let modulus = RingModulus(bits: 24)
    let vector = RingVector(reducing: Array(0..<100), modulus: modulus)
    let parts = [0..<30, 30..<30, 30..<99, 99..<100].map { vector.slice($0) }
    #expect(parts[2].words.first == 30)
    #expect(RingVector(joining: parts) == vector)
  }

  @Test func masksBeyondTheVectorStopTheProcess() async {
    await #expect(processExitsWith: .failure) {
      var vector = RingVector(zeros: 4, modulus: RingModulus(bits: 32))
      unsafe [UInt8](repeating: 0, count: 8).withUnsafeBytes {
        unsafe vector.apply($0, at: 3, .added)
      }
    }
  }
}
