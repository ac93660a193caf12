/// What has to hold of a bundle, by the names of protocols/ledger.md, section 3, in its order.
///
/// Rules of decoding are `EncodingFault.Rule`; `LedgerFinding` has either.
package enum LedgerRule: String, Sendable, CaseIterable {
  // Of the whole bundle.
  case otherLog = "other-log"
  case headSignature = "head-signature"
  case cosignature
  case fewWitnesses = "few-witnesses"
  case changedLeaf = "changed-leaf"
  case changedEntry = "changed-entry"
  case root
  case planForm = "plan-form"
  case planOrder = "plan-order"
  case bundleHash = "bundle-hash"

  // Of single entries.
  case duplicate
  case afterRotation = "after-rotation"
  case authority
  case planSignature = "plan-signature"
  case unloggedPlan = "unlogged-plan"
  case task
  case closedPlan = "closed-plan"
  case paused
  case roundOrder = "round-order"
  case model
  case unknownRound = "unknown-round"
  case endedRound = "ended-round"
  case cohortFloor = "cohort-floor"
  case cohortCeiling = "cohort-ceiling"
  case unknownCohort = "unknown-cohort"
  case survivorFloor = "survivor-floor"
  case survivorCeiling = "survivor-ceiling"
  case unknownSurvivors = "unknown-survivors"
  case otherSurvivors = "other-survivors"
  case law
  case assurance
  case clipNorm = "clip-norm"
  case dimension
  case scale
  case normBound = "norm-bound"
  case noise
  case otherMechanism = "other-mechanism"
  case debitAhead = "debit-ahead"
  case budget
  case unpaid
  case otherDebit = "other-debit"
  case manyReleases = "many-releases"
  case pauseOrder = "pause-order"
  case rotationSignature = "rotation-signature"
  case rotatedKey = "rotated-key"
  case closingCount = "closing-count"
  case claim

  /// What is wrong, for people.
  package var meaning: String {
    switch self {
    case .otherLog: "the head is of another log than the bundle says"
    case .headSignature: "the log's key did not sign the head"
    case .cosignature: "a cosignature is false or by nobody who is listed"
    case .fewWitnesses: "fewer witnesses than the quorum have signed the head"
    case .changedLeaf: "the hash after the entry was changed; the entry is what the log signed"
    case .changedEntry: "the entry is not what the log signed"
    case .root: "the entries are not those of the signed head"
    case .planForm: "a plan is not as plans are written"
    case .planOrder: "the plans are not those that the log names, in its order"
    case .bundleHash: "the file was changed after it was made"
    case .duplicate: "an earlier entry has the same key"
    case .afterRotation: "the log goes on after its own key was replaced"
    case .authority: "signed by another key than the authority's"
    case .planSignature: "the signature of the plan does not hold"
    case .unloggedPlan: "the plan is not in the log before"
    case .task: "the plan has no such task"
    case .closedPlan: "the plan is closed"
    case .paused: "the task is paused"
    case .roundOrder: "the number is not larger than that of an earlier round"
    case .model: "no release has made this model"
    case .unknownRound: "the round was not announced"
    case .endedRound: "the round has ended"
    case .cohortFloor: "fewer devices than the plan demands"
    case .cohortCeiling: "more devices than the plan allows"
    case .unknownCohort: "the round has no cohort"
    case .survivorFloor: "fewer survivors than the plan demands"
    case .survivorCeiling: "more survivors than members"
    case .unknownSurvivors: "it is not settled whose contributions count"
    case .otherSurvivors: "for other survivors than were agreed on"
    case .law: "the noise has another law than the plan says"
    case .assurance: "the noise counts on other devices than the plan says"
    case .clipNorm: "the clip norm is not the plan's"
    case .dimension: "the vectors have another length than the plan says"
    case .scale: "the scale does not follow from the plan"
    case .normBound: "the norm bound does not follow from scale and length"
    case .noise: "less noise than the plan promises"
    case .otherMechanism: "the mechanism has changed"
    case .debitAhead: "an earlier debit of the plan is still open"
    case .budget: "the plan's epsilon is exceeded"
    case .unpaid: "released without a debit"
    case .otherDebit: "it names another debit"
    case .manyReleases: "the plan has no further release of this task"
    case .pauseOrder: "pauses and resumptions do not alternate"
    case .rotationSignature: "one of the two signatures does not hold"
    case .rotatedKey: "the old key is not the one in use"
    case .closingCount: "the log has other numbers of debits or releases"
    case .claim: "a claim is below what the log costs"
    }
  }
}
