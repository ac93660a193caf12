internal import Report
internal import RoundVocabulary

/// What the epsilons of a ledger are about, in words: for verdicts and reports alike.
extension AuditFigures.Terms {
  /// - Source: protocols/ledger.md, section 4.
  static let ofLedger = AuditFigures.Terms(
    unit: PrivacyUnit.user.rawValue,
    protects: "all that one person’s device contributes to a plan, over its whole course",
    adjacency: NeighboringRelation.zeroOut.rawValue,
    difference: "that contribution, replaced by nothing (zero-out)",
    apart:
      "counts of check-ins: of a day a coordinator may keep how many devices there were, with noise, which costs each of "
      + "them ε \(CheckInCount.epsilonPerDay) at δ 0 against whoever sees the number; devices charge themselves for it, on "
      + "at most \(CheckInCount.windowDays) days of \(CheckInCount.windowDays) unless their owners say less, ε "
      + "\(FigureText.short(CheckInCount.epsilon(days: CheckInCount.windowDays))) in all")
}

extension Adversary {
  /// What a guarantee against it takes into account.
  var sees: String {
    switch self {
    case .modelUser: "the last model"
    case .anyClientOrPublic: "every release of every round"
    case .honestButCuriousCoordinator: "the sum of every round, and who took part"
    case .coordinatorWithColludingClients:
      "the same, and the noise of the people who work with it"
    case .maliciousCoordinator:
      "in the worst case a single contribution: it may invent people, and drop others"
    case .coordinatorWithoutSecureAggregation:
      "every single contribution, and keeps to the protocol otherwise"
    }
  }

  /// What has to be true outside of the mathematics for a guarantee against it.
  var assumptions: [String] {
    let peopleAreReal = "at least the planned number of honest people is in every sum"
    let sumsAreWhole =
      "sums are opened only whole, which the masks of secure aggregation see to"
    return switch self {
    case .modelUser, .anyClientOrPublic: [peopleAreReal]
    case .honestButCuriousCoordinator: [peopleAreReal, sumsAreWhole]
    case .coordinatorWithColludingClients:
      [peopleAreReal, sumsAreWhole, "no more work with it than the plan allows for"]
    case .maliciousCoordinator:
      ["nothing is promised; what one device’s own noise hides is the figure for A6"]
    case .coordinatorWithoutSecureAggregation:
      [
        "the device’s own noise is drawn as planned", "cohorts are those that the log names",
      ]
    }
  }
}
