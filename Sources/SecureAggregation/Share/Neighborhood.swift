internal import CryptoPrimitives

/// The clients with which a client shares: section 13.2, steps 4 to 6.
struct Neighborhood: Sendable {
  /// The own cohort index.
  let index: Int
  let graph: CohortGraph
  /// T2.
  let transcript: Bytes32
  /// In ascending slots; as many as the Directory introduced.
  let neighbors: [Neighbor]

  struct Neighbor: Sendable {
    let slot: Int
    let index: Int
    let advertise: Signed<AdvertiseMessage>
    /// The mask key, if it is a valid one.
    let maskKey: GroupElement?

    var identity: VerificationKey { advertise.content.identity }
  }

  init(of index: Int, graph: CohortGraph, transcript: Bytes32, directory: DirectoryMessage) {
    self.index = index
    self.graph = graph
    self.transcript = transcript
    neighbors = zip(graph.neighbors(of: index), directory.neighbors).map { holder, advertise in
      Neighbor(
        slot: holder.slot, index: holder.index, advertise: advertise,
        // Nil is refused by the check of section 13.2, step 5, in its place in the order.
        maskKey: try? GroupElement(encoding: advertise.content.maskKey))
    }
  }

  /// The place in `neighbors` of the one in a slot, or nil if it holds none.
  func position(ofSlot slot: Int) -> Int? {
    // Slots ascend by one, but for the own slot, which the complete graph skips.
    for position in [slot - 1, slot - 2] where neighbors.indices.contains(position) {
      if neighbors[position].slot == slot { return position }
    }
    return nil
  }

  func neighbor(inSlot slot: Int) -> Neighbor? { position(ofSlot: slot).map { neighbors[$0] } }

  /// Before the neighbors are looked at: a Directory and the number of its entries.
  struct Introductions: Sendable {
    let entryCount: Int
    let neighborCount: Int
  }

  static let checks: [Check<Introductions>] = [
    Check(.neighborCount, "Directory.neighbors") { $0.entryCount == $0.neighborCount }
  ]

  /// One neighbor, and what its entry has to agree with.
  struct Introduction: Sendable {
    let neighbor: Neighbor
    let leaf: Bytes32
    let config: RoundConfig
    let revocations: RevocationList
    let certificates: CertificateVerifier

    private var keys: AdvertiseMessage { neighbor.advertise.content }

    static let checks: [Check<Introduction>] = [
      Check(.neighborLeaf, "Directory.neighbors") {
        $0.keys.leaf(at: $0.neighbor.index) == $0.leaf
      },
      Check(.point, "Directory.neighbors.maskKey") { $0.neighbor.maskKey != nil },
      Check(.certificate, "Directory.neighbors.certificate") {
        $0.certificates.isValid($0.keys.certificate, for: $0.config)
      },
      Check(.revoked, "Directory.neighbors.certificate") {
        !$0.revocations.contains($0.keys.identity)
      },
      Check(.neighborEligibility, "Directory.neighbors.certificate") {
        $0.config.isEligible($0.keys.identity)
      },
      Check(.neighborSignature, "Directory.neighbors.signature") {
        $0.neighbor.advertise.isSigned(by: $0.keys.identity)
      },
    ]
  }

  /// The keys of the client and of all of its neighbors.
  struct KeyRing: Sendable {
    let members: [AdvertiseMessage]

    fileprivate func areDistinct<Key: Hashable>(_ key: (AdvertiseMessage) -> Key) -> Bool {
      Set(members.map(key)).count == members.count
    }
  }

  static let keyChecks: [Check<KeyRing>] = [
    Check(.duplicateKey, "Directory.neighbors") { keys in
      keys.areDistinct(\.identity) && keys.areDistinct(\.agreementKey)
        && keys.areDistinct(\.maskKey)
    }
  ]
}
