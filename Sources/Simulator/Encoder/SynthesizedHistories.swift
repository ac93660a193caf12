internal import Behavior
internal import NumericalMethods
internal import ProfileModel
internal import ReleasedParts

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Histories of people who do not exist, drawn from what was released of all: popularity and item basis.
///
/// They follow from releases that are paid for, so that whatever is learned from them costs nothing more. A person's
/// interest is normal with the released spectrum as its variance, a history is the items whose popularity and interest
/// together are highest with Gumbel noise: a draw without putting back. Its order says nothing, for nothing that was
/// released has one.
struct SynthesizedHistories: Sendable {
  private let items: ItemKnowledge
  private let seed: UInt64

  init(_ items: ItemKnowledge, seed: UInt64) {
    self.items = items
    self.seed = seed
  }

  /// Sequences of `count` people, with at most `length` events each.
  func sequences(count: Int, length: Int) throws(EncoderError) -> [EventSequence] {
    let popularity = items.popularity.values
    let total = popularity.reduce(0, +)
    let logs = popularity.map {
      logf(max($0, .leastNormalMagnitude) / max(total, .leastNormalMagnitude))
    }
    let events = min(length, popularity.count)
    return try (0..<count).map { person throws(EncoderError) in
      var generator = DeterministicGenerator(
        seed: seed, stream: 0x7379_6E74_0000_0000 | UInt64(person))
      let affinities = affinities(&generator)
      var drawn: [(item: Int32, score: Float)] = []
      drawn.reserveCapacity(popularity.count)
      for item in popularity.indices {
        // Gumbel noise makes the highest a draw by weight (Yellott 1977); the factor keeps what is left of 1 above 0
        // where u is rounded to 1.
        let gumbel = -logf(-logf(1 - Float(generator.nextUnit()) * 0.999_999))
        let coordinate = Int(items.coordinates.partition.coordinates[item])
        drawn.append(
          (Int32(item), logs[item] + affinities[coordinate] + gumbel))
      }
      drawn.sort { $0.score > $1.score || ($0.score == $1.score && $0.item < $1.item) }
      var chosen = drawn.prefix(events).map(\.item)
      chosen.shuffle(using: &generator)
      return try EventSequence(
        items: chosen, kinds: [BehaviorKind](repeating: .view, count: chosen.count),
        gaps: [UInt8](repeating: 0, count: chosen.count), itemCount: popularity.count)
    }
  }

  /// Of one person, for every coordinate; of variance one on average.
  private func affinities(_ generator: inout DeterministicGenerator) -> [Float] {
    let basis = items.basis
    let spectrum = basis.eigenvalues.map { max(0, $0) }
    let total = spectrum.reduce(0, +)
    var found = [Float](repeating: 0, count: basis.coordinateCount)
    guard total > 0 else { return found }
    let normals = generator.nextNormals(spectrum.count)
    let interest = zip(spectrum, normals).map { value, normal in
      (value / total * Float(basis.coordinateCount)).squareRoot() * Float(normal)
    }
    for coordinate in found.indices {
      for (place, weight) in interest.enumerated() {
        found[coordinate] += weight * basis.vectors[coordinate * basis.rank + place]
      }
    }
    return found
  }
}
