extension MechanismEvent {
  /// A mechanism that is no composition, and how often it is run.
  struct Counted: Equatable, Hashable {
    var event: MechanismEvent
    var count: Double
  }

  /// What the mechanism is called in messages.
  package var name: String {
    switch self {
    case .gaussian: "Gaussian noise"
    case .sampledGaussian: "Gaussian noise over a random sample"
    case .discreteGaussian: "discrete Gaussian noise"
    case .discreteGaussianSum: "a sum of discrete Gaussian noises"
    case .skellam: "Skellam noise"
    case .laplace: "Laplace noise"
    case .discreteLaplace: "discrete Laplace noise"
    case .randomizedResponse: "randomized response"
    case .zeroConcentrated: "a zero-concentrated mechanism"
    case .selection: "the best of several runs"
    case .composed: "a composition"
    case .repeated(let event, _), .approximate(let event, _): event.name
    }
  }

  /// A composition taken apart.
  struct Flat {
    /// Equal mechanisms together, in an order of first appearance.
    var events: [Counted] = []
    /// The sum of the distances between true and stated output laws.
    var totalVariation = 0.0
  }

  /// The mechanisms of a composition, without nesting.
  static func flattened(_ events: [MechanismEvent]) -> Flat {
    var flat = Flat()
    var positions: [MechanismEvent: Int] = [:]
    func visit(_ event: MechanismEvent, _ count: Double) {
      guard count > 0 else { return }
      switch event {
      case .composed(let events):
        for event in events { visit(event, count) }
      case .repeated(let event, let times):
        visit(event, count * Double(times))
      case .approximate(let event, let totalVariation):
        flat.totalVariation += count * totalVariation
        visit(event, count)
      default:
        if let position = positions[event] {
          flat.events[position].count += count
        } else {
          positions[event] = flat.events.count
          flat.events.append(Counted(event: event, count: count))
        }
      }
    }
    for event in events { visit(event, 1) }
    return flat
  }
}
