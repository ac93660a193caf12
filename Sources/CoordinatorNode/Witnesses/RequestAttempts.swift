internal import CryptoPrimitives

/// When witnesses may be asked again: one request at a time, and later after failures.
struct RequestAttempts: Sendable {
  private var attempts: [VerificationKey: Attempt] = [:]

  private struct Attempt: Sendable {
    var isUnderWay = false
    /// Failures in a row.
    var failures = 0
    /// Unix seconds.
    var nextAt: UInt64 = 0
  }

  /// The longest wait between two requests to a witness that does not answer, in seconds.
  private static let longestWait: UInt64 = 16

  /// Whether the witness may be asked now; it then is.
  mutating func begin(_ witness: VerificationKey, at time: UInt64) -> Bool {
    let attempt = attempts[witness] ?? Attempt()
    guard !attempt.isUnderWay, time >= attempt.nextAt else { return false }
    attempts[witness, default: Attempt()].isUnderWay = true
    return true
  }

  mutating func succeeded(_ witness: VerificationKey) { attempts[witness] = nil }

  mutating func failed(_ witness: VerificationKey, at time: UInt64) {
    var attempt = attempts[witness] ?? Attempt()
    attempt.isUnderWay = false
    attempt.nextAt = time + min(Self.longestWait, 1 << UInt64(min(attempt.failures, 10)))
    attempt.failures += 1
    attempts[witness] = attempt
  }

  /// Forgets witnesses that are asked no more, unless they are being asked.
  mutating func keep(_ isKept: (VerificationKey) -> Bool) {
    attempts = attempts.filter { witness, attempt in attempt.isUnderWay || isKept(witness) }
  }
}
