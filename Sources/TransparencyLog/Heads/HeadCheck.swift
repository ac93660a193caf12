internal import CryptoPrimitives

/// A head that a reader is asked to accept, and what the reader knows.
struct HeadOffer: Sendable {
  let log: LogIdentity
  let witnesses: WitnessQuorum
  /// The head accepted last.
  let last: SignedHead?
  let offered: CosignedHead
  let proof: ConsistencyProof?

  var tree: TreeState { offered.signed.head.tree }
  /// Whether the head continues an older one, so that a proof of it is due.
  var hasGrown: Bool { last.map { tree.size > $0.head.tree.size } ?? false }
}

/// One thing that has to hold before a head is accepted.
///
/// Checks are values in a list, in the order of the specification. A `LogView` always has all of them: the
/// list can only be chosen inside of this module, and the one initializer for others chooses
/// `HeadCheck.all`. A test can therefore take one away and show what it prevents.
struct HeadCheck: Sendable {
  /// The `LogRefusal.rule` of the check.
  let rule: String
  let refusal: @Sendable (HeadOffer) -> LogRefusal?

  /// All checks, section 7.
  static let all: [HeadCheck] = [
    log, signature, contradiction, rollback, missingProof, consistency, quorum,
  ]

  private static let log = HeadCheck(rule: "other-log") { offer in
    let name = offer.offered.signed.head.log
    return name == offer.log.name ? nil : .otherLog(name)
  }

  private static let signature = HeadCheck(rule: "head-signature") { offer in
    let signed = offer.offered.signed
    let holds = offer.log.key.isValid(signed.signature, on: signed.head.signatureDigest)
    return holds ? nil : .headSignature
  }

  private static let contradiction = HeadCheck(rule: "contradiction") { offer in
    guard let last = offer.last else { return nil }
    let evidence = HeadEvidence(first: last, second: offer.offered.signed)
    return switch evidence.contradiction {
    case .splitView: .splitView(evidence)
    case .shrunk: .shrunk(evidence)
    case nil: nil
    }
  }

  private static let rollback = HeadCheck(rule: "rollback") { offer in
    guard let seen = offer.last?.head.tree.size, offer.tree.size < seen else { return nil }
    return .rollback(seen: seen, offered: offer.tree.size)
  }

  private static let missingProof = HeadCheck(rule: "missing-proof") { offer in
    guard offer.hasGrown, offer.proof == nil, let seen = offer.last?.head.tree.size else {
      return nil
    }
    return .missingProof(seen: seen, offered: offer.tree.size)
  }

  private static let consistency = HeadCheck(rule: "proof") { offer in
    guard offer.hasGrown, let last = offer.last, let proof = offer.proof else { return nil }
    do throws(LogRefusal) {
      try proof.verify(from: last.head.tree, to: offer.tree)
      return nil
    } catch {
      return error
    }
  }

  private static let quorum = HeadCheck(rule: "few-witnesses") { offer in
    let found = offer.witnesses.count(offer.offered)
    let needed = offer.witnesses.needed
    return found >= needed ? nil : .fewWitnesses(found: found, needed: needed)
  }
}
