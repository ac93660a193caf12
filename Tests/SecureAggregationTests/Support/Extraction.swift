import CryptoPrimitives
import RingArithmetic
import TestSupport

@testable import SecureAggregation

/// What a coordinator and its accomplices can compute from everything that they have collected.
///
/// A sum over some inputs opens if every self mask in it is known, and every pairwise mask between a
/// client in the set and one outside. Masks between two clients in the set cancel.
struct Extraction {
  let graph: CohortGraph
  /// The sharers and T3 that the attacker takes the inputs to be masked with.
  var sharers: Sharers
  var maskKeys: [Bytes32]
  var selfMaskPoints: [Int: Bytes32] = [:]
  /// Masked vectors by cohort index.
  var inputs: [Int: RingVector] = [:]
  /// Shares by dealer, secret and the holder's slot.
  private var shares: [Int: [ReleasedSecret: [Int: Scalar]]] = [:]
  /// Secrets that accomplices told, or that the attacker made itself.
  private var knownMaskKeys: [Int: [UInt8]] = [:]
  private var knownSelfMasks: [Int: [UInt8]] = [:]

  init(graph: CohortGraph, sharers: Sharers, maskKeys: [Bytes32]) {
    self.graph = graph
    self.sharers = sharers
    self.maskKeys = maskKeys
  }

  // MARK: What is known

  mutating func add(_ share: Scalar, of secret: ReleasedSecret, dealer: Int, slot: Int) {
    shares[dealer, default: [:]][secret, default: [:]][slot] = share
  }

  /// What a client released.
  mutating func add(_ message: UnmaskMessage) {
    for entry in message.entries {
      guard let dealer = graph.holder(of: message.index, slot: entry.slot),
        let slot = graph.slot(of: message.index, for: dealer)
      else { continue }
      add(entry.value.share, of: entry.value.secret, dealer: dealer, slot: slot)
    }
  }

  /// Everything that an accomplice knows.
  mutating func add(_ confession: Confession, of index: Int) {
    knownMaskKeys[index] = confession.maskKey
    knownSelfMasks[index] = confession.selfMask
    for (ownSlot, pair) in confession.held {
      guard let dealer = graph.holder(of: index, slot: ownSlot),
        let slot = graph.slot(of: index, for: dealer)
      else { continue }
      for (secret, share) in pair { add(share, of: secret, dealer: dealer, slot: slot) }
    }
  }

  mutating func addMaskKey(_ secret: [UInt8], of index: Int) { knownMaskKeys[index] = secret }
  mutating func addSelfMask(_ secret: [UInt8], of index: Int) { knownSelfMasks[index] = secret }

  // MARK: What follows

  /// A secret of a client, if enough shares of it are known.
  mutating func secret(_ secret: ReleasedSecret, of index: Int) -> [UInt8]? {
    switch secret {
    case .maskKey: if let known = knownMaskKeys[index] { return known }
    case .selfMask: if let known = knownSelfMasks[index] { return known }
    }
    let point = secret == .maskKey ? maskKeys[index] : selfMaskPoints[index]
    guard let point, let found = shares[index]?[secret] else { return nil }
    var combiner = ShareCombiner(threshold: graph.parameters.threshold)
    let sorted = found.keys.sorted().map { Slotted(slot: $0, value: found[$0] ?? .zero) }
    guard let result = try? combiner.secret(of: point, from: sorted) else { return nil }
    let bytes = result.secret.bytes.contents
    if secret == .maskKey { knownMaskKeys[index] = bytes } else { knownSelfMasks[index] = bytes }
    return bytes
  }

  /// Whether both secrets of some client are known: then its input is open, whatever else happens.
  mutating func bothSecretsOfSomebody() -> Int? {
    for index in sharers.members.indices
    where inputs[index] != nil && knownMaskKeys[index] == nil {
      if secret(.selfMask, of: index) != nil && secret(.maskKey, of: index) != nil {
        return index
      }
    }
    return nil
  }

  /// The sum of the contributions of `set`, if all masks around it can be taken off.
  mutating func sum(of set: [Int]) -> RingVector? {
    guard let first = set.first, let start = inputs[first] else { return nil }
    var keys = MaskKeys(capacity: set.count * (graph.parameters.degree + 1))
    var total = RingVector(zeros: start.count, modulus: start.modulus)
    for index in set {
      guard let input = inputs[index], let selfMask = secret(.selfMask, of: index) else {
        return nil
      }
      total.add(input)
      keys.appendSelfMask(
        of: SecretBytes(known: selfMask), maskKey: maskKeys[index], in: sharers.transcript,
        .subtracted)
      for peer in graph.neighbors(of: index).map(\.index)
      where sharers.members.contains(peer) && !set.contains(peer) {
        guard let agreement = agreement(of: index, and: peer) else { return nil }
        keys.appendPairwiseMask(
          of: agreement, between: (maskKeys[index], maskKeys[peer]), in: sharers.transcript,
          MaskSign(of: index, towards: peer).inverse)
      }
    }
    keys.apply(to: &total)
    return total
  }

  private mutating func agreement(of index: Int, and peer: Int) -> SecretBytes? {
    for (owner, other) in [(peer, index), (index, peer)] {
      guard let known = secret(.maskKey, of: owner),
        let scalar = try? SecretScalar(encoding: SecretBytes(known: known)),
        let point = try? GroupElement(encoding: maskKeys[other])
      else { continue }
      return try? scalar.times(point)
    }
    return nil
  }

  /// All sets of honest clients whose sum opens, for small cohorts.
  mutating func openSets(among candidates: [Int]) -> [[Int]] {
    var found: [[Int]] = []
    for mask in 1..<(1 << candidates.count) {
      let set = candidates.indices.filter { mask >> $0 & 1 == 1 }.map { candidates[$0] }
      if sum(of: set) != nil { found.append(set) }
    }
    return found
  }
}
