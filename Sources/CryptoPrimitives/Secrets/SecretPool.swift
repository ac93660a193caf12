internal import CSodium
internal import Synchronization

/// A stretch of guarded memory that belongs to one `SecretBytes` or to the pool.
// Sendable without a check: a chunk has one owner at a time, and changes hands under the pool's lock.
@safe
struct SecretChunk: @unchecked Sendable {
  let start: UnsafeMutableRawPointer
  let capacity: Int

  /// The chunk of `capacity` bytes that lies `offset` bytes into this one.
  fileprivate func part(at offset: Int, capacity: Int) -> SecretChunk {
    unsafe SecretChunk(start: start + offset, capacity: capacity)
  }
}

/// Hands out memory from `sodium_malloc`: left out of core dumps, each slab between guard pages, and locked as far as
/// the system's limit goes (libsodium goes on without the lock beyond it).
///
/// Each call of `sodium_malloc` costs four memory mappings and some system calls, and Linux gives a
/// process 65,530 mappings: a simulator of ten thousand clients would run out. Small secrets therefore
/// share slabs, cut into chunks of one size. A chunk is zeroed before it goes back, so every free chunk
/// is all zeros. Slabs live as long as the process.
final class SecretPool: Sendable {
  static let shared = SecretPool()

  static let smallestChunk = 32
  static let largestChunk = 1 << 15
  private static let smallestSlab = 1 << 14

  /// Free chunks by the binary logarithm of their size.
  private let free = Mutex<[Int: [SecretChunk]]>([:])

  /// A zeroed chunk of at least `byteCount` bytes, aligned to 32.
  func take(_ byteCount: Int) -> SecretChunk {
    let capacity = Self.capacity(for: byteCount)
    guard capacity <= Self.largestChunk else { return Self.allocate(capacity) }
    return free.withLock { free in
      let sizeClass = capacity.trailingZeroBitCount
      if let chunk = free[sizeClass]?.popLast() { return chunk }
      let slab = Self.allocate(max(Self.smallestSlab, 4 * capacity))
      var offset = slab.capacity
      while offset > capacity {
        offset -= capacity
        free[sizeClass, default: []].append(slab.part(at: offset, capacity: capacity))
      }
      return slab.part(at: 0, capacity: capacity)
    }
  }

  /// Zeroes a chunk and makes it available again.
  func giveBack(_ chunk: SecretChunk) {
    unsafe sodium_memzero(chunk.start, chunk.capacity)
    guard chunk.capacity <= Self.largestChunk else {
      unsafe sodium_free(chunk.start)
      return
    }
    free.withLock { free in
      free[chunk.capacity.trailingZeroBitCount, default: []].append(chunk)
    }
  }

  /// `byteCount` rounded up to what chunks come in.
  private static func capacity(for byteCount: Int) -> Int {
    guard byteCount > smallestChunk else { return smallestChunk }
    guard byteCount <= largestChunk else { return (byteCount + 31) & ~31 }
    return 1 << (Int.bitWidth - (byteCount - 1).leadingZeroBitCount)
  }

  private static func allocate(_ byteCount: Int) -> SecretChunk {
    precondition(Sodium.isReady)
    guard let start = unsafe sodium_malloc(byteCount) else {
      preconditionFailure("no guarded memory for \(byteCount) bytes of secrets")
    }
    unsafe sodium_memzero(start, byteCount)
    return unsafe SecretChunk(start: start, capacity: byteCount)
  }
}
