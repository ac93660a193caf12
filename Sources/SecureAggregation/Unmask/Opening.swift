package import CryptoPrimitives
package import RingArithmetic

/// The sum over the survivors, without masks.
package struct OpenedSum: Sendable {
  package let vector: RingVector
  /// U3.
  package let survivors: CohortSet
  /// T4, under which the sum is published.
  package let transcript: Bytes32
  package let suspicions: [Suspicion]
}

/// A wrong share: either its dealer or its holder is at fault, so both are counted.
package struct Suspicion: Sendable, Hashable {
  package let dealer: Int
  package let holder: Int
}

/// Takes the masks off the sum of all survivors: section 15, step 6.
///
/// First the secrets are reconstructed, dealers split over threads; then the masks are taken off, the
/// coordinates split over threads, each with all masks. No thread waits for another within a stage, and
/// the result is the same for any number of them.
package struct Opening: Sendable {
  private let masked: PartialSum
  private let graph: CohortGraph
  private let sharers: Sharers
  private let survivors: Survivors
  private let maskKeys: [GroupElement]
  private let selfMaskPoints: ByMember<Bytes32>
  private let released: ByMember<UnmaskMessage>

  init(
    masked: PartialSum, graph: CohortGraph, sharers: Sharers, survivors: Survivors,
    maskKeys: [GroupElement], selfMaskPoints: ByMember<Bytes32>, released: ByMember<UnmaskMessage>
  ) {
    self.masked = masked
    self.graph = graph
    self.sharers = sharers
    self.survivors = survivors
    self.maskKeys = maskKeys
    self.selfMaskPoints = selfMaskPoints
    self.released = released
  }

  /// The sum, computed on up to `threads` threads.
  ///
  /// - Throws: `fewShares` or `pointCheck`; nothing is then opened.
  /// - Complexity: n t products modulo L for the secrets, d times (survivors + dropped k) keystream
  ///   words for the masks; memory O(d) beside the released shares.
  package func open(threads: Int) async throws(ProtocolError) -> OpenedSum {
    let batches = try await reconstruct(threads: threads)
    let vector = await removeMasks(batches, threads: threads)
    return OpenedSum(
      vector: vector, survivors: survivors.members, transcript: survivors.transcript,
      suspicions: batches.flatMap(\.suspicions).sorted { $0.dealer < $1.dealer })
  }

  // MARK: Stage 1: secrets

  /// The keys of the masks of some dealers, as they have to be applied to the masked sum.
  private final class Batch: Sendable {
    let keys: MaskKeys
    let suspicions: [Suspicion]

    init(_ keys: consuming MaskKeys, _ suspicions: [Suspicion]) {
      self.keys = keys
      self.suspicions = suspicions
    }
  }

  /// What went wrong first with the dealers of one thread.
  private struct Fault: Error {
    let dealer: Int
    let error: ProtocolError
  }

  private func reconstruct(threads: Int) async throws(ProtocolError) -> [Batch] {
    let dealers = sharers.members.indices
    let count = max(1, min(threads, dealers.count))
    let results = await withTaskGroup(of: Result<Batch, Fault>.self) { group in
      for thread in 0..<count {
        // Every so many-th dealer: one that dropped out takes far longer than the others, and those who
        // drop out together often stand together.
        let share = stride(from: thread, to: dealers.count, by: count).map { dealers[$0] }
        group.addTask { Result { () throws(Fault) in try batch(of: share) } }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    var batches: [Batch] = []
    var first: Fault?
    for result in results {
      switch result {
      case .success(let batch): batches.append(batch)
      // The first in the order of the dealers: which error counts does not depend on threads.
      case .failure(let fault) where fault.dealer < first?.dealer ?? .max: first = fault
      case .failure: break
      }
    }
    if let first { throw first.error }
    return batches
  }

  private func batch(of dealers: [Int]) throws(Fault) -> Batch {
    let peers = dealers.map { survivors.members.contains($0) ? [] : survivingNeighbors(of: $0) }
    var keys = MaskKeys(capacity: peers.reduce(dealers.count) { $0 + $1.count })
    var combiner = ShareCombiner(threshold: graph.parameters.threshold)
    var suspicions: [Suspicion] = []
    for (dealer, peers) in zip(dealers, peers) {
      do throws(ProtocolError) {
        if let suspicion = try append(masksOf: dealer, with: peers, &combiner, to: &keys) {
          suspicions.append(suspicion)
        }
      } catch { throw Fault(dealer: dealer, error: error) }
    }
    return Batch(keys, suspicions)
  }

  /// Reconstructs the secret of a dealer and appends the masks that follow from it.
  ///
  /// - Parameter peers: surviving neighbors of a dealer that dropped out.
  /// - Returns: who is suspected of a wrong share.
  private func append(
    masksOf dealer: Int, with peers: [Int], _ combiner: inout ShareCombiner,
    to keys: inout MaskKeys
  ) throws(ProtocolError) -> Suspicion? {
    let isSurvivor = survivors.members.contains(dealer)
    // Nobody in the sum shares a mask with a dropped client that has no surviving neighbor.
    guard isSurvivor || !peers.isEmpty else { return nil }
    let point = isSurvivor ? selfMaskPoints[dealer] : maskKeys[dealer].encoding
    guard let point else { throw ProtocolError(.fewShares, "Shares") }
    let found = try combiner.secret(of: point, from: shares(of: dealer))
    if isSurvivor {
      keys.appendSelfMask(
        of: found.secret.bytes, maskKey: maskKeys[dealer].encoding, in: sharers.transcript,
        .subtracted)
    } else {
      try append(pairwiseMasksOf: found.secret, dealer, with: peers, to: &keys)
    }
    guard let slot = found.suspectedSlot, let holder = graph.holder(of: dealer, slot: slot)
    else { return nil }
    return Suspicion(dealer: dealer, holder: holder)
  }

  /// Appends the masks that survivors applied for a client that dropped out, each with the other sign.
  private func append(
    pairwiseMasksOf secret: borrowing SecretScalar, _ dealer: Int, with peers: [Int],
    to keys: inout MaskKeys
  ) throws(ProtocolError) {
    for peer in peers {
      let agreement: SecretBytes
      do throws(CryptoError) {
        agreement = try secret.times(maskKeys[peer])
      } catch {
        throw ProtocolError(.point, "Advertise.maskKey")
      }
      keys.appendPairwiseMask(
        of: agreement, between: (maskKeys[dealer].encoding, maskKeys[peer].encoding),
        in: sharers.transcript,
        MaskSign(of: peer, towards: dealer).inverse)
    }
  }

  private func survivingNeighbors(of dealer: Int) -> [Int] {
    graph.neighbors(of: dealer).map(\.index).filter { survivors.members.contains($0) }
  }

  /// The released shares of a dealer, in ascending slots of the dealer.
  private func shares(of dealer: Int) -> [Slotted<Scalar>] {
    graph.holders(of: dealer).compactMap { holder in
      guard let slot = graph.slot(of: dealer, for: holder.index),
        let share = released.values[holder.index]?.share(inSlot: slot)
      else { return nil }
      return Slotted(slot: holder.slot, value: share)
    }
  }

  // MARK: Stage 2: masks

  private func removeMasks(_ batches: [Batch], threads: Int) async -> RingVector {
    let vector = masked.vector
    let tileCount = MaskTile.coordinateCount(for: vector.modulus)
    let tiles = (vector.count + tileCount - 1) / tileCount
    let slices = await withTaskGroup(of: (Int, RingVector).self) { group in
      for part in Self.parts(of: tiles, count: threads) {
        let start = part.lowerBound * tileCount
        let end = min(part.upperBound * tileCount, vector.count)
        group.addTask {
          var slice = vector.slice(start..<end)
          for batch in batches { batch.keys.apply(to: &slice, from: start) }
          return (start, slice)
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    return RingVector(joining: slices.sorted { $0.0 < $1.0 }.map(\.1))
  }

  /// `0 ..< total` cut into up to `count` ranges of about the same length, none empty.
  private static func parts(of total: Int, count: Int) -> [Range<Int>] {
    let count = max(1, min(count, total))
    return (0..<count).map { (total * $0 / count)..<(total * ($0 + 1) / count) }
  }
}

extension UnmaskMessage {
  /// The share that stands in a slot of the sender.
  ///
  /// Slots ascend from 1 on. If none is missing it is found at once, otherwise by bisection of those before.
  fileprivate func share(inSlot slot: Int) -> Scalar? {
    var range = 0..<min(slot, entries.count)
    if let last = range.last, entries[last].slot == slot { return entries[last].value.share }
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      if entries[middle].slot == slot { return entries[middle].value.share }
      range =
        entries[middle].slot < slot
        ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return nil
  }
}
