internal import FederatedTasks
internal import PrivacyMechanisms

/// The way that a task's updates take in a deployment: devices contribute, the sum is released.
struct AuditedPath {
  private let mechanism: ContributionMechanism
  private var course: RankerRounds?
  /// C of the first round.
  private let firstClipNorm: Double

  init(_ audited: AuditedTask) {
    mechanism = audited.mechanism
    course = audited.course
    firstClipNorm = audited.clipNorm
  }

  /// What one round releases, in units in which its C is that of the first round.
  mutating func release(_ round: CanaryRound) throws -> [Float] {
    let mechanism = course?.mechanism ?? mechanism
    let growth = course.map { Float($0.clipNorm / firstClipNorm) } ?? 1
    var sum = mechanism.makeSum()
    for device in 0..<round.devices {
      var randomness = round.randomness(of: device)
      try mechanism.contribute(
        vector(round.update(device), growth), to: &sum, randomness: &randomness)
    }
    var noise = round.noise
    guard let values = try course?.open(sum, noise: &noise).values else {
      return try mechanism.release(sum, noise: &noise).values
    }
    return values.map { $0 / growth }
  }

  /// Nothing at all for a device that is out, for zero-out neighbors differ in all that it would have sent.
  private func vector(_ update: [Float], _ growth: Float) -> [Float] {
    guard let course else { return update }
    guard update.contains(where: { $0 != 0 }) else {
      return [Float](repeating: 0, count: course.mechanism.request.dimension)
    }
    return course.vector(for: update.map { $0 * growth })
  }
}
