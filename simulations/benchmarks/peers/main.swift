import Simulator

// Times the work that other federated learning frameworks were timed with, and prints one line of
// JSON for one thread and one for two.
//
//   swift run -c release peers-benchmark [clients] [rounds] [threads]

let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let clients = numbers.first ?? 100
let rounds = numbers.dropFirst().first ?? 42
for threads in numbers.dropFirst(2).first.map({ [$0] }) ?? [1, 2] {
  print(try await PeersBenchmark(clients: clients, rounds: rounds, threads: threads).run())
}
