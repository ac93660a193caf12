package import CryptoPrimitives
package import RoundVocabulary

/// A plan has ended: what its coordinator says that it cost.
package struct LoggedClosing: Sendable, Equatable {
  /// An upper bound on what one adversary has learned.
  package struct Claim: Sendable, Equatable {
    package let adversary: Adversary
    package let delta: Double
    /// Infinity where nothing is claimed.
    package let epsilon: Double

    package init(adversary: Adversary, delta: Double, epsilon: Double) {
      self.adversary = adversary
      self.delta = delta
      self.epsilon = epsilon
    }
  }

  /// Claims in one entry.
  package static let mostClaims = 64
  /// Characters of the accountant's name.
  static let mostNameBytes = 64

  package let planHash: Bytes32
  /// Debits of the plan's tasks in the log.
  package let debitCount: UInt64
  /// Releases of the plan's tasks in the log.
  package let releaseCount: UInt64
  /// Name and version of the accountant: printable ASCII.
  package let accountant: String
  /// The hash of the golden values that the accountant was checked against.
  package let vectorsHash: Bytes32
  /// In ascending order of adversary, then delta.
  package let claims: [Claim]

  package init(
    planHash: Bytes32, debitCount: UInt64, releaseCount: UInt64, accountant: String,
    vectorsHash: Bytes32, claims: [Claim]
  ) {
    self.planHash = planHash
    self.debitCount = debitCount
    self.releaseCount = releaseCount
    self.accountant = accountant
    self.vectorsHash = vectorsHash
    self.claims = claims
  }
}

extension LoggedClosing: EntryFields {
  static let kind = EntryKind.closing
  var place: (subject: Bytes32, number: UInt64) { (planHash, 0) }

  func append(to bytes: inout [UInt8]) {
    planHash.append(to: &bytes)
    bytes.append(littleEndian: debitCount)
    bytes.append(littleEndian: releaseCount)
    bytes.append(UInt8(clamping: accountant.utf8.count))
    bytes += accountant.utf8
    vectorsHash.append(to: &bytes)
    bytes.append(UInt8(clamping: claims.count))
    for claim in claims {
      bytes.append(claim.adversary.number)
      bytes.append(real: claim.delta)
      bytes.append(real: claim.epsilon)
    }
  }

  init(from reader: inout FieldReader) throws(LogRefusal) {
    planHash = try reader.bytes32("closing.planHash")
    debitCount = try reader.u64(0...LogLimits.mostCount, "closing.debitCount")
    releaseCount = try reader.u64(0...LogLimits.mostCount, "closing.releaseCount")
    guard releaseCount <= debitCount else {
      throw reader.refusal(.contradiction, "closing.releaseCount")
    }
    let length = try reader.count(Self.mostNameBytes, "closing.accountant")
    let name = try reader.bytes(length, "closing.accountant")
    guard !name.isEmpty, name.allSatisfy({ (0x20...0x7E).contains($0) }) else {
      throw reader.refusal(.text, "closing.accountant")
    }
    accountant = String(decoding: name, as: UTF8.self)
    vectorsHash = try reader.bytes32("closing.vectorsHash")
    var claims: [Claim] = []
    for _ in 0..<(try reader.count(Self.mostClaims, "closing.claims")) {
      let claim = try Claim(from: &reader)
      if let last = claims.last, !last.precedes(claim) {
        throw reader.refusal(.order, "closing.claims")
      }
      claims.append(claim)
    }
    self.claims = claims
  }
}

extension LoggedClosing.Claim {
  fileprivate init(from reader: inout FieldReader) throws(LogRefusal) {
    guard let adversary = Adversary(number: try reader.u8("claim.adversary")) else {
      throw reader.refusal(.range, "claim.adversary")
    }
    self.adversary = adversary
    delta = try reader.real(0...1, "claim.delta")
    epsilon = try reader.real(0...Double.infinity, "claim.epsilon")
  }

  fileprivate func precedes(_ other: Self) -> Bool {
    (adversary.number, delta) < (other.adversary.number, other.delta)
  }
}

extension Adversary {
  /// 1 for A1 to 6 for A6.
  fileprivate var number: UInt8 {
    switch self {
    case .modelUser: 1
    case .anyClientOrPublic: 2
    case .honestButCuriousCoordinator: 3
    case .coordinatorWithColludingClients: 4
    case .maliciousCoordinator: 5
    case .coordinatorWithoutSecureAggregation: 6
    }
  }

  fileprivate init?(number: UInt8) {
    guard let adversary = Self.allCases.first(where: { $0.number == number }) else { return nil }
    self = adversary
  }
}
