package import RoundVocabulary

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

extension Accountant {
  /// Epsilon at delta 0: the greatest privacy loss of any outcome.
  ///
  /// Infinity for mechanisms whose loss is unbounded, such as Gaussian noise.
  /// - Throws: `AccountingError` for an impossible event.
  package static func pureEpsilon(
    of events: [MechanismEvent], neighbors: NeighboringRelation
  ) throws(AccountingError) -> Double {
    for event in events { try event.validate() }
    let flat = MechanismEvent.flattened(events)
    guard flat.totalVariation == 0 else { return .infinity }
    var sum = 0.0
    for counted in flat.events where !counted.event.isHarmless {
      sum += counted.count * pureLoss(counted.event, neighbors)
    }
    return sum * (1 + 1e-12)
  }

  private static func pureLoss(
    _ event: MechanismEvent, _ neighbors: NeighboringRelation
  ) -> Double {
    let distance = neighbors == .replaceOne ? 2.0 : 1
    switch event {
    case .laplace(let noiseMultiplier): return distance / noiseMultiplier
    case .discreteLaplace(let decay, let sensitivity):
      return distance * Double(sensitivity) * decay
    case .randomizedResponse(let noise, let buckets) where neighbors != .addOrRemoveOne:
      let k = Double(buckets)
      let (kept, other) = (1 - noise + noise / k, noise / k)
      return neighbors == .replaceOne ? log(kept / other) : max(log(k * kept), -log(k * other))
    default: return .infinity
    }
  }
}
