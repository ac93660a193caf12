package import CryptoPrimitives
package import DeviceLedger
internal import RoundVocabulary
package import Storage
package import WireProtocol

/// Why a device cannot do what it was asked.
package enum DeviceError: Error, Sendable, Equatable {
  case storage(StorageError)
  case transport(TransportError)
  case wire(WireError)
  /// The coordinator refused, and says why.
  case refused(Refusal)
  /// The folder belongs to no coordinator yet.
  case notJoined(String)
  /// There is no device in the folder.
  case noDevice(String)
  /// The folder belongs to another coordinator; leave it first.
  case joinedElsewhere
  /// The coordinator is not the one that the join code names.
  case otherCoordinator
  /// The answer is of another kind than the request.
  case unexpectedAnswer
  /// Downloaded bytes do not have the hash that names them.
  case damagedDownload(Bytes32)
  case badPlanSignature(Bytes32)
  /// The device is asked to take part while it does; wait for the end of the first.
  case takesPartAlready
  /// The coordinator's witnesses are not those that its authority vouches for.
  case badWitnessList
  /// The coordinator shows an older list of witnesses than the device has pinned.
  case olderWitnessList(pinned: UInt64, found: UInt64)
  /// What the coordinator offers is not in its log, or the log cannot be believed.
  case log(LogFault)
  /// The device's ledger was changed while the device took part; the next check-in says what follows.
  case ledger(LedgerFault)
  /// Another day on which the device may be counted would be above what its owner allows.
  case checkInsSpent(most: Int)
}

extension DeviceError {
  /// Whether the same may succeed later without anybody doing anything about it.
  package var isTemporary: Bool {
    switch self {
    // Also a foreign certificate: other networks, such as those that want a password first, pass.
    case .transport: true
    case .wire(.version): false
    case .wire, .damagedDownload: true
    case .refused(let refusal): refusal.code.isTemporary
    case .log(let fault): fault.isTemporary
    case .ledger, .checkInsSpent: true
    case .storage, .notJoined, .noDevice, .joinedElsewhere, .otherCoordinator, .unexpectedAnswer,
      .badPlanSignature, .badWitnessList, .olderWitnessList, .takesPartAlready:
      false
    }
  }
}

extension DeviceError {
  /// Whether it is about the coordinator, or who answers in its place.
  ///
  /// What a device computes for itself goes on without.
  package var isOfCoordinator: Bool {
    switch self {
    case .storage, .notJoined, .noDevice, .joinedElsewhere, .takesPartAlready, .ledger,
      .checkInsSpent:
      false
    case .transport, .wire, .refused, .otherCoordinator, .unexpectedAnswer, .damagedDownload,
      .badPlanSignature, .badWitnessList, .olderWitnessList, .log:
      true
    }
  }
}

extension DeviceError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .storage(let error): error.description
    case .transport(let error): "the coordinator cannot be reached: \(error)"
    case .wire(let error): "the coordinator's answer: \(error)"
    case .refused(let refusal): "the coordinator refused: \(refusal.reason)"
    case .log(let fault): fault.description
    case .ledger(let fault): "nothing was contributed: \(fault)"
    case .notJoined(let folder):
      "\(folder) has not joined a coordinator; run: silhouette client join CODE --dir \(folder)"
    case .noDevice(let folder):
      "\(folder) holds no device; check the path, or make one: silhouette client join CODE --dir "
        + folder
    case .joinedElsewhere: "this folder belongs to another coordinator; leave that one first"
    case .otherCoordinator:
      "the coordinator, or the authority that it enrolls for, is not the one that the join code named; if its operator "
        + "has replaced a key, ask for a new code and join again: silhouette client join CODE"
    case .unexpectedAnswer: "the coordinator answered something else than it was asked"
    case .damagedDownload(let hash): "what was downloaded as \(hash) does not have that hash"
    case .badPlanSignature(let hash):
      "plan \(hash) is not signed by the authority that the join code named; if its operator has replaced that key, "
        + "ask for a new code and join again: silhouette client join CODE"
    case .takesPartAlready:
      "the device takes part in a round already; wait until that call has come back"
    case .badWitnessList:
      "the list of witnesses is not signed by the authority that the join code names; ask whoever "
        + "issued the code"
    case .olderWitnessList(let pinned, let found):
      "the coordinator shows list \(found) of its witnesses, and list \(pinned) is known here: an older "
        + "one is not taken; ask whoever runs the coordinator"
    case .checkInsSpent(let most):
      "another day of check-ins would be above rounds.mostCheckInDays: \(most) of any "
        + "\(CheckInCount.windowDays) (UTC)"
    }
  }
}
