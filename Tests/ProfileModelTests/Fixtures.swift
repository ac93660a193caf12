import Behavior
import NumericalMethods
import ProfileModel
import ReleasedParts

/// A small world that the tests of this target share: 12 items in three categories.
enum Fixture {
  static let catalogue = Catalogue(
    items: (0..<12).map { index in
      Catalogue.Item(
        id: "\(index)", title: "Item number \(index) (199\(index % 3))",
        categories: [Int32(index % 3)], price: Float(index))
    },
    categoryNames: ["drama", "comedy", "war"])

  static let content = ContentFeatures(catalogue: catalogue)
  static let popularity = Popularity(values: (0..<12).map { 12 - Float($0) })
  static let partition = ItemPartition(
    popularity: popularity, content: content, headItems: 8, tailGroups: 2, seed: 1)
  static let coordinates = GramCoordinates(popularity: popularity, partition: partition)

  /// An orthonormal basis of two arbitrary directions.
  static let basis: ItemBasis = {
    let count = partition.coordinateCount
    var generator = DeterministicGenerator(seed: 3)
    var first = (0..<count).map { _ in Float(generator.nextUnit()) - 0.5 }
    var second = (0..<count).map { _ in Float(generator.nextUnit()) - 0.5 }
    let norm = first.reduce(0) { $0 + $1 * $1 }.squareRoot()
    for index in first.indices { first[index] /= norm }
    let along = zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
    for index in second.indices { second[index] -= along * first[index] }
    let rest = second.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return ItemBasis(
      coordinateCount: count, rank: 2,
      vectors: zip(first, second).flatMap { [$0, $1 / rest] }, eigenvalues: [2, 1], noiseEdge: 0)
  }()

  static let scorer = GramScorer(coordinates: coordinates, basis: basis)
  static let model = FeatureModel(content: content, popularity: popularity, scorer: scorer)

  static func history(_ items: [Int32]) -> InteractionHistory {
    InteractionHistory(items: items, times: items.indices.map { Int64($0) })
  }
}
