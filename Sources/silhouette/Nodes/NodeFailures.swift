internal import ClientNode
internal import CoordinatorNode
internal import DeviceProfiling
internal import PlannedRounds
internal import SilhouetteClient
internal import Storage
internal import WireProtocol
internal import WitnessNode

/// How errors of nodes end the program.
enum NodeFailures {
  static func status(of error: any Error) -> ExitStatus {
    switch error {
    case CoordinatorFolder.Failure.missing, WitnessFolder.Failure.missing, DeviceError.notJoined:
      .inputMissing
    case is CoordinatorFolder.Failure, is WitnessFolder.Failure, is WireError,
      is IntroductionFault:
      .badInput
    case is RunningPlanFault, is WitnessSetFault: .badInput
    case DeviceError.wire, DeviceError.otherCoordinator, DeviceError.joinedElsewhere: .badInput
    case is PlanningFault, is CatalogueFault, is EventStoreError, is ModelError, is LedgerFault:
      .badInput
    case is HashFault, is RoundLabelFault, is RollbackFault, is ProfileFault: .inputMissing
    case is DeviceError, is TransportError: .unavailable
    case is StorageError: .cannotWrite
    default: .internalError
    }
  }
}
