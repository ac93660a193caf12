/// What the members of a cohort have sent, one value each, found by the index of the member.
///
/// A coordinator asks for all neighbors of all members: a row of places, as a dictionary would cost more than what
/// is done with the values.
struct ByMember<Value: Sendable>: Sendable {
  /// By cohort index.
  private(set) var values: [Value?]
  /// Of how many members there is a value.
  private(set) var count = 0

  init(cohortSize: Int) { values = Array(repeating: nil, count: cohortSize) }

  /// Nil for whoever has sent nothing, and for indices outside of the cohort.
  subscript(index: Int) -> Value? { values.indices.contains(index) ? values[index] : nil }

  /// - Range: `index` is a member of whom there is no value.
  mutating func add(_ value: Value, of index: Int) {
    precondition(values[index] == nil, "a second value of member \(index)")
    values[index] = value
    count += 1
  }

  /// Of whom there is a value.
  var members: CohortSet {
    CohortSet(values.indices.filter { values[$0] != nil }, cohortSize: values.count)
  }

  /// Another value for each that is there.
  func mapValues<Other>(_ other: (Value) -> Other) -> ByMember<Other> {
    var mapped = ByMember<Other>(cohortSize: values.count)
    for (index, value) in values.enumerated() {
      if let value { mapped.add(other(value), of: index) }
    }
    return mapped
  }
}
