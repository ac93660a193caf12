import RoundVocabulary
import TestSupport
import Testing

@testable import PrivacyAccounting

/// Single releases and their divergences against protocols/vectors/accounting.
@Suite struct RenyiVectorTests {
  /// Exact values: within one part in 10^9, and never below by more than the reference's last digit.
  private func expectExact(_ value: Double, _ reference: Double, _ comment: String) {
    #expect(value >= reference * (1 - 1e-12) && value <= reference * (1 + 1e-9), "\(comment)")
  }

  @Test func sampledGaussianIsExactAtIntegerAndFractionalOrders() throws {
    var compared = 0
    for vector in try AccountingVectors.load("poisson_subsampled_gaussian").cases {
      let event = MechanismEvent.sampledGaussian(
        noiseMultiplier: try #require(vector.params["noise_multiplier"]?.number),
        sampling: .poisson(
          probability: try #require(vector.params["sampling_probability"]?.number)))
      for result in vector.results where result.quantity == "rdp_per_step" {
        let order = try #require(result.at["order"]?.number)
        let reference = try #require(result.reference?.v.list.first)
        for neighbors in [NeighboringRelation.addOrRemoveOne, .zeroOut] {
          let bound = try RenyiDivergence.bound(of: event, order: order, neighbors: neighbors)
          expectExact(bound, reference, "\(vector.id) at \(order): \(bound), not \(reference)")
        }
        compared += 1
      }
    }
    #expect(compared == 252)
  }

  @Test func laplaceAndResponsesAreExact() throws {
    var compared = 0
    for vector in try AccountingVectors.load("laplace_dlaplace_rr").cases {
      let params = vector.params
      let single: MechanismEvent
      switch vector.mechanism {
      case "laplace":
        single = .laplace(noiseMultiplier: try #require(params["noise_multiplier"]?.number))
      case "discrete_laplace":
        single = .discreteLaplace(
          decay: try #require(params["noise_parameter"]?.number),
          sensitivity: Int(try #require(params["sensitivity"]?.number)))
      default:
        single = .randomizedResponse(
          noise: try #require(params["noise_parameter"]?.number),
          buckets: Int(try #require(params["num_buckets"]?.number)))
      }
      let count = Int(try #require(params["count"]?.number))
      let neighbors: NeighboringRelation = vector.adjacency == "replace_one" ? .replaceOne : .zeroOut
      for result in vector.results {
        let reference = try #require(result.reference)
        let value = try #require(reference.v.list.first)
        let event = single.times(count)
        if result.quantity == "rdp" {
          let order = try #require(result.at["order"]?.number)
          let bound = try RenyiDivergence.bound(of: event, order: order, neighbors: neighbors)
          expectExact(bound, value, "\(vector.id) at \(order): \(bound), not \(value)")
        } else if let delta = result.at["delta"]?.number, delta > 0 {
          let epsilon = try RenyiAccountant.epsilon(of: [event], delta: delta, neighbors: neighbors)
          let error = reference.absoluteError ?? 0
          #expect(epsilon >= value - error - 1e-9 * (1 + value), "\(vector.id) \(delta)")
          if let peer = result.number(of: "dp_accounting.rdp") {
            #expect(epsilon <= peer * (1 + 1e-9), "\(vector.id) \(delta)")
          }
        }
        compared += 1
      }
    }
    #expect(compared == 240)
  }

  @Test func skellamIsExactForAKnownShiftAndWithinItsBoundForAnUnknownOne() throws {
    var compared = 0
    for vector in try AccountingVectors.load("skellam").cases {
      let variance = try #require(vector.params["mu"]?.number)
      let shift = try #require(vector.params["delta_vector"]?.list).map { Int($0) }
      let count = Int(try #require(vector.params["count"]?.number))
      let exactly = MechanismEvent.IntegerShift.exactly(shift)
      let bounded = MechanismEvent.IntegerShift.bounded(
        squaredNorm: exactly.squaredNorm, dimension: shift.count)
      for result in vector.results where result.quantity == "rdp" {
        let order = try #require(result.at["order"]?.number)
        let reference = try #require(result.reference?.v.list.first)
        let known = try RenyiDivergence.bound(
          of: .skellam(variance: variance, shift: exactly).times(count), order: order,
          neighbors: .addOrRemoveOne)
        expectExact(known, reference, "\(vector.id) at \(order): \(known), not \(reference)")
        let unknown = try RenyiDivergence.bound(
          of: .skellam(variance: variance, shift: bounded).times(count), order: order,
          neighbors: .zeroOut)
        #expect(unknown >= reference, "\(vector.id) at \(order)")
        if let bound = result.bound?["akl21_upper"]?.number {
          // The L1 norm is not known here, but at most the one that the vector has.
          let slack = exactly.absoluteNorm == bounded.absoluteNorm ? 1 + 1e-9 : .infinity
          #expect(unknown <= bound * slack, "\(vector.id) at \(order)")
          #expect(known <= bound, "\(vector.id) at \(order)")
        }
        compared += 1
      }
    }
    #expect(compared == 112)
  }

  @Test func sumsOfDiscreteGaussiansLieBetweenTheTruthAndTheBound() throws {
    var (compared, unsound, exact) = (0, 0, 0)
    for vector in try AccountingVectors.load("sum_discrete_gaussian").cases {
      let shift = try #require(vector.params["delta_vector"]?.list).map { Int($0) }
      let event = MechanismEvent.discreteGaussianSum(
        variance: try #require(vector.params["sigma2_local"]?.number),
        contributors: Int(try #require(vector.params["clients"]?.number)),
        shift: .exactly(shift)
      ).times(Int(try #require(vector.params["count"]?.number)))
      for result in vector.results where result.quantity == "rdp" {
        let order = try #require(result.at["order"]?.number)
        let reference = try #require(result.reference?.v.list.first)
        let bound = try #require(result.bound)
        let proved = try #require(bound["kls21_prop14_upper"]?.number)
        let value = try RenyiDivergence.bound(of: event, order: order, neighbors: .zeroOut)
        #expect(value >= reference * (1 - 1e-12), "\(vector.id) at \(order)")
        #expect(value <= proved * (1 + 1e-9), "\(vector.id) at \(order)")
        if case .flag(true)? = bound["gaussian_is_unsound"] {
          let naive = try #require(bound["gaussian_rdp_n_sigma2"]?.number)
          #expect(value > naive, "\(vector.id) at \(order)")
          unsound += 1
        }
        if value <= reference * (1 + 1e-9) { exact += 1 } else { print(vector.id, order, value, reference, proved) }
        compared += 1
      }
    }
    print(exact, unsound, compared)
    #expect(compared == 128)
    #expect(unsound > 20)
  }
}
