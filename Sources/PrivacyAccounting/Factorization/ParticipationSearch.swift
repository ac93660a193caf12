/// The worst participations in one binary tree, by dynamic programming over subtrees.
///
/// Of the participations in a subtree only three things matter outside of it: their number c, and the
/// distances x and y of the first and the last one from the subtree's ends, both up to b - 1. A
/// subtree's value is the greatest sum over its nodes for c participations, none of them among its
/// first x or last y steps. Only values that the root asks for are computed.
struct ParticipationSearch {
  private let separation: Int
  private var nodes: [Node] = []
  private var complete: [Int: Int] = [:]
  private var root = 0

  /// A subtree; complete ones of one size share one node.
  private struct Node {
    /// The number of steps, present or not, and of those that are present.
    let size: Int
    let steps: Int
    let left: Int?
    let right: Int?
    /// How many participations fit into the steps that are present.
    let greatestCount: Int
    /// Entry [c - 2][x b + y]; empty before its first use.
    var values: [[Int32]]
  }

  private static let unknown: Int32 = -2
  private static let impossible: Int32 = -1

  init(steps: Int, separation: Int) {
    self.separation = separation
    var size = 1
    while size < steps { size *= 2 }
    root = addNode(size: size, steps: steps)
  }

  /// About how many sums the search compares.
  ///
  /// Two or more participations need more than b steps; below the root and its children, all
  /// distances on both sides may be asked for.
  static func cost(steps: Int, separation: Int, count: Int) -> Double {
    let b = Double(separation)
    var cost = 0.0
    var size = 1
    while size < steps {
      let fitting = Double(min(count, (size - 1) / separation + 1))
      let sides = 4 * size > 2 * steps ? b : b * b
      if fitting > 1 { cost += fitting * fitting / 2 * sides * b }
      size *= 2
    }
    return cost + Double(count * count) * b
  }

  /// The greatest sum with `count` participations, negative when they do not fit.
  mutating func greatest(_ count: Int) -> Int32 { value(root, count, 0, 0) }

  private mutating func addNode(size: Int, steps: Int) -> Int {
    if steps == size, let known = complete[size] { return known }
    let half = size / 2
    let left = size > 1 ? addNode(size: half, steps: min(steps, half)) : nil
    let right = steps > half && size > 1 ? addNode(size: half, steps: steps - half) : nil
    let count = (steps - 1) / separation + 1
    nodes.append(
      Node(
        size: size, steps: steps, left: left, right: right, greatestCount: count,
        values: Array(repeating: [], count: count - 1)))
    if steps == size { complete[size] = nodes.count - 1 }
    return nodes.count - 1
  }

  private mutating func value(_ index: Int, _ count: Int, _ x: Int, _ y: Int) -> Int32 {
    let (x, y) = (max(0, x), max(0, y))
    guard count <= nodes[index].greatestCount else { return Self.impossible }
    if count == 1 { return single(nodes[index], x, y) }
    let place = x * separation + y
    if nodes[index].values[count - 2].isEmpty {
      nodes[index].values[count - 2] = Array(
        repeating: Self.unknown, count: separation * separation)
    }
    let known = nodes[index].values[count - 2][place]
    if known != Self.unknown { return known }
    let inner = best(index, count, x, y)
    let found = inner < 0 ? Self.impossible : inner + Int32(count * count)
    nodes[index].values[count - 2][place] = found
    return found
  }

  /// One participation meets one node on each level, wherever it is.
  private func single(_ node: Node, _ x: Int, _ y: Int) -> Int32 {
    let last = min(node.size - 1 - y, node.steps - 1)
    return x <= last ? Int32(node.size.trailingZeroBitCount + 1) : Self.impossible
  }

  /// The best way to split `count` participations between two halves, without their common node.
  private mutating func best(_ index: Int, _ count: Int, _ x: Int, _ y: Int) -> Int32 {
    let node = (left: nodes[index].left, right: nodes[index].right, half: nodes[index].size / 2)
    guard let left = node.left else { return Self.impossible }
    var best = value(left, count, x, y - node.half)
    guard let right = node.right else { return best }
    best = max(best, value(right, count, x - node.half, y))
    for first in 1..<count {
      guard first <= nodes[left].greatestCount, count - first <= nodes[right].greatestCount else {
        continue
      }
      // The last of the left and the first of the right half are y' + 1 + x' >= b steps apart.
      for inner in 0..<min(separation, node.half) {
        let one = value(left, first, x, inner)
        guard one >= 0 else { break }
        let other = value(right, count - first, separation - 1 - inner, y)
        if other >= 0 { best = max(best, one + other) }
      }
    }
    return best
  }
}
