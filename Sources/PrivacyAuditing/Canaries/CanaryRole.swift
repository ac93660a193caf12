package import RoundVocabulary

/// Which canary a device of a running plan is, and to which tasks it contributes.
///
/// A coin falls for each task, once, and is kept with the device: tasks follow on what earlier ones have released, so
/// that with one coin for all a task would show more of it than its own mechanism lets out. Direction and sign
/// follow from what is public; the coins are what an audit guesses, and whoever opens sums must not know them before
/// the guesses are made.
package struct CanaryRole: Sendable, Equatable, Codable {
  /// Counted from 0.
  package let index: Int
  /// Canaries of the audit.
  package let count: Int
  /// From which all canaries of the audit are made; public.
  package let seed: UInt64
  /// Tasks to which the device contributes its canary; nothing to the others.
  package let tasks: Set<TaskKind>

  /// - Range: `count` from 2 to 10^6, `index` below it.
  /// - Throws: `AuditError.outOfRange`.
  package init(
    index: Int, count: Int, seed: UInt64, tasks: Set<TaskKind>
  ) throws(AuditError) {
    try AuditError.require(count, "the number of canaries", in: 2...1_000_000)
    try AuditError.require(index, "the canary's number", in: 0...(count - 1))
    self.index = index
    self.count = count
    self.seed = seed
    self.tasks = tasks
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      index: try values.decode(Int.self, forKey: .index),
      count: try values.decode(Int.self, forKey: .count),
      seed: try values.decode(UInt64.self, forKey: .seed),
      tasks: try values.decode(Set<TaskKind>.self, forKey: .tasks))
  }

  /// The device's update for release `release` of a task, counted from 0.
  ///
  /// Shape: [d], to be clipped: that of its canary, or zeros.
  /// - Throws: `AuditError` for dimensions and clip norms that `CanarySet` refuses.
  package func update(
    of task: TaskKind, dimension: Int, clipNorm: Double, inRelease release: Int
  ) throws(AuditError) -> [Float] {
    guard tasks.contains(task) else { return [Float](repeating: 0, count: dimension) }
    return try CanarySet(
      count: count, of: task, dimension: dimension, clipNorm: clipNorm, seed: seed
    ).contribution(of: index, inRelease: release)
  }
}

extension CanarySet {
  /// The canaries of one task, with alternating signs: each has coordinates of its own where there are enough.
  ///
  /// - Parameter seed: of the audit; every task has canaries of its own from it.
  /// - Throws: `AuditError.outOfRange`.
  package init(
    count: Int, of task: TaskKind, dimension: Int, clipNorm: Double, seed: UInt64
  ) throws(AuditError) {
    try self.init(
      count: count, dimension: dimension, clipNorm: clipNorm,
      directions: count <= dimension ? .disjointBlocks : .uniform, schedule: .alternating,
      seed: task.auditStream(1) ^ seed)
  }
}

extension TaskKind {
  /// A number that no other task, no other purpose and no other run has.
  ///
  /// - Range: `purpose` below 256, `run` below 2^32.
  package func auditStream(_ purpose: UInt64, run: Int = 0) -> UInt64 {
    let place = UInt64(TaskKind.allCases.firstIndex(of: self) ?? 0)
    return (0x6175_6469_7400_0000 | place << 8 | purpose) ^ UInt64(run) << 32
  }
}
