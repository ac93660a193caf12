package import CryptoPrimitives

/// An enrolled device.
package struct DeviceRecord: Sendable, Equatable {
  package let identity: Bytes32
  /// The certificate that the enrollment authority gave it.
  package let certificate: [UInt8]
  /// Unix seconds.
  package let enrolledAt: Int64
  package var revokedAt: Int64?

  package init(
    identity: Bytes32, certificate: [UInt8], enrolledAt: Int64, revokedAt: Int64? = nil
  ) {
    self.identity = identity
    self.certificate = certificate
    self.enrolledAt = enrolledAt
    self.revokedAt = revokedAt
  }
}

/// Where a plan stands in its life.
package enum PlanState: String, Sendable, CaseIterable {
  case signed, published, running, paused, done, failed, canceled

  /// The states that may follow.
  package var successors: Set<PlanState> {
    switch self {
    case .signed: [.published, .canceled]
    case .published: [.running, .paused, .failed, .canceled]
    case .running: [.paused, .done, .failed, .canceled]
    case .paused: [.running, .canceled]
    case .failed: [.running, .canceled]
    case .done, .canceled: []
    }
  }
}

/// A signed plan.
package struct PlanRecord: Sendable, Equatable {
  /// The hash of `document`.
  package let hash: Bytes32
  package let document: [UInt8]
  package let signature: [UInt8]
  package var state: PlanState

  package init(document: [UInt8], signature: [UInt8], state: PlanState = .signed) {
    hash = Blake2b.digest(document)
    self.document = document
    self.signature = signature
    self.state = state
  }

  /// Whether `audit.gate` is true, which is the end of the one text that such a plan is signed with.
  package var hasGate: Bool { document.suffix(Self.gate.count).elementsEqual(Self.gate) }

  private static let gate = Array("audit:\n  gate: true\n".utf8)
}

/// That a measurement has opened the gate of a plan for its versions.
package struct GatePass: Sendable, Equatable {
  package let plan: Bytes32

  package init(plan: Bytes32) { self.plan = plan }
}

/// One version of the released parts, and where it comes from.
package struct ModelRecord: Sendable, Equatable {
  /// The hash of its bytes, which are a blob.
  package let hash: Bytes32
  package let parent: Bytes32?
  /// The round whose sum made it; nil for the first version of a plan.
  package let round: RoundKey?
  package let plan: Bytes32
  /// Unix seconds.
  package let createdAt: Int64

  package init(
    hash: Bytes32, parent: Bytes32?, round: RoundKey?, plan: Bytes32, createdAt: Int64
  ) {
    self.hash = hash
    self.parent = parent
    self.round = round
    self.plan = plan
    self.createdAt = createdAt
  }
}
