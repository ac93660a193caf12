@testable import SecureAggregation

extension PlayedRound {
  /// Plays one step in which clients may send something else than what their machines made.
  ///
  /// - Parameter instead: The messages that a client sends, from its index and its machine's message.
  /// - Returns: What the coordinator said to each message of each client.
  @discardableResult
  func play(
    dropping dropped: Set<Int> = [], instead: (Int, [UInt8]) throws -> [[UInt8]]
  ) throws -> [Int: [ServerVerdict]] {
    var verdicts: [Int: [ServerVerdict]] = [:]
    var failure: (any Error)?
    let time = federation.time(of: step ?? .advertise)
    play(
      dropping: dropped,
      transform: { index, own in
        do {
          let messages = try instead(index, own)
          for message in messages {
            verdicts[index, default: []].append(server.received(message, at: time))
          }
          // It was handed in already: the second time it has no effect.
          return messages.last ?? []
        } catch {
          failure = error
          return []
        }
      })
    if let failure { throw failure }
    return verdicts
  }

  /// A message that a client signs, whatever is in it.
  func signed(_ content: some MessageContent, by index: Int) -> [UInt8] {
    federation.identities[index].message(content)
  }
}

extension ServerVerdict {
  /// With which code a message was refused.
  var refusal: AbortCode? {
    guard case .refused(let error) = self else { return nil }
    return error.code
  }
}
