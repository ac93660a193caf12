import NodeServing
import ClientNode
import CryptoPrimitives
import Foundation
import Logging
import ServiceLifecycle
import Storage
import Testing
import WireProtocol
import WitnessNode

@testable import CoordinatorNode

/// A witness over real sockets, asked as a coordinator asks it.
@Suite(.serialized) struct WitnessServerTests {
  private let world: NodeWorld
  private let files: ServerCertificate.Files

  init() throws {
    world = try NodeWorld()
    files = try ServerCertificate.make(
      hosts: ["localhost", "127.0.0.1"], notBefore: Date(timeIntervalSinceNow: -60),
      lifetime: .seconds(86_400))
  }

  @Test func aWitnessAnswersOverHTTPS() async throws {
    let keys = try CoordinatorKeys(folder: world.folder + "/keys")
    let folder = WitnessFolder(path: world.folder + "/witness")
    try folder.make(
      WitnessFolder.Configuration(
        url: "https://in.process", host: "127.0.0.1", port: 0, pinsCertificate: true,
        coordinator: CoordinatorIntroduction(
          identity: keys.verificationKey, authority: keys.authorityKey,
          log: keys.logKey), chainLength: 8),
      files: files)
    let configuration = try folder.configuration()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let witness = try await folder.open(configuration, logger: logger) {
      UInt64(Date().timeIntervalSince1970)
    }
    let (ports, continuation) = AsyncStream<Int>.makeStream()
    let server = try WitnessServer(
      witness: witness, address: .init(host: "127.0.0.1", port: 0),
      files: folder.serverFiles(configuration), logger: logger
    ) { continuation.yield($0) }
    let group = ServiceGroup(services: [server], logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      var iterator = ports.makeAsyncIterator()
      let port = try #require(await iterator.next())
      let transport = try await HTTPSTransport.connect(
        url: "https://127.0.0.1:\(port)", pin: ServerCertificate.pin(ofPEM: files.certificate))
      #expect(try await transport.read("/healthz", limit: 10) == Array("ok\n".utf8))
      var randomness = RandomStream.system()
      let request = SignedWitnessRequest(
        .standing, to: witness.verificationKey,
        issuedAt: UInt64(Date().timeIntervalSince1970), signedBy: keys.identity,
        randomness: &randomness)
      let reply = try SignedWitnessReply(decoding: try await transport.send(request.encoded))
      let answer = try reply.body(
        of: .standing, to: request.nonce, from: witness.verificationKey
      ).get()
      guard case .standing(let standing) = answer else {
        Issue.record("the answer is of another kind")
        return
      }
      #expect(standing.position == 0 && standing.length == 8)
      #expect(standing.value.description == configuration.anchor)
      // What is no request is refused, and signed all the same.
      let refused = try SignedWitnessReply(decoding: try await transport.send([0xFF]))
      let refusal = try refused.body(of: .standing, to: [], from: witness.verificationKey)
      guard case .failure(let reason) = refusal else {
        Issue.record("garbage was answered")
        return
      }
      #expect(reason.code == .malformed)
      try await transport.close()
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
    try await witness.close()
  }
}
