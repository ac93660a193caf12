import CryptoPrimitives
import Logging
import SecureAggregation
import Storage
import TestSupport
import Testing
import WireProtocol

@testable import ClientNode
@testable import CoordinatorNode

/// Logs and metrics are read by more people than run a coordinator: they say what happened, and to nobody in particular.
@Suite(.serialized, .timeLimit(.minutes(15))) struct DiscreetLogTests {
  /// Two rounds with all that makes a coordinator talk: a full disk, a crash, a thief, a device that is revoked.
  @Test(arguments: Way.allCases) func whatIsLoggedAndCountedNamesNobody(way: Way) async throws {
    let log = CapturedLog()
    let world = try NodeWorld(rounds: 2)
    try await Switchboard.open(
      world, way, crash: (request: 20, before: false), faults: FullDiskAt(.stepClosing),
      logger: log.logger
    ) { switchboard in
      let devices = try await world.joined(switchboard)
      _ = try await world.run(devices, rounds: 2) { await switchboard.tick() }
      // Somebody who has never joined, and one whose join code is another's.
      let stranger = try world.device(7, over: switchboard)
      try await stranger.join(world.code(from: switchboard))
      try await switchboard.coordinator.revoke(stranger.keys.verificationKey)
      await #expect(throws: DeviceError.self) {
        _ = try await stranger.runOnce(TallyWorker(index: 0))
      }
      await switchboard.tick()
      let text = log.text
      for words in ["round stands still", "round recovered", "round committed", "plan done"] {
        #expect(text.contains(words), "the test is to make it happen: \(words)\n\(text)")
      }
      let identities =
        (devices + [stranger]).map { $0.keys.verificationKey.encoding }
        + (try await switchboard.store.devices()).map(\.identity)
      let coordinator = await switchboard.coordinator
      for shown in [text, coordinator.metrics.text] {
        #expect(CapturedLog.named(identities, in: shown).isEmpty, "\(shown)")
      }
      // Of the loopback interface are all who connect here, and the server, which says where it listens.
      let written = log.text(from: .info).split(separator: "\n").filter {
        !$0.contains("Server started and listening on")
      }
      for line in written + coordinator.metrics.text.split(separator: "\n") {
        for address in ["127.0.0.1", "::1", "localhost"] {
          #expect(!line.contains(address), "\(line)")
        }
      }
      let (first, refused) = (
        try #require(identities.first), StorageError.deviceRevoked.description
      )
      #expect(CapturedLog.named([first], in: "device \(first) \(refused)") == [first])
      #expect(CapturedLog.named([first], in: refused).isEmpty)
    }
  }
}
