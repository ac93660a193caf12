internal import CryptoPrimitives
internal import Foundation
internal import NumericalMethods
internal import PrivacyMechanisms
internal import ProfileModel
internal import SeededRandomness

/// The work that other frameworks were timed with, on this product's own layers and path.
///
/// 943 users with 100 ratings each of 1,682 items; item vectors of 32 numbers, a layer from 64 to 32,
/// one logit: 55,937 shared parameters, and a vector of 32 that stays with each user. A device takes
/// one epoch of SGD in batches of 32; its change is clipped to norm 1 and added to the sum, and the
/// coordinator adds discrete Gaussian noise of standard deviation 1.
package struct PeersBenchmark: Sendable {
  package let clients: Int
  package let rounds: Int
  package let threads: Int
  private let users = 943
  private let items = 1682
  private let ratings = 100

  /// - Parameter rounds: those that are timed; two more come first.
  package init(clients: Int, rounds: Int, threads: Int) {
    self.clients = clients
    self.rounds = rounds
    self.threads = threads
  }

  /// One user's ratings.
  private struct Device: Sendable {
    var items: [Int32]
    var labels: [Float]
    var user: [Float]
  }

  /// What one thread works in.
  private struct State: Sendable {
    var learner: PreferenceLearner
    var sum: ContributionSum
    var update = SparseUpdate(ranges: [], values: [])
    var trained: [(Int, [Float])] = []
    var loss = 0.0
    var noiseSeconds = 0.0
  }

  /// Runs all rounds and returns one line of JSON.
  package func run() async throws -> String {
    let model = PreferenceModel(itemCount: items, width: 32, hidden: 32)
    let mechanism = try ContributionMechanism(
      ContributionMechanism.Request(
        dimension: model.layout.count, clipNorm: 1, maximumCohort: clients, ringBits: 32,
        noiseMultiplier: 1))
    var devices = makeDevices()
    var parameters = model.layout.initialValues(seed: 1)
    let workers = Workers(count: threads)
    var generator = DeterministicGenerator(seed: 3)
    let clock = ContinuousClock()
    var (start, startCPU) = (clock.now, PhaseClock.processCPUSeconds())
    var losses: [Double] = []
    var deviceCPU = 0.0
    for number in 0..<(rounds + 2) {
      if number == 2 { (start, startCPU) = (clock.now, PhaseClock.processCPUSeconds()) }
      let cohort = devices.indices.shuffled(using: &generator).prefix(clients)
      let figures = try await round(
        number, Array(cohort), model, mechanism, workers, &devices, &parameters)
      losses.append(figures.loss)
      if number >= 2 { deviceCPU += figures.deviceCPU }
    }
    let wall = start.duration(to: clock.now) / .seconds(1)
    let cpu = PhaseClock.processCPUSeconds() - startCPU
    let updates = Double(clients * rounds)
    let figures: [(String, Double)] = [
      ("d", Double(model.layout.count)), ("clients", Double(clients)), ("rounds", Double(rounds)),
      ("threads", Double(threads)), ("wall_s", wall), ("cpu_s", cpu),
      ("cpu_ms_per_update", 1000 * cpu / updates),
      ("device_cpu_ms_per_update", 1000 * deviceCPU / updates), ("updates_per_s", updates / wall),
      ("peak_rss_mb", Double(PhaseClock.peakMemoryBytes()) / 1_048_576),
      ("loss_first", losses.first ?? 0), ("loss_last", losses.last ?? 0),
    ]
    return "{\"bench\": \"silhouette\", "
      + figures.map { "\"\($0.0)\": \((1e4 * $0.1).rounded() / 1e4)" }.joined(separator: ", ")
      + "}"
  }

  private func round(
    _ number: Int, _ cohort: [Int], _ model: PreferenceModel, _ mechanism: ContributionMechanism,
    _ workers: Workers, _ devices: inout [Device], _ parameters: inout [Float]
  ) async throws -> (loss: Double, deviceCPU: Double) {
    let (given, all) = (parameters, devices)
    let outcome = try await workers.forEach(
      cohort.count + 1,
      state: { State(learner: PreferenceLearner(model, batch: 32), sum: mechanism.makeSum()) }
    ) { state, position in
      guard position > 0 else {
        var noise = RandomStream.seeded(2, label: "peers noise", index: UInt64(number))
        let start = Workers.threadCPUSeconds()
        mechanism.drawCoordinatorNoise(to: &state.sum, noise: &noise)
        state.noiseSeconds = Workers.threadCPUSeconds() - start
        return
      }
      let index = cohort[position - 1]
      var user = all[index].user
      state.loss += try state.learner.train(
        items: all[index].items, labels: all[index].labels, user: &user, given: given, rate: 0.1,
        update: &state.update.values)
      state.learner.ranges(all[index].items, into: &state.update.ranges)
      var randomness = RandomStream.seeded(
        1, label: "peers", index: UInt64(number * users + index))
      try mechanism.contributeDeferringNoise(
        state.update, to: &state.sum, randomness: &randomness)
      state.trained.append((index, user))
    }
    var total = mechanism.makeSum()
    var loss = 0.0
    var deviceCPU = outcome.cpuSeconds
    for state in outcome.states {
      total.merge(state.sum)
      loss += state.loss
      deviceCPU -= state.noiseSeconds
      for (index, user) in state.trained { devices[index].user = user }
    }
    var noise = RandomStream.seeded(2, label: "peers noise", index: UInt64(number))
    let release = try mechanism.release(total, noise: &noise)
    for index in parameters.indices {
      parameters[index] += release.values[index] / Float(clients)
    }
    return (loss / Double(cohort.count), deviceCPU)
  }

  /// Ratings by a logistic model of rank 8; popular items are rated more often.
  private func makeDevices() -> [Device] {
    var generator = DeterministicGenerator(seed: 0)
    func vector(_ count: Int) -> [Float] {
      // Sums of twelve uniform numbers are near enough to normal ones.
      (0..<count).map { _ in Float((0..<12).reduce(-6.0) { sum, _ in sum + generator.nextUnit() }) }
    }
    let tastes = (0..<items).map { _ in vector(8) }
    return (0..<users).map { _ in
      let own = vector(8)
      var chosen: Set<Int32> = []
      while chosen.count < ratings {
        // The distribution function of 1 / (i + 10) inverted.
        let item = 10 * (pow(Double(items) / 10 + 1, generator.nextUnit()) - 1)
        chosen.insert(Int32(min(item, Double(items - 1))))
      }
      let sorted = chosen.sorted()
      let labels = sorted.map { item -> Float in
        let logit = zip(own, tastes[Int(item)]).reduce(0.0) { $0 + Double($1.0 * $1.1) }
        return generator.nextUnit() < 1 / (1 + exp(-logit)) ? 1 : 0
      }
      return Device(items: sorted, labels: labels, user: vector(32).map { 0.1 * $0 })
    }
  }
}
