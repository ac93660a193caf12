internal import CryptoPrimitives
internal import RoundVocabulary
internal import Scenarios
internal import TransparencyLog

/// The course of a round: announced, cohort, survivors, debit, release or abort.
extension Ledger {
  mutating func accept(_ announced: LoggedRound, at place: Int) throws(Breach) {
    guard let account = accounts[announced.planHash] else { throw Breach(.unloggedPlan) }
    guard var task = tasks[announced.round.task], task.plan == announced.planHash else {
      throw Breach(.task)
    }
    try require(!account.isClosed, .closedPlan)
    try require(!task.isPaused, .paused)
    try require(
      announced.round.number > task.lastRound, .roundOrder,
      "\(announced.round.number) after \(task.lastRound)")
    try require(account.knows(model: announced.modelHash), .model)
    task.lastRound = announced.round.number
    tasks[announced.round.task] = task
    accounts[announced.planHash]?.started(model: announced.modelHash)
    rounds[announced.round] = Round(place: place)
  }

  mutating func accept(_ cohort: LoggedCohort) throws(Breach) {
    let (round, task, account) = try going(cohort.round)
    let promise = account.promise
    try require(
      cohort.memberCount >= promise.leastCohort, .cohortFloor,
      "\(cohort.memberCount) where \(promise.leastCohort) are the least")
    try require(
      cohort.memberCount <= promise.plan.cohort.most, .cohortCeiling,
      "\(cohort.memberCount) where \(promise.plan.cohort.most) are the most")
    var next = round
    next.cohort = cohort
    rounds[cohort.round] = next
    accounts[task.plan]?.gathered(task: task.place)
  }

  mutating func accept(_ survivors: LoggedSurvivors) throws(Breach) {
    let (round, _, account) = try going(survivors.round)
    guard let cohort = round.cohort else { throw Breach(.unknownCohort) }
    let least = account.promise.assurance.leastSurvivors
    try require(
      survivors.survivorCount >= least, .survivorFloor,
      "\(survivors.survivorCount) where \(least) are the least")
    try require(
      survivors.survivorCount <= cohort.memberCount, .survivorCeiling,
      "\(survivors.survivorCount) of \(cohort.memberCount)")
    var next = round
    next.survivors = survivors
    rounds[survivors.round] = next
  }

  mutating func accept(
    _ debit: LoggedDebit, leaf: Bytes32, at place: Int
  ) throws(Breach) {
    let (round, task, account) = try going(debit.round)
    guard let survivors = round.survivors else { throw Breach(.unknownSurvivors) }
    try require(
      debit.transcript == survivors.transcript && debit.survivorCount == survivors.survivorCount,
      .otherSurvivors)
    if let (rule, detail) = account.promise.fault(
      of: debit.mechanism, in: account.promise.tasks[task.place])
    {
      throw Breach(rule, detail)
    }
    let first = account.charge.tasks[task.place].mechanism
    try require(first == nil || first == debit.mechanism, .otherMechanism)
    try require(!account.hasOpenDebit, .debitAhead)
    var next = round
    next.debit = (leaf, debit)
    rounds[debit.round] = next
    accounts[task.plan]?.debited(debit.mechanism, task: task.place, index: place)
  }

  mutating func accept(_ release: LoggedRelease) throws(Breach) {
    let (round, task, account) = try going(release.round)
    guard let debit = round.debit else { throw Breach(.unpaid) }
    try require(release.debit == debit.leaf, .otherDebit)
    try require(release.survivorCount == debit.content.survivorCount, .otherSurvivors)
    try require(release.mechanism == debit.content.mechanism, .otherMechanism)
    try require(
      account.releases[task.place] < account.promise.tasks[task.place].mostReleases, .manyReleases)
    var next = round
    next.hasRelease = true
    rounds[release.round] = next
    accounts[task.plan]?.released(model: release.modelHash, task: task.place)
  }

  mutating func accept(_ abort: LoggedAbort) throws(Breach) {
    let (round, task, _) = try going(abort.round)
    var next = round
    next.abort = abort
    rounds[abort.round] = next
    if round.debit != nil { accounts[task.plan]?.abortedAfterDebit() }
  }

  /// A round that was announced and has not ended, with its task and plan.
  private func going(
    _ reference: RoundReference
  ) throws(Breach) -> (Round, Task, LedgerAccount) {
    guard let round = rounds[reference], let task = tasks[reference.task],
      let account = accounts[task.plan]
    else { throw Breach(.unknownRound) }
    try require(!round.hasEnded, .endedRound)
    return (round, task, account)
  }
}
