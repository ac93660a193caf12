package import ProfileModel

/// The task `statistics` on a device: where its interest lies, with norm 1.
package enum StatisticsWork {
  /// 1/sqrt(n) at each of the n items of the history; zero for an empty history.
  ///
  /// Shape: [items].
  package static func update(_ history: InteractionHistory, itemCount: Int) -> [Float] {
    var update = [Float](repeating: 0, count: itemCount)
    guard !history.isEmpty else { return update }
    let weight = 1 / Float(history.count).squareRoot()
    for item in history.items { update[Int(item)] = weight }
    return update
  }
}
