internal import CSodium

/// Where uniformly random words come from: the operating system, or a seed in tests and simulation.
package protocol RandomSource: Sendable {
  /// Overwrites every word with fresh randomness.
  mutating func refill(_ words: UnsafeMutableBufferPointer<UInt64>)
}

/// Randomness of the operating system, through libsodium, expanded by ChaCha20.
///
/// Every refill takes a fresh 256-bit key from the operating system, writes that key's keystream and
/// wipes the key. No state is left between refills: whoever reads this process's memory learns no word
/// of an earlier or later refill. The words are as good as the system's if ChaCha20, from which Linux
/// itself draws, is a pseudorandom function. The kernel alone gives about 0.3 GB/s, a fifth of this.
package struct SystemRandomSource: RandomSource {
  package init() { precondition(Sodium.isReady) }

  package mutating func refill(_ words: UnsafeMutableBufferPointer<UInt64>) {
    guard let start = words.baseAddress else { return }
    let keyByteCount = Int(randombytes_SEEDBYTES)
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: keyByteCount) { key in
      guard let key = key.baseAddress else { return }
      unsafe randombytes_buf(key, keyByteCount)
      unsafe randombytes_buf_deterministic(
        start, words.count * MemoryLayout<UInt64>.stride, key)
      unsafe sodium_memzero(key, keyByteCount)
    }
  }
}

/// A buffered stream of uniformly random words.
///
/// It cannot be copied, so no word is ever handed out twice, and it wipes its buffer when it goes. A
/// process that forks must not go on using a stream from before: both would hold the same buffer.
// Sendable without a check: the buffer is owned by exactly one value, which cannot be copied, and
// every access to it goes through a mutating method.
@safe
package struct RandomStream: ~Copyable, @unchecked Sendable {
  /// Words fetched from the source at once, 4 KiB.
  @usableFromInline static let bufferedWordCount = 512

  @usableFromInline var source: any RandomSource
  @usableFromInline let buffer: UnsafeMutablePointer<UInt64>
  @usableFromInline var position = RandomStream.bufferedWordCount

  /// A stream that reads `source` from where it stands.
  package init(source: any RandomSource) {
    precondition(Sodium.isReady)
    self.source = source
    unsafe buffer = .allocate(capacity: Self.bufferedWordCount)
    unsafe buffer.initialize(repeating: 0, count: Self.bufferedWordCount)
  }

  /// A stream of the operating system's randomness: the only one fit for devices and coordinators.
  package static func system() -> RandomStream { RandomStream(source: SystemRandomSource()) }

  deinit {
    unsafe sodium_memzero(buffer, Self.bufferedWordCount * MemoryLayout<UInt64>.stride)
    unsafe buffer.deallocate()
  }

  @usableFromInline
  mutating func refillBuffer() {
    unsafe source.refill(UnsafeMutableBufferPointer(start: buffer, count: Self.bufferedWordCount))
    position = 0
  }

  /// The next 64 random bits.
  @inlinable
  package mutating func nextWord() -> UInt64 {
    if position == Self.bufferedWordCount { refillBuffer() }
    let word = unsafe buffer[position]
    position &+= 1
    return word
  }

  /// Calls `body` with the words that calls of `nextWord` would give, many at once.
  ///
  /// - Parameter groups: how many groups of `width` words are taken; a call has whole groups.
  /// - Range: `width` 1 or more.
  package mutating func take(
    _ groups: Int, of width: Int, _ body: (UnsafeBufferPointer<UInt64>) -> Void
  ) {
    var missing = groups
    while missing > 0 {
      let ready = min(missing, (Self.bufferedWordCount - position) / width)
      if ready > 0 {
        unsafe body(UnsafeBufferPointer(start: buffer + position, count: ready * width))
        position += ready * width
        missing -= ready
      } else {
        // The next group goes over the end of the buffer.
        unsafe withUnsafeTemporaryAllocation(of: UInt64.self, capacity: width) { group in
          for index in group.indices { unsafe group[index] = nextWord() }
          unsafe body(UnsafeBufferPointer(group))
          unsafe sodium_memzero(group.baseAddress, width * MemoryLayout<UInt64>.stride)
        }
        missing -= 1
      }
    }
  }

  /// Overwrites `words` with random bits; takes whole 64-bit words from the stream.
  package mutating func fill(_ words: UnsafeMutableBufferPointer<UInt32>) {
    guard var target = UnsafeMutableRawPointer(words.baseAddress) else { return }
    var missing = words.count * MemoryLayout<UInt32>.stride
    while missing > 0 {
      if position == Self.bufferedWordCount { refillBuffer() }
      let available = (Self.bufferedWordCount - position) * MemoryLayout<UInt64>.stride
      let count = min(missing, available)
      unsafe target.copyMemory(from: buffer + position, byteCount: count)
      unsafe target += count
      missing -= count
      position += (count + 7) / 8
    }
  }

  /// Overwrites `target` straight from the source, round the buffer, where a second copy would stay.
  ///
  /// Takes whole 64-bit words from the source; the words that the buffer holds are not touched. What is
  /// drawn in this way does not depend on how it is split over calls, if each takes whole words.
  mutating func fillDirectly(_ target: UnsafeMutableRawBufferPointer) {
    let stride = MemoryLayout<UInt64>.stride
    let whole = target.count / stride * stride
    if whole > 0 {
      let words = unsafe UnsafeMutableRawBufferPointer(rebasing: target[..<whole])
      unsafe words.withMemoryRebound(to: UInt64.self) { unsafe source.refill($0) }
    }
    guard whole < target.count else { return }
    unsafe withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 1) { last in
      unsafe source.refill(last)
      let bytes = unsafe UnsafeRawBufferPointer(last)[..<(target.count - whole)]
      unsafe UnsafeMutableRawBufferPointer(rebasing: target[whole...])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes))
      unsafe sodium_memzero(last.baseAddress, stride)
    }
  }

  /// `count` random bytes for what is unpredictable but not secret, such as a nonce.
  package mutating func publicBytes(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    unsafe bytes.withUnsafeMutableBytes { unsafe fillDirectly($0) }
    return bytes
  }

  /// A uniform number below `bound`, which must not be zero.
  ///
  /// Unbiased: the draws that would make some results more likely are rejected.
  /// - Source: Lemire 2019, "Fast random integer generation in an interval", arXiv:1805.10941.
  @inlinable
  package mutating func nextBelow(_ bound: UInt64) -> UInt64 {
    precondition(bound > 0, "no number is below zero")
    var product = nextWord().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold {
        product = nextWord().multipliedFullWidth(by: bound)
      }
    }
    return product.high
  }

  /// A uniform number below `bound`, which must not be zero, over 128 bits.
  ///
  /// Unbiased: draws of just enough bits are rejected until one is below the bound.
  package mutating func nextBelow(_ bound: UInt128) -> UInt128 {
    precondition(bound > 0, "no number is below zero")
    let mask = bound == 1 ? 0 : UInt128.max >> UInt128((bound - 1).leadingZeroBitCount)
    while true {
      let draw = (UInt128(nextWord()) << 64 | UInt128(nextWord())) & mask
      if draw < bound { return draw }
    }
  }
}
