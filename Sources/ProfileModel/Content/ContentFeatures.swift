package import Behavior
internal import NumericalMethods

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What is publicly known about every item, as sparse unit vectors: categories, creator, period of
/// publication and the words of its title, weighted by how rare they are.
///
/// Shape: [items, vocabulary], in compressed rows.
package struct ContentFeatures: Sendable {
  package let itemCount: Int
  package let vocabularyCount: Int
  private let offsets: [Int]
  private let terms: [Int32]
  private let weights: [Float]

  /// A term has to describe this many items to be worth a dimension.
  private static let minimumItemsPerTerm = 3

  /// Computes the features of a catalogue.
  ///
  /// **Formula**: weight log(N / df) for each distinct term of an item, rows scaled to norm 1; a row
  /// without any term is zero.
  package init(catalogue: Catalogue) {
    let described = catalogue.items.map { ItemTerms.terms(of: $0) }
    var itemsPerTerm: [ItemTerms.Term: Int] = [:]
    for terms in described { for term in terms { itemsPerTerm[term, default: 0] += 1 } }
    let kept = itemsPerTerm.filter { $0.value >= Self.minimumItemsPerTerm }.keys.sorted()
    let index = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, Int32($0)) })
    var offsets = [0]
    var terms: [Int32] = []
    var weights: [Float] = []
    for item in described {
      let row = item.compactMap { term in
        index[term].map {
          ($0, log(Float(described.count) / Float(itemsPerTerm[term, default: 1])))
        }
      }.sorted { $0.0 < $1.0 }
      let norm = row.reduce(Float(0)) { $0 + $1.1 * $1.1 }.squareRoot()
      terms += row.map(\.0)
      weights += row.map { $0.1 / max(norm, 1e-9) }
      offsets.append(terms.count)
    }
    self.itemCount = catalogue.count
    self.vocabularyCount = kept.count
    self.offsets = offsets
    self.terms = terms
    self.weights = weights
  }

  /// The sparse row of one item.
  package func forEachTerm(of item: Int32, _ body: (_ term: Int, _ weight: Float) -> Void) {
    for entry in offsets[Int(item)]..<offsets[Int(item) + 1] {
      body(Int(terms[entry]), weights[entry])
    }
  }

  /// The rows in fewer dimensions, with inner products kept in expectation.
  ///
  /// The projection is public: it follows from the seed.
  /// - Returns: Shape: [items, width].
  /// - Source: Achlioptas 2003, "Database-friendly random projections", Theorem 1.1.
  package func projected(width: Int, seed: UInt64) -> [Float] {
    var generator = DeterministicGenerator(seed: seed, stream: 0x636F_6E74)
    let size = 1 / Float(width).squareRoot()
    let signs = (0..<(vocabularyCount * width)).map { _ in
      generator.next() & 1 == 0 ? size : -size
    }
    var rows = [Float](repeating: 0, count: itemCount * width)
    for item in 0..<itemCount {
      for entry in offsets[item]..<offsets[item + 1] {
        NeuralKernels.axpy(
          weights[entry], signs, at: Int(terms[entry]) * width, into: &rows, at: item * width,
          count: width)
      }
    }
    return rows
  }

  /// Cosine similarity of two items.
  package func similarity(_ first: Int32, _ second: Int32) -> Float {
    var left = offsets[Int(first)]
    var right = offsets[Int(second)]
    var sum: Float = 0
    while left < offsets[Int(first) + 1], right < offsets[Int(second) + 1] {
      if terms[left] == terms[right] {
        sum += weights[left] * weights[right]
        left += 1
        right += 1
      } else if terms[left] < terms[right] {
        left += 1
      } else {
        right += 1
      }
    }
    return sum
  }

  /// Weighted sum of item rows, and its norm.
  ///
  /// - Parameter centroid: overwritten. Shape: [vocabulary].
  package func sum(_ items: [(item: Int32, weight: Float)], into centroid: inout [Float]) -> Float {
    centroid = [Float](repeating: 0, count: vocabularyCount)
    for (item, weight) in items {
      for entry in offsets[Int(item)]..<offsets[Int(item) + 1] {
        centroid[Int(terms[entry])] += weight * weights[entry]
      }
    }
    return centroid.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// The product of every item's row with one vector.
  ///
  /// - Parameters:
  ///   - centroid: Shape: [vocabulary].
  ///   - scores: overwritten. Shape: [items].
  package func products(with centroid: [Float], into scores: inout [Float]) {
    for item in 0..<itemCount {
      var sum: Float = 0
      for entry in offsets[item]..<offsets[item + 1] {
        sum += weights[entry] * centroid[Int(terms[entry])]
      }
      scores[item] = sum
    }
  }
}
