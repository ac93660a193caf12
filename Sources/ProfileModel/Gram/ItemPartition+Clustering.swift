internal import NumericalMethods
package import ReleasedParts

extension ItemPartition {
  /// Gives the most popular items a coordinate each and clusters the others by public content.
  ///
  /// Everybody who knows the released popularity, the catalogue and the seed computes the same.
  /// Spherical k-means, the tightest of eight starts; the seed is public.
  package init(
    popularity: Popularity, content: ContentFeatures, headItems: Int, tailGroups: Int, seed: UInt64
  ) {
    let byPopularity = (0..<Int32(popularity.values.count)).sorted {
      let (left, right) = (popularity.values[Int($0)], popularity.values[Int($1)])
      return left == right ? $0 < $1 : left > right
    }
    let head = Array(byPopularity.prefix(headItems))
    let tail = Array(byPopularity.dropFirst(headItems))
    let groupCount = min(tailGroups, tail.count)
    let groups = Self.clusters(of: tail, content: content, count: groupCount, seed: seed)
    var coordinates = [Int32](repeating: 0, count: popularity.values.count)
    for (coordinate, item) in head.enumerated() { coordinates[Int(item)] = Int32(coordinate) }
    for (item, group) in zip(tail, groups) {
      coordinates[Int(item)] = Int32(head.count) + group
    }
    self.init(head: head, groupCount: groupCount, coordinates: coordinates)
  }

  /// Starts from which the tightest clustering is taken.
  private static let restarts = 8
  /// Passes of one start; clusters hardly move after the first few.
  private static let passes = 10

  /// The tightest of several clusterings from random starts.
  private static func clusters(
    of items: [Int32], content: ContentFeatures, count: Int, seed: UInt64
  ) -> [Int32] {
    guard count > 0 else { return [] }
    var best: (tightness: Float, assignment: [Int32])?
    for restart in 0..<restarts {
      var generator = DeterministicGenerator(
        seed: seed, stream: 0x7461_696C_0000 | UInt64(restart))
      let found = clustering(
        of: items, content: content, count: count,
        from: Array(items.shuffled(using: &generator).prefix(count)))
      if found.tightness > best?.tightness ?? -.infinity { best = found }
    }
    return best?.assignment ?? []
  }

  /// Spherical k-means from given first centers.
  ///
  /// - Returns: the cluster of each item and the sum of similarities to the own center.
  private static func clustering(
    of items: [Int32], content: ContentFeatures, count: Int, from centers: [Int32]
  ) -> (tightness: Float, assignment: [Int32]) {
    // One column per cluster, so that an item's similarity to all of them is a sum of rows.
    var centroids = [Float](repeating: 0, count: content.vocabularyCount * count)
    for (cluster, item) in centers.enumerated() {
      content.forEachTerm(of: item) { term, weight in centroids[term * count + cluster] = weight }
    }
    var assignment = [Int32](repeating: 0, count: items.count)
    var tightness: Float = 0
    var similarity = [Float](repeating: 0, count: count)
    for _ in 0..<passes {
      tightness = 0
      for (position, item) in items.enumerated() {
        for cluster in 0..<count { similarity[cluster] = 0 }
        content.forEachTerm(of: item) { term, weight in
          for cluster in 0..<count {
            similarity[cluster] += weight * centroids[term * count + cluster]
          }
        }
        var best = 0
        for cluster in 0..<count where similarity[cluster] > similarity[best] { best = cluster }
        assignment[position] = Int32(best)
        tightness += similarity[best]
      }
      updateCentroids(&centroids, count: count, items: items, assignment: assignment, content)
    }
    return (tightness, assignment)
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
