import Behavior
import CryptoPrimitives
import DeviceProfiling
import Foundation
import SilhouetteClient
import Storage
import Synchronization
import TestSupport
import Testing
import WireProtocol
import WireTap

@testable import ClientNode
@testable import CoordinatorNode

/// What stands in events is on the device only: strings that are planted there turn up nowhere else.
@Suite(.serialized) struct PlantedEventTests {
  /// All that devices have sent, one after another.
  private final class Sent: Sendable {
    private let bytes = Mutex<[UInt8]>([])
    var all: [UInt8] { bytes.withLock { $0 } }
    func append(_ more: [UInt8]) { bytes.withLock { $0 += more } }
  }

  private static let word = "planted4d1c7e"

  /// Adds the file of a user whose name is planted, with items that no catalogue has.
  private func plant(in session: DeviceSession, _ user: Int, _ world: PlannedWorld) async throws {
    let known = world.population.catalogue.items[0].id
    let rows = (0..<5).map {
      "\(Self.word)-user-\(user),\(Self.word)-item-\($0),view,170000000\($0)"
    }
    let path = world.folder + "/planted-\(user).csv"
    let text = (["user,item,kind,time", "\(Self.word)-user-\(user),\(known),view,1"] + rows)
      .joined(separator: "\n")
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    #expect(try await session.events.importCSV(path, now: Int64(PlannedWorld.now())).added >= 5)
  }

  @Test func whatAnEventSaysLeavesTheDeviceInNoForm() async throws {
    let world = try PlannedWorld()
    let log = CapturedLog()
    let (coordinator, store) = try await world.coordinator(logger: log.logger)
    let hash = Blake2b.digest(world.document)
    let planted = PlantedStrings([Self.word])
    let sent = Sent()
    try await world.serving(coordinator, .overHTTPS) { transport, url, pin in
      let tap = try TappedTransport(transport, keys: world.folder + "/keys", record: sent.append)
      let shelf = PlanShelf()
      var sessions: [DeviceSession] = []
      for user in 0..<PlannedWorld.devices {
        let session = try await world.device(user, over: tap, shelf: shelf)
        try await plant(in: session, user, world)
        try await session.node.join(try await world.code(from: coordinator, url: url, pin: pin))
        sessions.append(session)
      }
      try await PlannedRoundsTests.finish(sessions, store, plan: hash)
      for session in sessions {
        try await session.node.refreshServedModel()
        #expect(try await session.recommendations(5).count == 5)
      }
      for path in ["/metrics", "/healthz", "/v1/coordinator", "/v1/log/head"] {
        let answer = try await transport.read(path, limit: 1 << 20)
        #expect(!answer.isEmpty && planted.found(in: answer).isEmpty, "\(path)")
      }
      #expect(sent.all.count > 10_000 && planted.found(in: sent.all).isEmpty)
      // Whoever does send such a string is caught, although its requests are sealed.
      let before = sent.all.count
      _ = try? await sessions[0].node.ask(.stepMessage(Array("an item: \(Self.word)".utf8)))
      let leak = sent.all.dropFirst(before)
      #expect(planted.found(in: leak) == [Self.word])
      for session in sessions { try await session.close() }
    }
    #expect(log.text.contains("round committed") && planted.found(in: log.text.utf8).isEmpty)
    try store.close()
    #expect(try planted.files(in: world.folder + "/store").isEmpty)
    for user in 0..<PlannedWorld.devices {
      #expect(try planted.files(in: world.folder + "/device-\(user)").isEmpty)
    }
    // The search of folders finds what is there.
    #expect(try planted.files(in: world.folder).sorted().first == "planted-0.csv")
  }

  /// At every place in a group of three bytes, and with anything around it.
  @Test(arguments: 0..<6)
  func aStringIsFoundInEveryForm(before: Int) {
    let planted = PlantedStrings([Self.word, "another"])
    let whole = String(repeating: "~", count: before) + Self.word + "?"
    let digits = whole.utf8.map { String(format: "%02x", $0) }.joined()
    for text in [whole, digits, digits.uppercased(), Data(whole.utf8).base64EncodedString()] {
      #expect(planted.found(in: text.utf8) == [Self.word], "\(text)")
      #expect(planted.found(in: [0, 0xff] + text.utf8 + [0xc3]) == [Self.word])
    }
    let other = whole.replacing("4d", with: "4e")
    #expect(planted.found(in: other.utf8).isEmpty)
    #expect(planted.found(in: Data(other.utf8).base64EncodedString().utf8).isEmpty)
  }
}
