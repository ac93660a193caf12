import CryptoPrimitives
import RingArithmetic
import SeededRandomness

@testable import SecureAggregation

/// Thousands of clients that send what honest clients would, without their checks and agreements.
///
/// One test process cannot run four thousand real clients in seconds. Here the secrets of all clients
/// are known, so masks between two clients that both stay, which cancel, are left out, and shares are
/// dealt of the one secret that will be opened only. The coordinator is the real one and cannot tell.
struct ScriptedCohort {
  let federation: Federation
  let dropped: Set<Int>
  private let maskKeys: [SecretBox]
  private let selfMasks: [SecretBox]
  private let points: [GroupElement]

  init(_ federation: Federation, dropped: Set<Int>) {
    self.federation = federation
    self.dropped = dropped
    var random = RandomStream.seeded(3, label: "scripted")
    maskKeys = (0..<federation.clientCount).map { _ in SecretBox(&random) }
    selfMasks = (0..<federation.clientCount).map { _ in SecretBox(&random) }
    points = maskKeys.map { $0.scalar.publicPoint }
  }

  func advertise(_ index: Int, _ transcript: Bytes32) -> [UInt8] {
    let unique = Blake2b.digest(Array("scripted \(index)".utf8))
    return federation.identities[index].message(
      AdvertiseMessage(
        transcript: transcript, certificate: federation.certificates[index],
        agreementKey: AgreementPublicKey(encoding: unique),
        maskKey: points[index].encoding, nonce: unique)
    )
  }

  func shares(_ index: Int, _ transcript: Bytes32, _ graph: CohortGraph) -> [UInt8] {
    let box = ShareBox(bytes: [UInt8](repeating: 0, count: ShareBox.byteCount))
    return federation.identities[index].message(
      SharesMessage(
        transcript: transcript, index: index,
        selfMaskPoint: selfMasks[index].scalar.publicPoint.encoding,
        boxes: Array(repeating: box, count: graph.parameters.degree))
    )
  }

  func input(_ index: Int, _ transcript: Bytes32, _ graph: CohortGraph) throws -> [UInt8] {
    let partners = graph.neighbors(of: index).map(\.index).filter { dropped.contains($0) }
    var keys = MaskKeys(capacity: 1 + partners.count)
    keys.appendSelfMask(
      of: selfMasks[index].scalar.bytes, maskKey: points[index].encoding, in: transcript, .added)
    for partner in partners {
      keys.appendPairwiseMask(
        of: try maskKeys[index].scalar.times(points[partner]),
        between: (points[index].encoding, points[partner].encoding), in: transcript,
        MaskSign(of: index, towards: partner))
    }
    var vector = federation.contribution(of: index)
    keys.apply(to: &vector)
    return MaskedInput(
      vector, packing: federation.config.packing, transcript: transcript, index: index,
      signedBy: federation.identities[index]
    ).encoded
  }

  func consistency(_ index: Int, _ transcript: Bytes32) -> [UInt8] {
    federation.identities[index].message(
      ConsistencyMessage(transcript: transcript, index: index)
    )
  }

  /// The released shares of all dealers, by holder and in ascending slots of the holder.
  func released(_ graph: CohortGraph) throws -> [[Slotted<ReleasedShare>]] {
    var random = RandomStream.seeded(4, label: "scripted")
    var released = Array(
      repeating: [Slotted<ReleasedShare>](), count: federation.clientCount)
    for dealer in 0..<federation.clientCount {
      let isDropped = dropped.contains(dealer)
      let polynomial = SecretPolynomial(
        hiding: (isDropped ? maskKeys : selfMasks)[dealer].scalar,
        threshold: graph.parameters.threshold, randomness: &random)
      var pair = SecretBytes(zeros: 32)
      var row = SecretScalars(zeros: 1)
      // Only as many holders as reconstruction takes, those with the lowest slots that are left.
      let holders = graph.holders(of: dealer).filter { !dropped.contains($0.index) }
      for holder in holders.prefix(graph.parameters.threshold) {
        polynomial.writeShare(ofSlot: holder.slot, to: &pair, at: 0)
        try row.set(0, to: pair, at: 0)
        guard let slot = graph.slot(of: dealer, for: holder.index) else { continue }
        released[holder.index].append(
          Slotted(
            slot: slot,
            value: ReleasedShare(
              secret: isDropped ? .maskKey : .selfMask, share: row.released(0))))
      }
    }
    return released.map { $0.sorted { $0.slot < $1.slot } }
  }

  func unmask(
    _ index: Int, _ transcript: Bytes32, _ entries: [Slotted<ReleasedShare>]
  ) -> [UInt8] {
    federation.identities[index].message(
      UnmaskMessage(transcript: transcript, index: index, entries: entries)
    )
  }
}

private final class SecretBox: Sendable {
  let scalar: SecretScalar
  init(_ random: inout RandomStream) { scalar = SecretScalar(random: &random) }
}
