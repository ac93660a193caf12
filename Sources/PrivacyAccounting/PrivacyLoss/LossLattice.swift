internal import CKernels

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A privacy loss distribution on the multiples of a step, in one direction.
///
/// The privacy loss of an outcome is log(P/Q) of its probabilities on two neighbors; masses are
/// P's. They are upper bounds: what they imply for delta is never below the truth.
struct LossLattice: Sendable {
  /// Distance of neighboring losses, in nats.
  let step: Double
  /// Losses are (`first` + j) `step`.
  let first: Int
  /// Natural logarithm of the mass at each loss.
  let logMasses: [Double]
  /// Mass of outcomes that are impossible on the other neighbor, and of what was cut off above.
  let infiniteMass: Double

  /// log E[e^(tilt L)] over the finite losses, with mean and variance of the tilted law.
  struct Moments: Sendable {
    var logSum: Double
    var mean: Double
    var variance: Double
  }

  func moments(tilt: Double) -> Moments {
    var result = Moments(logSum: 0, mean: 0, variance: 0)
    unsafe logMasses.withUnsafeBufferPointer { masses in
      guard let base = masses.baseAddress else { return }
      unsafe silhouette_tilted_moments(
        base, masses.count, Int64(first), step, tilt, &result.logSum, &result.mean,
        &result.variance)
    }
    return result
  }

  /// Adds the masses, tilted and divided by e^logScale, to one lane of a periodic sequence of pairs.
  func load(tilt: Double, logScale: Double, into pairs: inout [Double], lane: Int) {
    unsafe logMasses.withUnsafeBufferPointer { masses in
      unsafe pairs.withUnsafeMutableBufferPointer { pairs in
        guard let base = masses.baseAddress, let target = pairs.baseAddress else { return }
        unsafe silhouette_tilted_load(
          base, masses.count, Int64(first), step, tilt, logScale, target, pairs.count / 2, lane)
      }
    }
  }
}

/// Both directions of a pair of neighbors: P against Q and Q against P.
///
/// They are composed apart, and only final results are compared: for sampled mechanisms neither
/// direction is worse at every epsilon (Lebeda et al. 2024, arXiv:2405.20769).
struct LossPair: Sendable {
  let forward: LossLattice
  let backward: LossLattice
}

/// Collects a pair of output laws piece by piece and puts it on a lattice of losses.
///
/// A piece whose loss lies between two lattice points is split between them so that the masses of
/// both P and Q stay what they are. The hockey-stick curve of the result is the chord of the true
/// one between lattice points, so it is nowhere below it.
/// - Source: Doroshenko, Ghazi, Kamath, Kumar, Manurangsi 2022, "Connect the dots",
///   arXiv:2207.04380.
struct LossLatticeBuilder {
  /// By how much each mass is raised, relatively: more than all rounding on the way here.
  static let inflation = 1e-11

  /// A set of outcomes with one loss: their probability under P and Q, and log P/Q.
  struct Outcome {
    var mass: Double
    var otherMass: Double
    var loss: Double
  }

  let step: Double
  private let inverseStep: Double
  private let inverseDecay: Double
  private let stepDecay: Double
  private let first: Int
  private var masses: [Double]
  private var otherMasses: [Double]
  private var infiniteMass = 0.0
  private var otherInfiniteMass = 0.0

  /// A builder for losses from `lower` to `upper`.
  init(step: Double, losses: ClosedRange<Double>) {
    self.step = step
    inverseStep = 1 / step
    inverseDecay = 1 / expm1(-step)
    stepDecay = exp(-step)
    first = Int((losses.lowerBound / step).rounded(.down)) - 1
    let last = Int((losses.upperBound / step).rounded(.up)) + 1
    masses = [Double](repeating: 0, count: last - first + 1)
    otherMasses = masses
  }

  /// Adds outcomes of probability `mass` under P and `otherMass` under Q, all of this loss.
  mutating func add(_ outcome: Outcome) {
    let position = (outcome.loss * inverseStep).rounded(.down)
    split(
      outcome.mass, outcome.otherMass, decay: expm1(position * step - outcome.loss),
      at: min(max(Int(position) - first, 0), masses.count - 2))
  }

  /// Splits outcomes of one loss L between the lattice losses l and l + `step`, with e^(l - L) - 1.
  private mutating func split(
    _ mass: Double, _ otherMass: Double, decay: Double, at index: Int
  ) {
    // The upper point's part of P: (1 - e^-rest) / (1 - e^-step).
    let upper = min(1, max(0, decay * inverseDecay))
    masses[index] += mass * (1 - upper)
    masses[index + 1] += mass * upper
    // Q's masses at both points are P's, divided by e to their losses.
    let lifted = otherMass / (1 + decay)
    otherMasses[index] += lifted * (1 - upper)
    otherMasses[index + 1] += lifted * upper * stepDecay
  }

  /// A lattice loss l, and e^l - 1.
  struct Level {
    let loss: Double
    let growth: Double

    init(_ loss: Double) {
      self.loss = loss
      growth = expm1(loss)
    }
  }

  /// Densities of P and Q at a point whose loss is L, and e^(l - L) - 1 for the level l below.
  ///
  /// The difference of the losses is what the lattice needs, and laws know it to more digits and for
  /// less than they know L.
  struct Density {
    var mass: Double
    var otherMass: Double
    var decay: Double
  }

