import ProtocolVectors
import Testing
import TestSupport

@testable import CryptoPrimitives
@testable import SecureAggregation

/// Secrets leave no trace: not in memory after the round, not in anything that can be printed.
@Suite struct SecrecyTests {
  /// Addresses and contents of a client's round secrets.
  private func secrets(_ client: borrowing PlayedClient) -> [(address: Int, bytes: [UInt8])] {
    var found: [(address: Int, bytes: [UInt8])] = []
    switch client.machine.secrets {
    case .some(let secrets):
      found.append(place(secrets.maskKey.bytes))
      switch secrets.selfMask {
      case .some(let selfMask): found.append(place(selfMask.bytes))
      case nil: break
      }
    case nil: break
    }
    return found
  }

  private func place(_ secret: borrowing SecretBytes) -> (address: Int, bytes: [UInt8]) {
    (unsafe Int(bitPattern: secret.pointer(at: 0)), secret.contents)
  }

  /// Whether the memory at an address still holds the bytes; the pool never unmaps it.
  private func isLeft(_ secret: (address: Int, bytes: [UInt8])) -> Bool {
    guard let memory = unsafe UnsafePointer<UInt8>(bitPattern: secret.address) else { return false }
    let now = unsafe Array(UnsafeBufferPointer(start: memory, count: secret.bytes.count))
    return now == secret.bytes
  }

  @Test func secretsAreZeroedWhenTheRoundIsDone() throws {
    let round = PlayedRound(try Federation(4))
    for _ in 0..<4 { round.play() }
    let kept = secrets(round.clients[1].client)
    #expect(kept.count == 2 && kept.allSatisfy { isLeft($0) })
    round.play()
    #expect(round.clients[1].client.machine.state == .done)
    #expect(!kept.contains { isLeft($0) })
  }

  @Test func secretsAreZeroedWhenTheClientAborts() throws {
    let round = PlayedRound(try Federation(4))
    round.play()
    round.play()
    let kept = secrets(round.clients[1].client)
    #expect(kept.count == 2 && kept.allSatisfy { isLeft($0) })
    let answer = round.clients[1].client.answer([1, 2, 3], at: 0)
    #expect(answer.code == .truncated)
    #expect(!kept.contains { isLeft($0) })
  }

  #if os(Linux)
    /// Reconstructed secrets of others are gone once the sum is open.
    @Test func noCopyOfAReconstructedSecretIsLeftInMemory() async throws {
      // Secrets of its own: other tests play other federations at the same time.
      let round = PlayedRound(try Federation(5, seed: 7_000))
      for _ in 0..<2 { round.play() }
      round.play(dropping: [4])
      // The dropped client's mask key is what the coordinator will reconstruct.
      let complement = complementOfMaskKey(round.clients[4].client)
      #expect(try MemoryScan.copies(ofComplementOf: complement) == 1)
      round.playOn()
      _ = try await round.outcome(threads: 2).get()
      _ = round.clients[4].client.timePassed(to: .max)
      #expect(try MemoryScan.copies(ofComplementOf: complement) == 0)
    }

    private func complementOfMaskKey(_ client: borrowing PlayedClient) -> [UInt8] {
      switch client.machine.secrets {
      case .some(let secrets):
        secrets.maskKey.bytes.withBytes { bytes in
          bytes.byteOffsets.map { unsafe ~bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
        }
      case nil: []
      }
    }
  #endif

  @Test func nothingThatPrintsShowsASecret() throws {
    let federation = try Federation(4)
    let round = PlayedRound(federation)
    var text = ""
    for _ in 0..<2 { round.play() }
    let known = secrets(round.clients[0].client).map(\.bytes)
    #expect(known.count == 2)
    let delivery = try #require(round.deliveries[0])
    dump(round.clients[0].client.actions(for: delivery, at: federation.time(of: .input)), to: &text)
    dump(round.clients[0].client.machine.abort(ProtocolError(.boxRejected, "test")), to: &text)
    dump(round.clients[0].client.records, to: &text)
    dump(federation.identities[0], to: &text)
    for code in AbortCode.allCases { text += "\(ProtocolError(code, "place"))" }
    for secret in known {
      #expect(!text.contains(hexadecimal(secret)))
      #expect(!text.contains(secret.prefix(6).map(String.init).joined(separator: ", ")))
      #expect(!text.contains(secret.prefix(6).map { "- \($0)" }.joined(separator: "\n")))
    }
    #expect(text.count > 1000)
  }

  @Test func everyCodeExplainsItselfInItsOwnWords() {
    let texts = AbortCode.allCases.map(\.explanation)
    #expect(Set(texts).count == texts.count)
    #expect(texts.allSatisfy { !$0.isEmpty })
  }
}
