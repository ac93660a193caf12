internal import Scenarios
internal import Yams

/// One section of a plan, read key by key; what is wrong is collected.
struct PlanSection {
  private let key: String
  private let file: String
  private let mark: Mark?
  private var nodes: [String: (name: Node, value: Node)] = [:]
  private var asked: Set<String> = []
  private var isForgiving = false
  private(set) var problems: [EventPlanError.Problem] = []

  init(_ node: Node, key: String, file: String) {
    self.key = key
    self.file = file
    mark = node.mark
    guard case .mapping(let mapping) = node else {
      isForgiving = true
      report(node.mark, key.isEmpty ? "plan" : key, "must be a section of key: value lines")
      return
    }
    for (name, value) in mapping {
      if case .scalar(let scalar) = name {
        nodes[scalar.string] = (name, value)
      } else {
        report(name.mark, key, "a key must be a word")
      }
    }
  }

  func has(_ name: String) -> Bool { nodes[name] != nil }

  /// Keeps keys that nobody asked for from being reported.
  mutating func forgive() { isForgiving = true }

  /// Reports every key that nobody asked for.
  mutating func finish() {
    guard !isForgiving else { return }
    for (name, node) in nodes.sorted(by: { $0.key < $1.key }) where !asked.contains(name) {
      let suggestion = Spelling.nearest(to: name, among: asked.sorted())
      report(
        node.name.mark, path(name),
        "unknown key; "
          + (suggestion.map { "did you mean \($0)?" }
            ?? "known here are \(asked.sorted().joined(separator: ", "))"))
    }
  }

  mutating func list(_ name: String) -> [Node] {
    guard let node = node(name, isRequired: true, expected: "a list of mechanisms") else {
      return []
    }
    guard case .sequence(let sequence) = node, !sequence.isEmpty else {
      report(node.mark, path(name), "must be a list of mechanisms, one or more")
      return []
    }
    return Array(sequence)
  }

  mutating func word(_ name: String, among words: [String], isRequired: Bool) -> String? {
    let expected = words.joined(separator: " or ")
    guard let node = node(name, isRequired: isRequired, expected: expected) else { return nil }
    guard case .scalar(let scalar) = node, words.contains(scalar.string) else {
      let found = node.scalar?.string ?? "this"
      let suggestion = Spelling.nearest(to: found, among: words)
      report(
        node.mark, path(name),
        "\(found) is not known; "
          + (suggestion.map { "did you mean \($0)?" } ?? "write \(expected)"))
      return nil
    }
    return scalar.string
  }

  mutating func number(_ name: String, in range: ClosedRange<Double>) -> Double? {
    let upper =
      range.upperBound == .greatestFiniteMagnitude ? "" : " and at most \(range.upperBound)"
    let expected = "a finite number, at least \(range.lowerBound)\(upper)"
    guard let node = node(name, isRequired: true, expected: expected) else { return nil }
    guard let text = node.scalar?.string, let value = Double(text), range.contains(value) else {
      return refuse(node, name, expected)
    }
    return value
  }

  /// A whole number; `standard` stands in where the key is missing.
  mutating func whole(_ name: String, standard: Int?, in range: ClosedRange<Int>) -> Int? {
    let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    guard let node = node(name, isRequired: standard == nil, expected: expected) else {
      return standard
    }
    guard let text = node.scalar?.string, let value = Int(text), range.contains(value) else {
      return refuse(node, name, expected)
    }
    return value
  }

  private mutating func node(_ name: String, isRequired: Bool, expected: String) -> Node? {
    asked.insert(name)
    if let node = nodes[name] { return node.value }
    if isRequired, !isForgiving {
      report(mark, path(name), "is missing; write \(expected)")
    }
    return nil
  }

  private mutating func refuse<Value>(_ node: Node, _ name: String, _ expected: String) -> Value? {
    report(
      node.mark, path(name), "\(node.scalar?.string ?? "this") is not possible; write \(expected)")
    return nil
  }

  private func path(_ name: String) -> String { key.isEmpty ? name : "\(key).\(name)" }

  private mutating func report(_ mark: Mark?, _ key: String, _ fault: String) {
    problems.append(
      EventPlanError.Problem(
        file: file, line: mark?.line, column: mark?.column, key: key, fault: fault))
  }
}
