/// A place where a process may die, named so that a test can make it die there.
///
/// Each lies directly before or after something becomes durable.
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
  case releaseBegun, releaseModelWritten, releaseRoundWritten, releaseCommitted
  case abortWritten, abortCommitted
  case promotionWritten, promotionCommitted
  case pinWritten, pinCommitted
  // Device.
  case eventsWritten, eventsCommitted
  case roundBegunWritten, roundBegunCommitted
  case chargeWritten, chargeCommitted
  case survivorsWritten, survivorsCommitted
  case unmaskWritten, unmaskCommitted
  // Witness.
  case revealWritten, revealCommitted
  case cosignatureWritten, cosignatureCommitted
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
