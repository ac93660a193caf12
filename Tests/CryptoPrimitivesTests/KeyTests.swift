import CryptoPrimitives
import Testing
import TestSupport

@Suite struct AgreementTests {
  /// X25519 and BLAKE2b-512 of Python's ctypes over libsodium and hashlib.
  @Test func sessionKeysMatchTheReference() throws {
    let client = AgreementSecretKey(bytes: SecretBytes(known: Array(1...32)))
    let server = AgreementSecretKey(bytes: SecretBytes(known: Array(33...64)))
    #expect(
      hexadecimal(client.publicKey.encoding.bytes)
        == "07a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c")
    let keys = try client.sessionKeys(as: .client, with: server.publicKey)
    #expect(
      hexadecimal(keys.receiving.contents)
        == "49a7fb99a6bfceab13803df4eb160e8d03719170effe4d51f47d4c302e841342")
    #expect(
      hexadecimal(keys.sending.contents)
        == "b6e2c492f517590598b9ebf4114b6c33cc8dd0a9f8bf7c88dd6cc0213193e6cb")
    let mirrored = try server.sessionKeys(as: .server, with: client.publicKey)
    #expect(mirrored.receiving.contents == keys.sending.contents)
    #expect(mirrored.sending.contents == keys.receiving.contents)
  }

  /// Points of small order on Curve25519: 0, 1 and one of order 8.
  @Test(arguments: [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  ]) func keysOfSmallOrderAreRefused(hexadecimal: String) throws {
    var random = RandomStream.system()
    let key = AgreementSecretKey(random: &random)
    let weak = AgreementPublicKey(encoding: try #require(Bytes32(bytes(hexadecimal))))
    #expect(throws: CryptoError.weakAgreementKey) {
      _ = try key.sessionKeys(as: .client, with: weak)
    }
    #expect(throws: CryptoError.weakAgreementKey) {
      _ = try key.sessionKeys(as: .server, with: weak)
    }
  }
}

@Suite struct SigningTests {
  /// RFC 8032, section 7.1, test 2.
  @Test func signaturesMatchRFC8032() throws {
    let key = SigningKey(
      seed: SecretBytes(
        known: bytes("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")))
    #expect(
      hexadecimal(key.verificationKey.encoding.bytes)
        == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    #expect(
      hexadecimal(unsafe key.sign([UInt8(0x72)].span.bytes).bytes)
        == "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
  }

  @Test func onlyTheKeyTheMessageAndTheSignatureTogetherAreValid() throws {
    var random = RandomStream.system()
    let key = SigningKey(random: &random)
    let other = SigningKey(random: &random)
    let message = Blake2b.digest([1, 2, 3])
    let signature = key.sign(message)
    #expect(key.verificationKey.isValid(signature, on: message))
    #expect(!other.verificationKey.isValid(signature, on: message))
    #expect(!key.verificationKey.isValid(signature, on: Blake2b.digest([1, 2])))
    for index in 0..<64 {
      var altered = signature.bytes
      altered[index] ^= 1
      #expect(!key.verificationKey.isValid(try #require(Signature(altered)), on: message))
    }
    #expect(Signature([1]) == nil && Signature(signature.bytes) == signature)
  }

  /// With the identity as key, R = identity and s = 0 would satisfy the equation for every message.
  @Test func keysOfSmallOrderVerifyNothing() throws {
    let identity = try #require(Bytes32([1] + [UInt8](repeating: 0, count: 31)))
    let forged = try #require(Signature([1] + [UInt8](repeating: 0, count: 63)))
    #expect(!VerificationKey(encoding: identity).isValid(forged, on: Bytes32()))
  }
}

@Suite struct SealedBoxTests {
  private let plaintext = Array(
    ("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
      + "sunscreen would be it.").utf8)
  private let associated = bytes("50515253c0c1c2c3c4c5c6c7")
  private let nonce = [UInt8](0x40...0x57)

  private func key() -> SecretBytes { SecretBytes(known: Array(0x80...0x9f)) }

  private func sealed() -> [UInt8] {
    let secret = SecretBytes(known: plaintext)
    return SealedBox.seal(
      secret, 0..<secret.count, associated: associated, nonce: nonce, key: key())
  }

  @Test func boxesMatchTheXChaChaDraft() {
    // draft-irtf-cfrg-xchacha-03, appendix A.3.1.
    #expect(
      hexadecimal(Array(sealed().dropFirst(24)))
        == "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
        + "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
        + "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
        + "21f9664c97637da9768812f615c68b13b52e" + "c0875924c1c7987947deafd8780acf49")
    #expect(sealed().prefix(24) == nonce[...])
    #expect(sealed().count == plaintext.count + SealedBox.overheadByteCount)
  }

  @Test func boxesOpenToWhatWasSealed() throws {
    let opened = try SealedBox.open(sealed(), associated: associated, key: key())
    #expect(opened.contents == plaintext)
    let part = SealedBox.seal(
      SecretBytes(known: plaintext), 7..<10, associated: [], nonce: nonce, key: key())
    #expect(try SealedBox.open(part, associated: [], key: key()).contents == Array("and".utf8))
  }

  @Test func everyAlteredByteIsNoticed() {
    let box = sealed()
    for index in box.indices {
      var altered = box
      altered[index] ^= 1
      #expect(throws: CryptoError.notAuthentic) {
        _ = try SealedBox.open(altered, associated: associated, key: key())
      }
    }
    #expect(throws: CryptoError.notAuthentic) {
      _ = try SealedBox.open(box, associated: associated + [0], key: key())
    }
    for count in [0, 39, 40, box.count - 1] {
      #expect(throws: CryptoError.notAuthentic) {
        _ = try SealedBox.open(Array(box.prefix(count)), associated: associated, key: key())
      }
    }
    #expect(throws: CryptoError.notAuthentic) {
      _ = try SealedBox.open(box, associated: associated, key: SecretBytes(zeros: 32))
    }
  }
}
