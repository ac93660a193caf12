internal import ClientNode
internal import CoordinatorNode
internal import DeviceProfiling
internal import NodeServing
internal import PlannedRounds
internal import PrivacyAuditing
internal import SilhouetteClient
internal import Simulator
internal import Storage
internal import WireProtocol
internal import WitnessNode

/// How errors of nodes end the program.
enum NodeFailures {
  static func status(of error: any Error) -> ExitStatus {
    switch error {
    case NodeFolderFault.missing, NodeFolderFault.unreadable, DeviceError.notJoined,
      DeviceError.noDevice:
      .inputMissing
    case NodeFolderFault.exists: .cannotWrite
    case is NodeFolderFault, is WireError, is IntroductionFault, is ServerCertificate.Fault:
      .badInput
    case is HTTPSServer.CannotListen: .unavailable
    case is RunningPlanFault, is WitnessSetFault, is KeyRotation.Fault, is CanaryFault,
      is EmpiricalAudit.Obstacle, is AuditError:
      .badInput
    case DeviceError.wire, DeviceError.joinedElsewhere: .badInput
    case is PlanningFault, is CatalogueFault, is EventStoreError, is ModelError:
      .badInput
    case HashFault.noHash: .usage
    case is HashFault, is RoundLabelFault, is RollbackFault, is ProfileFault: .inputMissing
    case DeviceError.storage(let error): status(of: error)
    case DeviceError.refused(let refusal) where !refusal.code.isTemporary: .refused
    case DeviceError.badPlanSignature, DeviceError.otherCoordinator,
      TransportError.wrongCertificate:
      .refused
    case is DeviceError, is TransportError: .unavailable
    case let error as StorageError: status(of: error)
    default: .internalError
    }
  }

  private static func status(of error: StorageError) -> ExitStatus {
    switch error {
    case .file, .diskFull: .cannotWrite
    case .database, .folderInUse: .unavailable
    case .unknownRound, .unknownPlan, .unknownModel, .unknownDevice, .blobMissing, .gateClosed,
      .witnessStoreMissing, .keyMissing:
      .inputMissing
    case .schemaIsNewer, .corrupt, .blobDamaged, .keyFileMode, .keyFileLength, .planTransition,
      .planIsNotRunning, .rotationUnfinished,
      .logEntryExists, .otherLog,
      .logDamaged, .notLoggable, .logIsShorter,
      .joinCodeInvalid, .joinCodeExpired, .deviceRevoked, .staleParent, .roundHasEnded,
      .roundOutOfOrder, .equivocation, .chargeExists, .secondPromise, .secondHead,
      .witnessesChanged, .ledgerOutOfOrder:
      .badInput
    }
  }
}
