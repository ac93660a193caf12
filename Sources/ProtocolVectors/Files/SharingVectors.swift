internal import CryptoPrimitives
internal import SecureAggregation

/// sharing.json: Shamir shares, and the boxes that carry them.
struct SharingVectors: VectorSuite {
  struct Polynomial: Decodable {
    let name: String
    let t: Int
    let secret: Hex32
    let point: Hex32
    let coefficients: [Hex32]
    let shares: [Hex32]
    let reconstructFromX: [Int]
  }
  struct Box: Decodable {
    let name: String
    let from: Int
    let to: Int
    let t2: Hex32
    let fromSecret: Hex32
    let fromPublic: Hex32
    let toSecret: Hex32
    let toPublic: Hex32
    let transmitKey: Hex?
    let boxKey: Hex?
    let nonce: Hex?
    let shareOfS: Hex32?
    let shareOfB: Hex32?
    let box: Hex
    let event: UInt32?

    var route: ShareBox.Route {
      ShareBox.Route(transcript: t2.value, dealer: from, holder: to)
    }

    /// The receiver's key of the box.
    func openingKey() throws(CryptoError) -> SecretBytes {
      let session = try AgreementSecretKey(bytes: toSecret.secret).sessionKeys(
        as: to < from ? .client : .server,
        with: AgreementPublicKey(encoding: fromPublic.value))
      return route.key(from: session.receiving)
    }

    /// The dealer's keys for everything to the holder.
    func dealing() throws(CryptoError) -> SessionKeys {
      try AgreementSecretKey(bytes: fromSecret.secret).sessionKeys(
        as: from < to ? .client : .server,
        with: AgreementPublicKey(encoding: toPublic.value))
    }
  }
  let polynomials: [Polynomial]
  let boxes: [Box]
  let badBoxes: [Box]

  func verify(
    _ checks: inout VectorChecks, rounds: RoundScripts
  ) async throws(ProtocolVectorError) {
    for vector in try checks.list("polynomials", polynomials) { try verify(vector, &checks) }
    for vector in try checks.list("boxes", boxes) { try verify(sealed: vector, &checks) }
    for vector in try checks.list("bad_boxes", badBoxes) { try verify(spoiled: vector, &checks) }
  }

  private func verify(
    _ vector: Polynomial, _ checks: inout VectorChecks
  ) throws(ProtocolVectorError) {
    try checks.begin(vector.name)
    try checks.limited("shares, counted,", vector.shares.count, 1...1 << 16)
    try checks.limited("t", vector.t, 1...vector.shares.count)
    try checks.limited(
      "coefficients, counted,", vector.coefficients.count, vector.t - 1...vector.t - 1)
    for (place, slot) in vector.reconstructFromX.enumerated() {
      try checks.limited("reconstruct_from_x[\(place)]", slot, 1...vector.shares.count)
      if let earlier = vector.reconstructFromX[..<place].last {
        try checks.limited(
          "reconstruct_from_x[\(place)]", slot, earlier + 1...vector.shares.count + 1)
      }
    }
    let polynomial = try checks.input("secret and coefficients") { () throws(CryptoError) in
      try SecretPolynomial(vector)
    }
    var share = SecretBytes(zeros: 32)
    for (place, expected) in vector.shares.enumerated() {
      polynomial.writeShare(ofSlot: place + 1, to: &share, at: 0)
      checks.equal("shares[\(place)]", share.published, expected.bytes)
    }
    do {
      let known = try vector.reconstructFromX.map { slot in
        Slotted(slot: slot, value: try Scalar(encoding: vector.shares[slot - 1].value))
      }
      var combiner = ShareCombiner(threshold: vector.t)
      let found = try combiner.secret(of: vector.point.value, from: known)
      checks.equal("secret", found.secret.bytes.published, vector.secret.bytes)
      checks.equal("reconstruct_from_x, the wrong share,", found.suspectedSlot, nil)
    } catch {
      checks.fail("reconstruct_from_x", found: "refused: \(error)", expected: "the secret")
    }
  }

  private func verify(sealed vector: Box, _ checks: inout VectorChecks) throws(ProtocolVectorError)
  {
    try checks.begin(vector.name)
    try verifyIndices(vector, &checks)
    let shares =
      try checks.required("share_of_s", vector.shareOfS).bytes
      + checks.required("share_of_b", vector.shareOfB).bytes
    let nonce = try checks.required("nonce", vector.nonce).bytes
    try checks.sized("nonce", nonce, 24)
    let session = try checks.input("to_public") { () throws(CryptoError) in try vector.dealing() }
    checks.equal("transmit_key", session.sending.published, vector.transmitKey?.bytes)
    let key = vector.route.key(from: session.sending)
    checks.equal("box_key", key.published, vector.boxKey?.bytes)
    let box = ShareBox.seal(
      SecretBytes(published: shares), at: 0, on: vector.route, key: key, nonce: nonce)
    checks.equal("box", box.bytes, vector.box.bytes)
    let openingKey = try checks.input("from_public") { () throws(CryptoError) in
      try vector.openingKey()
    }
    do {
      let opened = try box.open(on: vector.route, key: openingKey)
      checks.equal("share_of_s and share_of_b", opened.published, shares)
    } catch {
      checks.fail("box", found: "refused: \(error)", expected: "two shares")
    }
  }

  private func verify(spoiled vector: Box, _ checks: inout VectorChecks) throws(ProtocolVectorError)
  {
    try checks.begin(vector.name)
    try verifyIndices(vector, &checks)
    try checks.sized("box", vector.box.bytes, ShareBox.byteCount)
    let key = try checks.input("from_public") { () throws(CryptoError) in
      try vector.openingKey()
    }
    var held = HeldShares(capacity: 1)
    do throws(CryptoError) {
      let pair = try ShareBox(bytes: vector.box.bytes).open(on: vector.route, key: key)
      try held.hold(pair, ofSlot: 1)
      checks.fail("event", found: "an open box", expected: "\(vector.event ?? 450)")
    } catch {
      checks.equal("event", AbortCode.boxRejected.rawValue, vector.event)
    }
    checks.equal("box, shares held of it,", held.slots.count, 0)
  }

  private func verifyIndices(
    _ vector: Box, _ checks: inout VectorChecks
  ) throws(ProtocolVectorError) {
    try checks.limited("from", vector.from, 0...RoundConfig.mostCohort - 1)
    try checks.limited("to", vector.to, 0...RoundConfig.mostCohort - 1)
  }
}

extension SecretPolynomial {
  /// The polynomial with the coefficients of a vector behind its secret.
  fileprivate init(_ vector: SharingVectors.Polynomial) throws(CryptoError) {
    var all = SecretScalars(zeros: vector.coefficients.count + 1)
    all.set(0, to: try SecretScalar(encoding: vector.secret.secret))
    for (index, coefficient) in vector.coefficients.enumerated() {
      try all.set(index + 1, to: coefficient.secret, at: 0)
    }
    self.init(coefficients: all)
  }
}
