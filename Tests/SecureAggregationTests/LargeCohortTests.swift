import CryptoPrimitives
import ProtocolVectors
import Testing

@testable import SecureAggregation

@Suite struct LargeCohortTests {
  /// A real coordinator and 4,096 clients with d = 64 and 1 % of dropouts.
  ///
  /// Takes some seconds: a few hundred thousand operations on curves.
  @Test func aCohortOfFourThousandIsSummedExactly() async throws {
    let count = 4096
    let federation = try Federation(count, dimension: 64, ringBits: 24, rule: .isolation) {
      $0.collusion = 100
      $0.dropout = 500
    }
    let cohort = ScriptedCohort(federation, dropped: Set((0..<count / 100).map { $0 * 97 }))
    let present = (0..<count).filter { !cohort.dropped.contains($0) }
    var server = federation.server()
    let witnesses = federation.witnesses()
    let time = federation.config.opens

    func take(_ message: [UInt8]) {
      let verdict = server.received(message, at: time)
      #expect(verdict == .accepted)
    }
    func close() throws {
      for action in server.close() {
        for witness in witnesses {
          switch action {
          case .requestReveals(let request):
            take(try witness.witness.reveal(request, isLogged: true).message)
          case .requestCosignatures(let request):
            take(try witness.witness.cosign(request).message)
          case .end(let error): throw error
          case .deliver, .open: break
          }
        }
      }
    }

    for index in 0..<count { take(cohort.advertise(index, server.transcript)) }
    try close()
    try close()
    let sharing = server.sharing
    let connected = try #require(sharing)
    let graph = connected.graph
    for index in 0..<count { take(cohort.shares(index, connected.transcript, graph)) }
    try close()
    let sharers = server.sharing?.sharers
    let shared = try #require(sharers).transcript
    for index in present { take(try cohort.input(index, shared, graph)) }
    try close()
    let survivors = server.consistency?.survivors
    let survived = try #require(survivors).transcript
    for index in present { take(cohort.consistency(index, survived)) }
    try close()
    let released = try cohort.released(graph)
    for index in present { take(cohort.unmask(index, survived, released[index])) }
    try close()

    let opening = server.makeOpening()
    let opened = try await #require(opening).open(threads: 2)
    #expect(opened.survivors.indices == present)
    #expect(opened.vector == federation.sum(over: present))
  }
}
