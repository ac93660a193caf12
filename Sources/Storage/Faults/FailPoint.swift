/// A place where a process may die, named so that a test can make it die there.
///
/// Each lies directly before or after something becomes durable, or between that and the moment at
/// which somebody else hears of it.
package enum FailPoint: String, CaseIterable, Sendable, Codable {
  // A file: temporary file, its sync, its name, the sync of the folder.
  case fileOpened, fileWritten, fileSynced, fileRenamed, fileStored
  // Coordinator: devices.
  case enrollmentBegun, enrollmentWritten, enrollmentCommitted
  case revocationWritten, revocationCommitted
  // Coordinator: plans.
  case planWritten, planCommitted
  case planStateWritten, planStateCommitted
  // Coordinator: rounds.
  case roundWritten, roundCommitted
  case journalBegun, journalWritten, journalCommitted
  case sumWritten
  case releaseBlobStored, releaseBegun, releaseModelWritten, releasePointerWritten
  case releaseRoundWritten, releaseCommitted
  case abortWritten, abortCommitted
  case promotionWritten, promotionCommitted
  case pinWritten, pinCommitted
  // Coordinator: entries of the log in their transaction, and on their own; a head, signed, then durable.
  case logWritten, logCommitted
  case headSigned, headKept
  // Coordinator: what devices send, taken in and not stored, then stored and not acknowledged.
  case messageReceived, messageStored
  case uploadReceived, uploadStored
  // Coordinator: what a round decides, before and after it is durable; sealing fixes the survivors.
  case stepClosing, stepClosed
  case sealing, sealed
  case debiting, debited
  case sumOpened, releaseRecorded
  // Device.
  case certificateReceived, certificateStored
  case contributionMade, messageAcknowledged, uploadAcknowledged
  case roundEndWritten, roundEndCommitted
  case eventsWritten, eventsCommitted
  case roundBegunWritten, roundBegunCommitted
  case chargeWritten, chargeCommitted
  // A device's ledger without a charge; its head, durable after each entry.
  case ledgerWritten, ledgerCommitted, ledgerHeadKept
  case survivorsWritten, survivorsCommitted
  case unmaskWritten, unmaskCommitted
  // Witness.
  case revealWritten, revealCommitted
  case cosignatureWritten, cosignatureCommitted
  case headWritten, headCommitted
}

/// What happens when a store reaches a fail point.
///
/// Products pass `NoFaults`. Tests pass a value of their own that ends the process, or throws what a
/// full disk throws. There is no other way to reach these points from outside.
package protocol FaultInjector: Sendable {
  func reached(_ point: FailPoint) throws(StorageError)
}

/// Nothing ever fails on purpose.
package struct NoFaults: FaultInjector {
  package init() {}
  package func reached(_ point: FailPoint) throws(StorageError) {}
}
