internal import NumericalMethods
package import ReleasedParts

extension ItemPartition {
  /// Gives the most popular items a coordinate each and clusters the others by public content.
  ///
  /// Everybody who knows the released popularity, the catalogue and the seed computes the same.
  /// Spherical k-means with ten passes; the seed is public.
  package init(
    popularity: Popularity, content: ContentFeatures, headItems: Int, tailGroups: Int, seed: UInt64
  ) {
    let byPopularity = (0..<Int32(popularity.values.count)).sorted {
      let (left, right) = (popularity.values[Int($0)], popularity.values[Int($1)])
      return left == right ? $0 < $1 : left > right
    }
    let head = Array(byPopularity.prefix(headItems))
    let tail = Array(byPopularity.dropFirst(headItems))
    let groupCount = min(max(tailGroups, 1), tail.count)
    let groups = Self.clusters(of: tail, content: content, count: groupCount, seed: seed)
    var coordinates = [Int32](repeating: 0, count: popularity.values.count)
    for (coordinate, item) in head.enumerated() { coordinates[Int(item)] = Int32(coordinate) }
    for (item, group) in zip(tail, groups) {
      coordinates[Int(item)] = Int32(head.count) + group
    }
    self.init(head: head, groupCount: groupCount, coordinates: coordinates)
  }

  private static func clusters(
    of items: [Int32], content: ContentFeatures, count: Int, seed: UInt64
  ) -> [Int32] {
    guard count > 0 else { return [] }
    var generator = DeterministicGenerator(seed: seed, stream: 0x7461_696C)
    // One column per cluster, so that an item's similarity to all of them is a sum of rows.
    var centroids = [Float](repeating: 0, count: content.vocabularyCount * count)
    for (cluster, item) in items.shuffled(using: &generator).prefix(count).enumerated() {
      content.forEachTerm(of: item) { term, weight in centroids[term * count + cluster] = weight }
    }
    var assignment = [Int32](repeating: 0, count: items.count)
    for _ in 0..<10 {
      for (position, item) in items.enumerated() {
        var similarity = [Float](repeating: 0, count: count)
        content.forEachTerm(of: item) { term, weight in
          for cluster in 0..<count {
            similarity[cluster] += weight * centroids[term * count + cluster]
          }
        }
        var best = 0
        for cluster in 1..<max(count, 1) where similarity[cluster] > similarity[best] {
          best = cluster
        }
        assignment[position] = Int32(best)
      }
      updateCentroids(&centroids, count: count, items: items, assignment: assignment, content)
    }
    return assignment
  }

  /// Moves every cluster that has members to their mean direction.
  private static func updateCentroids(
    _ centroids: inout [Float], count: Int, items: [Int32], assignment: [Int32],
    _ content: ContentFeatures
  ) {
    var sums = [Float](repeating: 0, count: centroids.count)
    for (item, cluster) in zip(items, assignment) {
      content.forEachTerm(of: item) { term, weight in
        sums[term * count + Int(cluster)] += weight
      }
    }
    var squaredNorms = [Float](repeating: 0, count: count)
    for index in sums.indices { squaredNorms[index % count] += sums[index] * sums[index] }
    for index in sums.indices where squaredNorms[index % count] > 0 {
      centroids[index] = sums[index] / squaredNorms[index % count].squareRoot()
    }
  }
}
