import CryptoPrimitives
import FederatedRounds
import SeededRandomness
import Testing

/// When devices come.
@Suite struct PacingTests {
  /// Devices that check in whenever they are told to, from some moment after a round on.
  @Test(
    arguments: [(30, 3_600, 0), (30, 3_600, 100), (30, 3_600, 86_400), (1, 2, 50), (60, 60, 600)]
      as [(UInt32, UInt32, UInt32)])
  func whoIsAlwaysThereComesInTime(shortest: UInt32, longest: UInt32, pause: UInt32) {
    let pacing = Pacing(shortest: shortest, longest: longest)
    var randomness = RandomStream.seeded(4, label: "pacing")
    let opening: UInt64 = 1_800_000_000
    var latest: UInt64 = 0
    for _ in 0..<500 {
      let device = SigningKey(random: &randomness).verificationKey
      var time = opening - UInt64(pause) + randomness.nextBelow(UInt64(pause) + 1)
      while time < opening {
        let isKnown = pause > 0
        time += UInt64(pacing.wait(of: device, at: time, opening: isKnown ? opening : nil))
      }
      latest = max(latest, time - opening)
    }
    let limit = UInt64(pacing.mostLateness(pause: pause))
    #expect(latest <= limit)
    // It is what happens, not much more.
    if pause > 0 { #expect(2 * latest + 2 >= limit, "\(latest) of \(limit)") }
  }
}
