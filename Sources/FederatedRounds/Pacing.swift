package import CryptoPrimitives

/// When devices that are not needed now come again.
package struct Pacing: Sendable, Equatable {
  /// The least time between two check-ins of a device, in seconds.
  package let shortest: UInt32
  /// The longest.
  package let longest: UInt32

  /// - Range: 1 <= `shortest` <= `longest`.
  package init(shortest: UInt32, longest: UInt32) {
    precondition(shortest >= 1 && shortest <= longest)
    self.shortest = shortest
    self.longest = longest
  }

  /// The seconds until a device's next check-in.
  ///
  /// Devices are spread over the window between the next opening and half as long again, so that they
  /// do not come all at once; the place in it follows from device and opening.
  /// - Parameter opening: when the next round opens, if that is known; Unix seconds.
  package func wait(
    of device: VerificationKey, at time: UInt64, opening: UInt64?
  ) -> UInt32 {
    let base = opening.map { $0 > time ? $0 - time : 0 } ?? UInt64(shortest)
    let least = min(max(base, UInt64(shortest)), UInt64(longest))
    let spread = max(1, min(least / 2 + 1, UInt64(longest) - least + 1))
    var seed = device.encoding.bytes
    seed.append(littleEndian: opening ?? time)
    let draw = Blake2b.digest(seed).bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return UInt32(least + draw % spread)
  }

  /// How long after a round opens the last of the devices checks in that are always within reach, in seconds.
  ///
  /// - Formula: a wait that begins r before the opening ends at most max(r, `shortest`) / 2 after
  ///   max(r, `shortest`), and r is no longer than the time between rounds or `longest`.
  /// - Parameter pause: from the end of a round to the opening of the next, in seconds.
  package func mostLateness(pause: UInt32) -> UInt32 {
    min(longest, max(shortest + shortest / 2, min(pause, longest) / 2))
  }
}
