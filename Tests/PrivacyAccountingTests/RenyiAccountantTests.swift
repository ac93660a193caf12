import RoundVocabulary
import TestSupport
import Testing

@testable import PrivacyAccounting

/// Epsilons and deltas of compositions against protocols/vectors/accounting.
@Suite struct RenyiAccountantTests {
  private func sampled(_ params: [String: AccountingVectors.Scalar]) throws -> MechanismEvent {
    .sampledGaussian(
      noiseMultiplier: try #require(params["noise_multiplier"]?.number),
      sampling: .poisson(probability: try #require(params["sampling_probability"]?.number)))
  }

  @Test func sampledGaussiansAreSoundAndNoLooserThanTheBestPeer() throws {
    var compared = 0
    for vector in try AccountingVectors.load("poisson_subsampled_gaussian").cases {
      let count = Int(try #require(vector.params["count"]?.number))
      let event = try sampled(vector.params).times(count)
      for result in vector.results where result.quantity != "rdp_per_step" {
        let value = try #require(result.reference)
        let reference = try #require(value.v.list.first)
        let error = value.absoluteError ?? 0
        let peer = try #require(result.number(of: "dp_accounting.rdp"))
        let mine: Double
        if let delta = result.at["delta"]?.number {
          mine = try RenyiAccountant.epsilon(
            of: [event], delta: delta, neighbors: .addOrRemoveOne)
          #expect(mine >= reference - error - 1e-9 * (1 + reference), "\(vector.id) \(delta)")
        } else {
          let epsilon = try #require(result.at["epsilon"]?.number)
          mine = try RenyiAccountant.delta(
            of: [event], epsilon: epsilon, neighbors: .addOrRemoveOne)
          #expect(mine >= reference - error - 1e-9 * reference, "\(vector.id) \(epsilon)")
        }
        #expect(mine <= peer * (1 + 1e-9), "\(vector.id): \(mine), not \(peer)")
        compared += 1
      }
    }
    #expect(compared == 157)
  }

  @Test func plainGaussiansAreSoundAndNoLooserThanTheBestPeer() throws {
    for vector in try AccountingVectors.load("gaussian").cases {
      let event = MechanismEvent.gaussian(
        noiseMultiplier: try #require(vector.params["noise_multiplier"]?.number)
      ).times(Int(try #require(vector.params["count"]?.number)))
      for result in vector.results {
        let reference = try #require(result.reference?.v.list.first)
        let mine: Double
        if let delta = result.at["delta"]?.number {
          mine = try RenyiAccountant.epsilon(of: [event], delta: delta, neighbors: .zeroOut)
        } else if let epsilon = result.at["epsilon"]?.number {
          mine = try RenyiAccountant.delta(of: [event], epsilon: epsilon, neighbors: .zeroOut)
        } else {
          let order = try #require(result.at["order"]?.number)
          mine = try RenyiDivergence.bound(of: event, order: order, neighbors: .zeroOut)
          #expect(mine <= reference * (1 + 1e-9))
        }
        #expect(mine >= reference * (1 - 1e-9), "\(vector.id)")
        if let peer = result.number(of: "dp_accounting.rdp") {
          #expect(mine <= peer * (1 + 1e-9), "\(vector.id): \(mine), not \(peer)")
        }
      }
    }
  }

  @Test func exchangingAUserInAPoissonSampleIsSound() throws {
    for vector in try AccountingVectors.load("psg_replace_one").cases {
      let count = Int(try #require(vector.params["count"]?.number))
      let event = try sampled(vector.params)
      for result in vector.results {
        let delta = try #require(result.at["delta"]?.number)
        let reference = try #require(result.reference?.v.list.first)
        let epsilon = try RenyiAccountant.epsilon(
          of: [event.times(count)], delta: delta, neighbors: .replaceOne)
        #expect(epsilon >= reference * (1 - 1e-9), "\(vector.id)")
        #expect(epsilon <= reference * 1.35, "\(vector.id): \(epsilon), not \(reference)")
      }
    }
  }

  @Test func selectionIsNoLooserThanThePeerAndCostsMoreThanOneRun() throws {
    for vector in try AccountingVectors.load("repeat_and_select").cases {
      let single = MechanismEvent.gaussian(
        noiseMultiplier: try #require(vector.params["noise_multiplier"]?.number)
      ).times(Int(try #require(vector.params["count"]?.number)))
      let event = MechanismEvent.selection(
        of: single,
        repetitions: .truncatedNegativeBinomial(
          mean: try #require(vector.params["mean"]?.number),
          shape: try #require(vector.params["shape"]?.number)))
      for result in vector.results {
        let delta = try #require(result.at["delta"]?.number)
        let peer = try #require(result.number(of: "dp_accounting.rdp"))
        let epsilon = try RenyiAccountant.epsilon(
          of: [event], delta: delta, neighbors: .addOrRemoveOne)
        let once = try RenyiAccountant.epsilon(
          of: [single], delta: delta, neighbors: .addOrRemoveOne)
        #expect(epsilon <= peer * (1 + 1e-9), "\(vector.id): \(epsilon), not \(peer)")
        #expect(epsilon > once && epsilon > peer * 0.97, "\(vector.id)")
      }
    }
  }

  @Test func calibratedNoiseSpendsWhatItShould() throws {
    var compared = 0
    for vector in try AccountingVectors.load("calibration").cases
    where vector.mechanism == "poisson_subsampled_gaussian" {
      for result in vector.results {
        let target = try #require(result.at["epsilon"]?.number)
        let delta = try #require(result.at["delta"]?.number)
        let peer = try #require(result.number(of: "dp_accounting.rdp"))
        var params = vector.params
        if result.quantity == "noise_multiplier" { params["noise_multiplier"] = .number(peer) }
        let count = result.quantity == "max_count" ? peer : try #require(params["count"]?.number)
        let epsilon = try RenyiAccountant.epsilon(
          of: [try sampled(params).times(Int(count))], delta: delta, neighbors: .addOrRemoveOne)
        #expect(epsilon <= target * (1 + 1e-6), "\(vector.id)")
        if let least = result.number(of: "ref.tilted_pld") {
          params["noise_multiplier"] = .number(least)
          let spent = try RenyiAccountant.epsilon(
            of: [try sampled(params).times(Int(count))], delta: delta, neighbors: .addOrRemoveOne)
          #expect(spent > target, "\(vector.id)")
        }
        compared += 1
      }
    }
    #expect(compared == 8)
  }

  @Test func everyOrderGivesABoundAndTheSearchFindsTheBest() throws {
    let event = MechanismEvent.sampledGaussian(
      noiseMultiplier: 1.1, sampling: .poisson(probability: 0.02)
    ).times(2000)
    let found = try RenyiAccountant.epsilon(of: [event], delta: 1e-6, neighbors: .zeroOut)
    let orders = (1...2000).map { 1 + Double($0) / 50 }
    let listed = try RenyiAccountant.epsilon(
      of: [event], delta: 1e-6, neighbors: .zeroOut, orders: orders)
    #expect(found <= listed && found >= listed * (1 - 1e-4))
  }

  @Test func numbersThatMeanNothingAreRefused() {
    let event = MechanismEvent.gaussian(noiseMultiplier: 1)
    for delta in [0, 1, -0.5, .nan, .infinity] {
      #expect(throws: AccountingError.self) {
        try RenyiAccountant.epsilon(of: [event], delta: delta, neighbors: .zeroOut)
      }
    }
    for epsilon in [-1, .nan, .infinity] {
      #expect(throws: AccountingError.self) {
        try RenyiAccountant.delta(of: [event], epsilon: epsilon, neighbors: .zeroOut)
      }
    }
    for order in [1, 0.5, -2, .nan, .infinity] {
      #expect(throws: AccountingError.self) {
        try RenyiDivergence.bound(of: event, order: order, neighbors: .zeroOut)
      }
      #expect(throws: AccountingError.self) {
        try RenyiAccountant.epsilon(
          of: [event], delta: 1e-5, neighbors: .zeroOut, orders: [2, order])
      }
    }
    #expect(throws: AccountingError.self) {
      try RenyiAccountant.epsilon(
        of: [.gaussian(noiseMultiplier: -1)], delta: 1e-5, neighbors: .zeroOut)
    }
  }
}
