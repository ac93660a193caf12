import CMemcheck
import CryptoPrimitives
import RingArithmetic
import SecureAggregation

/// A round in which no client may branch on a secret; memcheck watches.
///
/// All that clients draw and contribute counts as undefined memory, and whatever is computed from it, too.
/// Memcheck then reports each branch and each address that depends on it. What clients send is defined
/// again: it is published.
@main
enum SecretFlow {
  static let clientCount = 5
  static let dropped: Set<Int> = [4]

  static func main() throws {
    guard runs_under_memcheck() != 0 else { fatalError("run me with scripts/secret-flow") }
    checkMarks(branches: CommandLine.arguments.contains("--branch"))
    let federation = try WatchedFederation(clientCount: clientCount)
    var server = federation.makeServer()
    var messages: [Int: [UInt8]] = [:]
    for index in 0..<clientCount { messages[index] = server.configMessage }
    for step in RoundStep.allCases {
      let time = federation.config.deadline(of: step) - 1
      for (index, message) in messages.sorted(by: { $0.key < $1.key }) {
        if step == .input && dropped.contains(index) { continue }
        let contribution = RingVector(
          zeros: federation.config.dimension, modulus: federation.config.modulus)
        guard
          let answer = federation.clients[index].answer(
            message, contribution: step == .input ? contribution : nil, at: time)
        else { continue }
        let verdict = server.received(answer, at: time)
        precondition(verdict == .accepted, "\(verdict)")
      }
      messages = [:]
      // The coordinator knows no secret; unused bytes of its values lie where secrets were.
      let actions = server.close()
      unsafe actions.withUnsafeBytes { unsafe mark_public($0.baseAddress, $0.count) }
      for action in actions {
        switch action {
        case .deliver(_, let receivers):
          for index in receivers.indices { messages[index] = server.message(for: index) }
        case .end(let error): throw error
        case .open, .requestReveals, .requestCosignatures: break
        }
      }
    }
    precondition(server.makeOpening() != nil, "the round did not come to its end")
    print("a round of \(clientCount) clients was played to its end")
  }

  /// Without this, a run in which nothing is marked would look clean.
  ///
  /// - Parameter branches: Whether to branch on a secret, which memcheck has to report.
  private static func checkMarks(branches: Bool) {
    var random = RandomStream(source: SecretSource())
    var word = random.nextWord()
    precondition(unsafe is_secret_word(&word) == 1, "what is drawn is not marked as secret")
    if branches && word > .max / 2 { print("the secret is large") }
  }
}
