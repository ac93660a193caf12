internal import CSodium

/// A public integer modulo the order L of ristretto255, such as a Lagrange coefficient.
///
/// Secret ones are `SecretScalar`s. The arithmetic is libsodium's.
package struct Scalar: Sendable, Hashable {
  /// Little endian, below L.
  package let encoding: Bytes32

  /// Bytes that are known to be below L.
  init(reduced encoding: Bytes32) { self.encoding = encoding }

  package static let zero = Scalar(0)
  package static let one = Scalar(1)

  /// A small integer.
  package init(_ value: UInt64) {
    encoding = unsafe Bytes32 { bytes in
      for index in 0..<8 {
        unsafe bytes[index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
      }
    }
  }

  /// The scalar with the given little-endian encoding.
  ///
  /// - Throws: `CryptoError.nonCanonicalScalar` from L on.
  package init(encoding: Bytes32) throws(CryptoError) {
    precondition(Sodium.isReady)
    guard unsafe encoding.withPointer({ unsafe Sodium.isCanonicalScalar($0) }) else {
      throw .nonCanonicalScalar
    }
    self.encoding = encoding
  }

  package static func * (left: Scalar, right: Scalar) -> Scalar {
    unsafe left.combined(with: right) { unsafe crypto_core_ristretto255_scalar_mul($0, $1, $2) }
  }

  package static func + (left: Scalar, right: Scalar) -> Scalar {
    unsafe left.combined(with: right) { unsafe crypto_core_ristretto255_scalar_add($0, $1, $2) }
  }

  package static prefix func - (scalar: Scalar) -> Scalar {
    Scalar(
      reduced: unsafe Bytes32 { result in
        unsafe scalar.encoding.withPointer {
          unsafe crypto_core_ristretto255_scalar_negate(result, $0)
        }
      })
  }

  /// The multiplicative inverse.
  ///
  /// - Throws: `CryptoError.zeroScalar` for zero.
  package func inverted() throws(CryptoError) -> Scalar {
    Scalar(
      reduced: try unsafe Bytes32 { (result) throws(CryptoError) in
        let code = unsafe encoding.withPointer {
          unsafe crypto_core_ristretto255_scalar_invert(result, $0)
        }
        guard code == 0 else { throw .zeroScalar }
      })
  }

  private typealias Operation = (
    UnsafeMutablePointer<UInt8>, UnsafePointer<UInt8>, UnsafePointer<UInt8>
  ) -> Void

  private func combined(with other: Scalar, _ operation: Operation) -> Scalar {
    Scalar(
      reduced: unsafe Bytes32 { result in
        unsafe encoding.withPointer { left in
          unsafe other.encoding.withPointer { right in unsafe operation(result, left, right) }
        }
      })
  }
}

extension Sodium {
  /// Whether 32 little-endian bytes are below L: reducing them changes nothing.
  ///
  /// - Timing: does not depend on the bytes.
  static func isCanonicalScalar(_ bytes: UnsafePointer<UInt8>) -> Bool {
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 96) { scratch in
      // Cannot fail: 96 bytes were asked for.
      guard let wide = scratch.baseAddress else { return false }
      unsafe sodium_memzero(wide, 96)
      unsafe wide.update(from: bytes, count: Bytes32.count)
      let reduced = unsafe wide + 64
      unsafe crypto_core_ristretto255_scalar_reduce(reduced, wide)
      let isSame = unsafe sodium_memcmp(reduced, bytes, Bytes32.count) == 0
      unsafe sodium_memzero(wide, 96)
      return isSame
    }
  }
}
