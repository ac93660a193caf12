import CryptoPrimitives
import TransparencyLog

/// The rule by which `body` is refused; nil if it is not.
func refusal(_ body: () throws(LogRefusal) -> Void) -> String? {
  do throws(LogRefusal) {
    try body()
    return nil
  } catch {
    return error.rule
  }
}

extension [UInt8] {
  /// This with the lowest, the highest or another bit of one byte changed.
  func changed(at position: Int) -> [[UInt8]] {
    [UInt8(1), 0x10, 0x80].map { bit in
      var changed = self
      changed[position] ^= bit
      return changed
    }
  }
}

extension [Bytes32] {
  /// Every way to leave one node out, to write one twice, and to exchange two; also one with a node more.
  var variations: [[Bytes32]] {
    var variations = [self + [Bytes32()], [Bytes32()] + self]
    for index in indices {
      var shorter = self
      shorter.remove(at: index)
      variations.append(shorter)
      var longer = self
      longer.insert(self[index], at: index)
      variations.append(longer)
      for other in indices.dropFirst(index + 1) where self[index] != self[other] {
        var exchanged = self
        exchanged.swapAt(index, other)
        variations.append(exchanged)
      }
    }
    return variations
  }
}
