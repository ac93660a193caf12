internal import CryptoPrimitives

/// Repeats one list of words for ever.
package struct RepeatingSource: RandomSource {
  private let repeated: [UInt64]
  private var position = 0

  package init(_ words: [UInt64]) { repeated = words }

  package mutating func refill(_ words: UnsafeMutableBufferPointer<UInt64>) {
    for index in words.indices {
      unsafe words[index] = repeated[position % repeated.count]
      position += 1
    }
  }
}

/// The words of SplitMix64 from state 0, which other languages reproduce in three lines.
package struct SplitMixSource: RandomSource {
  private var state: UInt64 = 0

  package init() {}

  package mutating func refill(_ words: UnsafeMutableBufferPointer<UInt64>) {
    for index in words.indices {
      state &+= 0x9E37_79B9_7F4A_7C15
      var word = state
      word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
      unsafe words[index] = word ^ word >> 31
    }
  }
}
