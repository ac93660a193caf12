import CryptoPrimitives
import ProtocolVectors
import RingArithmetic
import Testing

@testable import SecureAggregation

/// A round played in memory between real clients, witnesses and a real coordinator.
///
/// Clients have the cohort indices of their places, for they advertise in order.
final class PlayedRound {
  let federation: Federation
  var server: AggregationServer
  let clients: [ClientBox]
  private let witnesses: [WitnessBox]
  /// Who is still there.
  private(set) var present: Set<Int>
  /// What the coordinator has for each client in the current step.
  private(set) var deliveries: [Int: [UInt8]]
  private(set) var step: RoundStep? = .advertise
  /// Answers of clients, by step and index.
  private(set) var answers: [RoundStep: [Int: PlayedClient.Answer]] = [:]
  private(set) var end: ProtocolError?

  init(_ federation: Federation, client: ((Int) -> PlayedClient)? = nil) {
    self.federation = federation
    server = federation.server()
    clients = (0..<federation.clientCount).map { index in
      ClientBox(client?(index) ?? federation.client(index))
    }
    witnesses = federation.witnesses()
    present = Set(clients.indices)
    let config = server.configMessage
    deliveries = Dictionary(uniqueKeysWithValues: clients.indices.map { ($0, config) })
  }

  /// Plays one step: `dropped` clients are silent from now on, the others answer.
  ///
  /// - Parameter order: In which order answers reach the coordinator.
  /// - Parameter transform: What becomes of an answer on its way.
  func play(
    dropping dropped: Set<Int> = [], order: ([Int]) -> [Int] = { $0 },
    transform: (Int, [UInt8]) -> [UInt8] = { $1 }
  ) {
    guard let step, end == nil else { return }
    present.subtract(dropped)
    let time = federation.time(of: step)
    var messages: [Int: [UInt8]] = [:]
    for index in deliveries.keys.sorted() where present.contains(index) {
      guard let delivery = deliveries[index] else { continue }
      let answer = clients[index].client.answer(delivery, at: time)
      answers[step, default: [:]][index] = answer
      messages[index] = answer.message
    }
    for index in order(messages.keys.sorted()) {
      guard let message = messages[index] else { continue }
      _ = server.received(transform(index, message), at: time)
    }
    close()
  }

  /// Closes the step at the coordinator.
  func close() {
    guard let current = step else { return }
    step = RoundStep(rawValue: current.rawValue + 1)
    deliveries = [:]
    perform(server.close())
  }

  private func perform(_ actions: [ServerAction]) {
    for action in actions {
      switch action {
      case .requestReveals(let request):
        for witness in witnesses {
          guard let answer = try? witness.witness.reveal(request, isLogged: true) else { continue }
          _ = server.received(answer.message, at: 0)
        }
        perform(server.close())
      case .requestCosignatures(let request):
        for witness in witnesses {
          guard let answer = try? witness.witness.cosign(request) else { continue }
          _ = server.received(answer.message, at: 0)
        }
      case .deliver(_, let receivers):
        for index in receivers.indices { deliveries[index] = server.message(for: index) }
      case .open: break
      case .end(let error): end = error
      }
    }
  }

  /// Plays all steps that are left.
  func playOn(dropping drops: [RoundStep: Set<Int>] = [:]) {
    while let step, end == nil { play(dropping: drops[step] ?? []) }
  }

  /// The opened sum, or why there is none.
  func outcome(threads: Int = 1) async -> Result<OpenedSum, ProtocolError> {
    if let end { return .failure(end) }
    guard let opening = server.makeOpening() else {
      return .failure(ProtocolError(.outOfOrder, "opening"))
    }
    do throws(ProtocolError) {
      return .success(try await opening.open(threads: threads))
    } catch {
      return .failure(error)
    }
  }
}

final class ClientBox {
  var client: PlayedClient
  init(_ client: consuming PlayedClient) { self.client = client }
}
