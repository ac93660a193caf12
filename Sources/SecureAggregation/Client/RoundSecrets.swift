package import CryptoPrimitives

/// Everything of a round that nobody else may learn; it is wiped when the round ends.
struct RoundSecrets: ~Copyable, Sendable {
  /// c: opens and seals boxes; never shared.
  let agreementKey: AgreementSecretKey
  /// s: agrees on pairwise masks; opened only if the client drops out.
  let maskKey: SecretScalar
  /// b: makes the self mask; opened only if the client's input is in the sum.
  private(set) var selfMask: SecretScalar?
  private(set) var peers: PeerSecrets?
  private(set) var held: HeldShares?

  init(agreementKey: consuming AgreementSecretKey, maskKey: consuming SecretScalar) {
    self.agreementKey = agreementKey
    self.maskKey = maskKey
  }

  mutating func hold(_ peers: consuming PeerSecrets) { self.peers = consume peers }

  mutating func hold(_ selfMask: consuming SecretScalar, _ held: consuming HeldShares) {
    self.selfMask = consume selfMask
    self.held = consume held
  }

  /// Takes in a dealer's two shares.
  ///
  /// - Throws: `CryptoError.nonCanonicalScalar` if one is none; neither is then held.
  mutating func hold(
    shares pair: borrowing SecretBytes, ofSlot slot: Int
  ) throws(CryptoError) { try held?.hold(pair, ofSlot: slot) }
}

/// What a client shares with each of its neighbors: three keys for each, in one piece of memory.
struct PeerSecrets: ~Copyable, Sendable {
  private static let keyByteCount = 32
  private var keys: SecretBytes

  /// Which of a neighbor's three keys.
  private enum Key: Int, CaseIterable {
    case incomingBox
    case outgoingBox
    case agreement
  }

  init(neighborCount: Int) {
    keys = SecretBytes(zeros: neighborCount * Key.allCases.count * Self.keyByteCount)
  }

  /// The keys of the box that a neighbor sends and of the one that it gets.
  mutating func setBoxKeys(
    _ position: Int, incoming: borrowing SecretBytes, outgoing: borrowing SecretBytes
  ) {
    keys.replace(at: range(position, .incomingBox).lowerBound, with: incoming, 0..<incoming.count)
    keys.replace(at: range(position, .outgoingBox).lowerBound, with: outgoing, 0..<outgoing.count)
  }

  /// q, from which the pairwise mask is made.
  mutating func setAgreement(_ position: Int, _ agreement: borrowing SecretBytes) {
    keys.replace(at: range(position, .agreement).lowerBound, with: agreement, 0..<agreement.count)
  }

  func incomingBoxKey(_ position: Int) -> SecretBytes { copy(position, .incomingBox) }
  func outgoingBoxKey(_ position: Int) -> SecretBytes { copy(position, .outgoingBox) }
  func agreement(_ position: Int) -> SecretBytes { copy(position, .agreement) }

  private func copy(_ position: Int, _ key: Key) -> SecretBytes {
    SecretBytes(copying: keys, range(position, key))
  }

  private func range(_ position: Int, _ key: Key) -> Range<Int> {
    let start = (position * Key.allCases.count + key.rawValue) * Self.keyByteCount
    return start..<start + Self.keyByteCount
  }
}

/// The shares that a client holds of its dealers' secrets, two of each.
package struct HeldShares: ~Copyable, Sendable {
  private var shares: SecretScalars
  /// Slots whose shares are held, and where.
  package private(set) var slots: [Int] = []

  /// Room for the shares of `capacity` dealers.
  package init(capacity: Int) { shares = SecretScalars(zeros: 2 * capacity) }

  /// Takes in the two shares of the dealer in `slot`: that of the mask key, then that of the self mask.
  ///
  /// - Throws: `CryptoError.nonCanonicalScalar`; the dealer's shares are then not held.
  package mutating func hold(_ pair: borrowing SecretBytes, ofSlot slot: Int) throws(CryptoError) {
    let place = 2 * slots.count
    try shares.set(place, to: pair, at: 0)
    try shares.set(place + 1, to: pair, at: SecretScalars.scalarByteCount)
    slots.append(slot)
  }

  /// The entries of an Unmask message, in ascending slots.
  ///
  /// - Parameter secret: Which share of the dealer in a slot is released. Of each dealer it is one.
  func released(
    _ secret: (_ slot: Int) -> ReleasedSecret
  ) -> [Slotted<ReleasedShare>] {
    slots.enumerated().sorted { $0.element < $1.element }.map { place, slot in
      let secret = secret(slot)
      let offset = secret == .maskKey ? 0 : 1
      return Slotted(
        slot: slot,
        value: ReleasedShare(secret: secret, share: shares.released(2 * place + offset)))
    }
  }
}
