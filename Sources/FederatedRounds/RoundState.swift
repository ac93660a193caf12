package import SecureAggregation

/// Where a round stands, by the names that operators see.
package enum RoundState: Sendable, Equatable {
  /// Announced; opens later.
  case announced
  /// Devices join.
  case selecting
  /// Devices deal shares of their secrets to each other.
  case sharing
  /// Masked contributions arrive.
  case collecting
  /// The set of survivors is fixed; the budget is debited, and the set is being signed.
  case sealed
  /// Shares are released.
  case unmasking
  /// Everything is there; the sum is opened.
  case opening
  case committed
  case aborted(RoundAbort)

  package var isOver: Bool {
    switch self {
    case .committed, .aborted: true
    default: false
    }
  }

  package var name: String {
    switch self {
    case .announced: "announced"
    case .selecting: "selecting"
    case .sharing: "sharing"
    case .collecting: "collecting"
    case .sealed: "sealed"
    case .unmasking: "unmasking"
    case .opening: "opening"
    case .committed: "committed"
    case .aborted: "aborted"
    }
  }
}

/// Why a round ended without a sum: one of these, never silence.
package enum RoundAbort: Error, Sendable, Equatable {
  /// A rule of the aggregation protocol, such as too few devices.
  case aggregation(AbortCode)
  /// An operator said so.
  case byOperator
  /// The plan was canceled or paused.
  case planStopped
  /// The server step refused the sum.
  case serverStep
  /// The journal cannot be replayed: what is stored is not what happened.
  case journal
  /// The round is not in the log: it is from before there was one.
  case notLogged

  /// The number under which the reason is stored and sent; aggregation codes are below 1000.
  package var number: UInt32 {
    switch self {
    case .aggregation(let code): code.rawValue
    case .byOperator: 1001
    case .planStopped: 1002
    case .serverStep: 1003
    case .journal: 1004
    case .notLogged: 1005
    }
  }

  package init?(number: UInt32) {
    switch number {
    case 1001: self = .byOperator
    case 1002: self = .planStopped
    case 1003: self = .serverStep
    case 1004: self = .journal
    case 1005: self = .notLogged
    default:
      guard let code = AbortCode(rawValue: number) else { return nil }
      self = .aggregation(code)
    }
  }

  /// The reason as one word.
  package var name: String {
    switch self {
    case .aggregation(let code): "\(code)"
    case .byOperator: "byOperator"
    case .planStopped: "planStopped"
    case .serverStep: "serverStep"
    case .journal: "journal"
    case .notLogged: "notLogged"
    }
  }
}
