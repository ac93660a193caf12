internal import ClientNode
internal import FederatedRounds
internal import PlannedRounds
internal import PrivacyAuditing
internal import PrivacyMechanisms
internal import RingArithmetic
internal import RoundVocabulary
internal import SecureAggregation

/// The work of a canary device: a made-up update, or nothing, takes the way that every contribution takes.
///
/// All that a device checks before a round is checked; only what it knows of its user is replaced.
struct CanaryWorker: LocalWorker {
  let worker: PlannedWorker
  let role: CanaryRole
  let shelf: PlanShelf
  let source: any ContributionRandomness

  func objection(to assignment: Assignment) async -> String? {
    await worker.objection(to: assignment)
  }

  func terms(of assignment: Assignment) async throws -> ChargeTerms {
    try await worker.terms(of: assignment)
  }

  func contribution(to assignment: Assignment) async throws -> RingVector {
    let tasks = try await shelf.tasks(assignment.plan)
    guard let round = tasks.next(after: try ModelState(decoding: assignment.model)) else {
      throw PlanObjection.planIsDone
    }
    let mechanism = tasks.mechanism(for: round.task)
    let update = try role.update(
      of: round.task, dimension: mechanism.request.dimension, clipNorm: mechanism.request.clipNorm,
      inRelease: round.number - 1)
    var draws = source.draws(for: round)
    var sum = mechanism.makeSum()
    try mechanism.contribute(update, to: &sum, randomness: &draws.noise)
    return sum.vector
  }
}
