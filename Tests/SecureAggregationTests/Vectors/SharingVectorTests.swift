import CryptoPrimitives
import Testing
import TestSupport

@testable import SecureAggregation

@Suite struct SharingVectorTests {
  private struct Sharing: Decodable {
    struct Polynomial: Decodable {
      let t: Int
      let secret: Hex
      let point: Hex
      let coefficients: [Hex]
      let shares: [Hex]
      let reconstructFromX: [Int]
    }
    struct Box: Decodable {
      let name: String
      let from: Int
      let to: Int
      let t2: Hex
      let fromSecret: Hex
      let fromPublic: Hex
      let toSecret: Hex
      let toPublic: Hex
      let boxKey: Hex?
      let nonce: Hex?
      let shareOfS: Hex?
      let shareOfB: Hex?
      let box: Hex

      var route: ShareBox.Route {
        ShareBox.Route(transcript: t2.bytes32, dealer: from, holder: to)
      }

      /// The receiver's key of the box.
      func openingKey() throws -> SecretBytes {
        let holder = AgreementSecretKey(bytes: toSecret.secret)
        let session = try holder.sessionKeys(
          as: to < from ? .client : .server,
          with: AgreementPublicKey(encoding: fromPublic.bytes32))
        return route.key(from: session.receiving)
      }

      /// The dealer's key of the box.
      func sealingKey() throws -> SecretBytes {
        let dealer = AgreementSecretKey(bytes: fromSecret.secret)
        let session = try dealer.sessionKeys(
          as: from < to ? .client : .server,
          with: AgreementPublicKey(encoding: toPublic.bytes32))
        return route.key(from: session.sending)
      }
    }
    let polynomials: [Polynomial]
    let boxes: [Box]
    let badBoxes: [Box]
  }

  private func sharing() throws -> Sharing { try VectorFile.load("sharing") }

  @Test func polynomialsGiveTheSharesAndSharesTheSecret() throws {
    for vector in try sharing().polynomials {
      let secret = try SecretScalar(encoding: vector.secret.secret)
      let polynomial = try SecretPolynomial(hiding: secret, coefficients: vector.coefficients)
      var share = SecretBytes(zeros: 32)
      for (index, expected) in vector.shares.enumerated() {
        polynomial.writeShare(ofSlot: index + 1, to: &share, at: 0)
        #expect(share.contents == expected.bytes)
      }
      let known = try vector.reconstructFromX.map { slot in
        Slotted(slot: slot, value: try Scalar(encoding: vector.shares[slot - 1].bytes32))
      }
      var combiner = ShareCombiner(threshold: vector.t)
      let found = try combiner.secret(of: vector.point.bytes32, from: known)
      #expect(found.secret.bytes.contents == vector.secret.bytes)
      #expect(found.suspectedSlot == nil)
    }
  }

  @Test func boxesAreSealedAndOpened() throws {
    for vector in try sharing().boxes {
      let shares = try #require(vector.shareOfS).bytes + #require(vector.shareOfB).bytes
      let nonce = try #require(vector.nonce).bytes
      let key = try vector.sealingKey()
      #expect(key.contents == vector.boxKey?.bytes)
      let box = ShareBox.seal(
        SecretBytes(known: shares), at: 0, on: vector.route, key: key, nonce: nonce)
      #expect(box.bytes == vector.box.bytes)
      let opened = try box.open(on: vector.route, key: vector.openingKey())
      #expect(opened.contents == shares)
    }
  }

  @Test func spoiledBoxesGiveNoShares() throws {
    let vectors = try sharing().badBoxes
    #expect(vectors.count >= 6)
    for vector in vectors {
      let key = try vector.openingKey()
      var held = HeldShares(capacity: 1)
      #expect(throws: CryptoError.self, "\(vector.name)") {
        let pair = try ShareBox(bytes: vector.box.bytes).open(on: vector.route, key: key)
        try held.hold(pair, ofSlot: 1)
      }
      #expect(held.slots.isEmpty)
    }
  }
}

extension SecretPolynomial {
  /// The polynomial with known coefficients behind the secret.
  fileprivate init(
    hiding secret: borrowing SecretScalar, coefficients: [Hex]
  ) throws {
    var all = SecretScalars(zeros: coefficients.count + 1)
    all.set(0, to: secret)
    for (index, coefficient) in coefficients.enumerated() {
      try all.set(index + 1, to: coefficient.secret, at: 0)
    }
    self.init(coefficients: all)
  }
}
