import CryptoPrimitives
import RingArithmetic
import SecureAggregation

/// One round in which every client and the coordinator are the real ones, on one thread.
struct BenchmarkRound {
  let name: String
  let clientCount: Int
  let dimension: Int
  let ringBits: Int
  /// Share of the clients that share but send no input.
  let dropoutShare: Double
  var rule = ThresholdRule.agreement
  /// Whether clients have met each other before and remember certificates.
  var remembersCertificates = false

  /// CPU time of one round.
  struct Figures {
    /// Of the median client, by step, in milliseconds.
    var clientSteps: [(name: String, milliseconds: Double)] = []
    /// Of the coordinator without the opening, in seconds.
    var ingestSteps: [(name: String, milliseconds: Double)] = []
    var ingestSeconds: Double { ingestSteps.reduce(0) { $0 + $1.milliseconds } / 1e3 }
    /// By the number of threads: wall and CPU seconds of the opening.
    var openings: [(threads: Int, wallSeconds: Double, cpuSeconds: Double)] = []
    /// Bytes that one client sends and receives, vector apart.
    var controlBytes = 0
    var vectorBytes = 0
    var isExact = false

    var clientMilliseconds: Double { clientSteps.reduce(0) { $0 + $1.milliseconds } }
    var serverSeconds: Double { ingestSeconds + (openings.first?.cpuSeconds ?? 0) }
  }

  func run() async throws -> (Figures, GraphParameters) {
    let federation = try BenchmarkFederation(self)
    var server = federation.makeServer()
    let clients = federation.clients
    var figures = Figures()
    var tally = Tally()
    let dropped = Int(dropoutShare * Double(clientCount))
    let modulus = federation.config.modulus
    var expected = RingVector(zeros: dimension, modulus: modulus)
    var deliveries = CohortSet(0..<clientCount, cohortSize: clientCount)
    var message: (Int) -> [UInt8]? = { [config = server.configMessage] _ in config }

    for step in RoundStep.allCases {
      let time = federation.config.deadline(of: step) - 1
      for index in deliveries.indices {
        if step == .input && index >= clientCount - dropped { continue }
        let delivery = tally.server {
          step == .advertise ? message(index) : server.message(for: index)
        }
        guard let delivery else { continue }
        var contribution: RingVector?
        if step == .input {
          contribution = federation.contribution(of: index)
          expected.add(federation.contribution(of: index))
        }
        guard
          let answer = tally.client({
            clients[index].answer(delivery, contribution: &contribution, at: time)
          })
        else { continue }
        let bytes = answer.bytes
        figures.controlBytes += delivery.count + bytes.count - answer.vectorByteCount
        figures.vectorBytes = max(figures.vectorBytes, answer.vectorByteCount)
        let verdict = tally.server { server.received(bytes, at: time) }
        guard verdict == .accepted else { throw BenchmarkFailure(description: "\(verdict)") }
      }
      tally.finish(step)
      message = { _ in nil }
      deliveries = try close(&server, federation, &tally) ?? deliveries
    }
    figures.clientSteps = tally.steps
    figures.ingestSteps = tally.serverSteps
    figures.controlBytes /= clientCount
    guard let opening = server.makeOpening() else {
      throw BenchmarkFailure(description: "nothing to open")
    }
    for threads in [1, 2] {
      let wall = ContinuousClock.now
      let cpu = processCPUSeconds()
      let sum = try await opening.open(threads: threads)
      figures.openings.append(
        (threads, seconds(wall.duration(to: .now)), processCPUSeconds() - cpu))
      figures.isExact = sum.vector == expected
      guard figures.isExact else { throw BenchmarkFailure(description: "the sum is wrong") }
    }
    return (figures, federation.config.graphParameters(cohortSize: clientCount))
  }

  private func close(
    _ server: inout AggregationServer, _ federation: BenchmarkFederation, _ tally: inout Tally
  ) throws -> CohortSet? {
    var receivers: CohortSet?
    for action in tally.server({ server.close() }) {
      switch action {
      case .requestReveals(let request):
        for witness in federation.witnesses {
          let answer = try witness.machine.reveal(request, isLogged: true)
          _ = tally.server { server.received(answer.message, at: 0) }
        }
        receivers = try close(&server, federation, &tally)
      case .requestCosignatures(let request):
        for witness in federation.witnesses {
          let answer = try witness.machine.cosign(request)
          _ = tally.server { server.received(answer.message, at: 0) }
        }
      case .deliver(_, let clients): receivers = clients
      case .open: break
      case .end(let error): throw error
      }
    }
    return receivers
  }
}

struct BenchmarkFailure: Error, CustomStringConvertible {
  let description: String
}

/// CPU time by who spent it.
struct Tally {
  /// Of each client in the current step.
  private var clientSeconds: [Double] = []
  private(set) var steps: [(name: String, milliseconds: Double)] = []
  /// Of the coordinator, the message and the closing of each step included.
  private(set) var serverSteps: [(name: String, milliseconds: Double)] = RoundStep.allCases.map {
    ("\($0)", 0)
  }

  mutating func client<Result>(_ body: () -> Result) -> Result {
    let start = processCPUSeconds()
    defer { clientSeconds.append(processCPUSeconds() - start) }
    return body()
  }

  mutating func server<Result>(_ body: () -> Result) -> Result {
    let start = processCPUSeconds()
    defer {
      serverSteps[min(steps.count, serverSteps.count - 1)].milliseconds +=
        1e3 * (processCPUSeconds() - start)
    }
    return body()
  }

  /// Ends a step: its figure is the median client's.
  mutating func finish(_ step: RoundStep) {
    let sorted = clientSeconds.sorted()
    steps.append(("\(step)", sorted.isEmpty ? 0 : 1e3 * sorted[sorted.count / 2]))
    clientSeconds = []
  }
}
