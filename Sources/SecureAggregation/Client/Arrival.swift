internal import CryptoPrimitives

/// The header of a message, before the message is decoded.
struct Arrival: Sendable {
  let kind: MessageKind
  let awaited: MessageKind?
  let time: UInt64
  /// Of the step that the message leads to; unknown before there is a configuration.
  let deadline: UInt64?

  static let checks: [Check<Arrival>] = [
    Check(.outOfOrder, "header.kind") { $0.kind == $0.awaited },
    Check(.deadline, "time") { arrival in arrival.deadline.map { arrival.time < $0 } ?? true },
  ]
}

/// To whom a decoded message of the coordinator is addressed, in which round.
struct Address: Sendable {
  let transcript: Bytes32
  let ownTranscript: Bytes32?
  let recipient: Int?
  let ownIndex: Int?
  let cohortSize: Int?
  let ownCohortSize: Int?
  let isSigned: @Sendable () -> Bool

  static let checks: [Check<Address>] = [
    Check(.transcript, "transcript") { $0.transcript == $0.ownTranscript },
    Check(.recipient, "recipient") { $0.recipient == nil || $0.recipient == $0.ownIndex },
    Check(.cohortSize, "n") { $0.cohortSize == nil || $0.cohortSize == $0.ownCohortSize },
    Check(.signature, "signature") { $0.isSigned() },
  ]
}

/// A message of the coordinator to a client that has joined the round.
protocol CoordinatorMessage: MessageContent {
  var transcript: Bytes32 { get }
  /// The cohort index that the receiver has to have already.
  var addressee: Int? { get }
  /// n, where the message repeats it.
  var cohortSize: Int? { get }
}

extension DirectoryMessage: CoordinatorMessage {
  // The Directory is what gives a client its index.
  var addressee: Int? { nil }
  var cohortSize: Int? { nil }
}

extension InboxMessage: CoordinatorMessage {
  var addressee: Int? { recipient }
  var cohortSize: Int? { sharers.cohortSize }
}

extension SurvivorsMessage: CoordinatorMessage {
  var addressee: Int? { nil }
  var cohortSize: Int? { survivors.cohortSize }
}

extension QuorumMessage: CoordinatorMessage {
  var addressee: Int? { recipient }
  var cohortSize: Int? { nil }
}
