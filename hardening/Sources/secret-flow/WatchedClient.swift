import CMemcheck
import CryptoPrimitives
import RingArithmetic
import SecureAggregation

/// A client whose random draws and contribution are secret to memcheck.
///
/// What it sends is published, and so are the fields of its own state: they hold public keys, numbers and
/// references. Its secrets lie elsewhere, in guarded memory, and stay secret.
final class WatchedClient {
  private var machine: AggregationClient
  private var random = RandomStream(source: SecretSource())

  init(_ machine: consuming AggregationClient) { self.machine = machine }

  func answer(_ message: [UInt8], contribution: RingVector?, at time: UInt64) -> [UInt8]? {
    var actions = machine.received(message, at: time, randomness: &random)
    if case .provideContribution? = actions.last, var vector = contribution {
      vector.perturb { words in
        unsafe words.withUnsafeBytes { unsafe mark_secret($0.baseAddress, $0.count) }
      }
      actions = machine.contribute(vector, at: time)
    }
    unsafe withUnsafePointer(to: &machine) {
      unsafe mark_public($0, MemoryLayout<AggregationClient>.size)
    }
    for action in actions {
      switch action {
      case .send(let bytes): return published(bytes)
      case .upload(let input): return published(input.encoded)
      case .abort(let error, _): fatalError("\(error)")
      case .record, .note, .provideContribution: continue
      }
    }
    return nil
  }

  private func published(_ bytes: [UInt8]) -> [UInt8] {
    unsafe bytes.withUnsafeBytes { unsafe mark_public($0.baseAddress, $0.count) }
    return bytes
  }
}