  /// Adds a law that is smooth in x, over a range of x, with a `loss` that increases with x.
  ///
  /// `position` is the inverse of the loss. `width` is the scale of x on which the densities change.
  mutating func add(
    _ range: ClosedRange<Double>, width: Double, loss: (Double) -> Double,
    position: (Double) -> Double, density: (Double, Level) -> Density
  ) {
    let upper = loss(range.upperBound)
    var index = Int((loss(range.lowerBound) / step).rounded(.down))
    var left = range.lowerBound
    while left < range.upperBound {
      let end = Double(index + 1) * step
      let inverse = end >= upper ? range.upperBound : position(end)
      let right = inverse < range.upperBound ? inverse : range.upperBound
      if right > left {
        addCell(left, right, width: width, index, density)
        left = right
      } else if end >= upper {
        return
      }
      index += 1
    }
  }

  private mutating func addCell(
    _ left: Double, _ right: Double, width: Double, _ index: Int,
    _ density: (Double, Level) -> Density
  ) {
    let level = Level(Double(index) * step)
    let place = min(max(index - first, 0), masses.count - 2)
    let pieces = max(1, ((right - left) / (0.3 * width)).rounded(.up))
    let half = (right - left) / pieces / 2
    let rule = Quadrature.rule(halfWidth: half / width)
    for piece in 0..<Int(pieces) {
      let center = left + (2 * Double(piece) + 1) * half
      for (node, weight) in rule {
        let point = density(center + half * node, level)
        split(
          half * weight * point.mass, half * weight * point.otherMass, decay: point.decay,
          at: place)
      }
    }
  }

  /// Adds outcomes whose losses are above the lattice: infinite for P, the lowest loss for Q.
  mutating func addAbove(_ mass: Double, _ otherMass: Double) {
    infiniteMass += mass
    otherMasses[otherMasses.count - 1] += otherMass
  }

  /// Adds outcomes whose losses are below the lattice: the lowest loss for P, infinite for Q.
  mutating func addBelow(_ mass: Double, _ otherMass: Double) {
    masses[0] += mass
    otherInfiniteMass += otherMass
  }

  /// Adds `weight` times what another builder of the same lattice holds.
  mutating func add(_ other: LossLatticeBuilder, weight: Double) {
    precondition(other.step == step, "lattices of different steps do not mix")
    for (offset, mass) in other.masses.enumerated() {
      let index = min(max(other.first + offset - first, 0), masses.count - 1)
      masses[index] += weight * mass
      otherMasses[index] += weight * other.otherMasses[offset]
    }
    infiniteMass += weight * other.infiniteMass
    otherInfiniteMass += weight * other.otherInfiniteMass
  }

  /// The pair of lattices.
  func pair() -> LossPair {
    let raise = log1p(Self.inflation)
    return LossPair(
      forward: LossLattice(
        step: step, first: first, logMasses: masses.map { log($0) + raise },
        infiniteMass: infiniteMass * (1 + Self.inflation)
      ).trimmed,
      backward: LossLattice(
        step: step, first: -(first + masses.count - 1),
        logMasses: otherMasses.reversed().map { log($0) + raise },
        infiniteMass: otherInfiniteMass * (1 + Self.inflation)
      ).trimmed)
  }
}

extension LossLattice {
  /// Without the empty points at both ends.
  var trimmed: LossLattice {
    guard let start = logMasses.firstIndex(where: { $0 > -.infinity }),
      let end = logMasses.lastIndex(where: { $0 > -.infinity })
    else {
      return LossLattice(
        step: step, first: 0, logMasses: [-.infinity], infiniteMass: infiniteMass)
    }
    return LossLattice(
      step: step, first: first + start, logMasses: Array(logMasses[start...end]),
      infiniteMass: infiniteMass)
  }
}

/// Gauss-Legendre rules on [-1, 1], as (node, weight).
///
/// Over a cell of width w the relative error of n points is below (w x)^(2n) n!^4 / ((2n+1) (2n)!^3)
/// for a normal density at x standard deviations: below 10^-11 where `LossLatticeBuilder` uses them.
/// How a cell's mass is split between its ends is a line times the density, of one degree more: two
/// points are used only where that split, too, is exact to 10^-11.
private enum Quadrature {
  static let twoPoints: [(Double, Double)] = symmetric([(0.577350269189625765, 1)])
  static let threePoints: [(Double, Double)] = [
    (0, 0.888888888888888889), (-0.774596669241483377, 0.555555555555555556),
    (0.774596669241483377, 0.555555555555555556),
  ]
  static let fourPoints: [(Double, Double)] = symmetric([
    (0.339981043584856265, 0.652145154862546143), (0.861136311594052575, 0.347854845137453857),
  ])
  static let eightPoints: [(Double, Double)] = symmetric([
    (0.183434642495649805, 0.362683783378361983), (0.525532409916328986, 0.313706645877887287),
    (0.796666477413626740, 0.222381034453374471), (0.960289856497536232, 0.101228536290376259),
  ])

  /// Enough points for a cell of this half width, in units of the law's scale.
  static func rule(halfWidth: Double) -> [(Double, Double)] {
    halfWidth < 0.0001
      ? twoPoints : halfWidth < 0.008 ? threePoints : halfWidth < 0.02 ? fourPoints : eightPoints
  }

  private static func symmetric(_ half: [(Double, Double)]) -> [(Double, Double)] {
    half + half.map { (-$0.0, $0.1) }
  }
}
