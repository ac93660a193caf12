import CryptoPrimitives
import RingArithmetic

@testable import SecureAggregation

/// A round with the real coordinator, in which some clients do something else than their machine says.
final class ServedRound {
  let enrollment: Enrollment
  let config: RoundConfig
  var server: AggregationServer
  let devices: [Device]
  /// What a client sends in place of the message that its machine made.
  var tamper: (_ kind: MessageKind, _ index: Int, _ message: [UInt8]) throws -> [[UInt8]] = {
    [$2]
  }

  private(set) var verdicts: [MessageKind: [Int: [ServerVerdict]]] = [:]
  private(set) var end: ProtocolError?

  init(_ enrollment: Enrollment, _ terms: RoundTerms, size: Int) throws {
    self.enrollment = enrollment
    config = try RoundConfig(terms)
    server = AggregationServer(
      config: config, identity: enrollment.coordinator, revocations: RevocationList(),
      certificates: enrollment.verifier)
    let setup = Device.Setup(
      policy: enrollment.policy, circumstances: enrollment.circumstances)
    devices = try (0..<size).map {
      Device(
        enrollment, $0, setup, contribution: enrollment.contribution(of: $0, try RoundConfig(terms))
      )
    }
  }

  static let answers: [MessageKind] = [.advertise, .shares, .input, .consistency, .unmask]

  /// Plays all steps, or up to the answers of a kind, whose step is then left open.
  func play(to last: MessageKind = .unmask, without absent: [MessageKind: Set<Int>] = [:]) throws {
    for (step, kind) in Self.answers.enumerated() {
      let time = Enrollment.deadlines[step] - 10
      for index in devices.indices where absent[kind]?.contains(index) != true {
        let message = step == 0 ? server.configMessage : server.message(for: index)
        guard let message, let answer = devices[index].answer(message, at: time).message else {
          continue
        }
        for bytes in try tamper(kind, index, answer) {
          verdicts[kind, default: [:]][index, default: []]
            .append(server.received(bytes, at: time))
        }
      }
      if kind == last { return }
      for action in server.close() {
        if case .end(let error) = action {
          end = error
          return
        }
      }
    }
  }

  func close() { for case .end(let error) in server.close() { end = error } }

  func open() async throws(ProtocolError) -> OpenedSum {
    close()
    if let end { throw end }
    guard let opening = server.makeOpening() else { throw ProtocolError(.outOfOrder, "open") }
    return try await opening.open(threads: 2)
  }

  func trueSum(of indices: some Sequence<Int>) -> RingVector {
    var sum = RingVector(zeros: config.dimension, modulus: config.modulus)
    for index in indices { sum.add(devices[index].contribution) }
    return sum
  }

  /// A message that a client signs, whatever is in it.
  func signed<Content: MessageContent>(_ content: Content, by member: Int) -> [UInt8] {
    Signed(content, by: enrollment.deviceKey(member)).encoded
  }

  func refusal(_ kind: MessageKind, _ index: Int, _ place: Int = 0) -> AbortCode? {
    guard let list = verdicts[kind]?[index], list.indices.contains(place),
      case .refused(let error) = list[place]
    else { return nil }
    return error.code
  }
}
