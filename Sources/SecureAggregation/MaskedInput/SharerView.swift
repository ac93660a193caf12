internal import CryptoPrimitives

/// Who shared, as an Inbox shows it: section 13.3.
struct SharerView: Sendable {
  /// U2.
  let sharers: CohortSet
  let index: Int
  let graph: CohortGraph
  let leastCohort: Int

  static let checks: [Check<SharerView>] = [
    Check(.fewSharers, "Inbox.sharers") { $0.sharers.count >= $0.leastCohort },
    Check(.ownBit, "Inbox.sharers") { $0.sharers.contains($0.index) },
    Check(.fewNeighbors, "Inbox.sharers") {
      $0.graph.liveHolders(of: $0.index, in: $0.sharers) >= $0.graph.parameters.threshold
    },
  ]

  /// A box that was delivered to a slot.
  struct Delivery: Sendable {
    let dealer: Int?
    let index: Int
    let sharers: CohortSet

    static let checks: [Check<Delivery>] = [
      Check(.notANeighbor, "Inbox.boxes.slot") { delivery in
        guard let dealer = delivery.dealer, dealer != delivery.index else { return false }
        return delivery.sharers.contains(dealer)
      }
    ]
  }
}

/// Those who take part from here on, and T3.
struct Sharers: Sendable {
  /// U2.
  let members: CohortSet
  /// T3.
  let transcript: Bytes32
}
