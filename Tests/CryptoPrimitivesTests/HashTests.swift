import CryptoPrimitives
import Testing
import TestSupport

@Suite struct HashTests {
  @Test func blake2bMatchesRFC7693() {
    // RFC 7693, appendix A.
    #expect(
      hexadecimal(Blake2b.hash(Array("abc".utf8), count: 64))
        == "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
        + "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923")
  }

  @Test func shortBlake2bIsItsOwnFunctionAndDefaultsTo32Bytes() {
    let digest = Blake2b.hash([])
    #expect(
      hexadecimal(digest) == "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8")
  }

  @Test func blake2bDoesNotDependOnHowTheBytesArrive() {
    let input = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    var pieces = Blake2bDigest()
    for start in stride(from: 0, to: 1000, by: 130) {
      pieces.update(Array(input[start..<min(start + 130, 1000)]))
    }
    pieces.update([])
    let digest = pieces.finalize()
    #expect(digest.bytes == Blake2b.hash(input))
  }

  /// Python's hashlib.blake2b of b"fsa1/pair" and four fields, each after its length as "<I", without
  /// and with key=bytes(range(32)).
  @Test func labeledMessagesAreHashedAndMadeIntoKeys() throws {
    var message = LabeledMessage(.pair)
    message.append(Array("abc".utf8))
    message.append(UInt32(7))
    message.append(UInt64(1) << 40)
    message.append(try #require(Bytes32(Array(0..<32))))
    #expect(
      "\(message.digest)" == "31707b3424695102275a4168872f7ca1ac18c2044c548fbeed4ba0b5251d5605")
    let secret = SecretBytes(known: Array(0..<32))
    let key = KeyDerivation.key(from: secret, message: message)
    #expect(
      hexadecimal(key.contents)
        == "153b2721277e08eb681c283785f60b733ed1a3069190bdb771f6496b6c638854")
    var row = SecretBytes(zeros: 96)
    KeyDerivation.derive(from: secret, message: message, into: &row, at: 32)
    let zeros = [UInt8](repeating: 0, count: 32)
    #expect(row.contents == zeros + key.contents + zeros)
  }

  @Test func twoFieldsAreHashedAsTheirMessageIs() throws {
    let first = try #require(Bytes32(Array(0..<32)))
    let second = try #require(Bytes32(Array(100..<132)))
    for label in [DomainLabel.logNode, .pair] {
      var message = LabeledMessage(label)
      message.append(first)
      message.append(second)
      #expect(LabeledMessage.digest(label, first, second) == message.digest)
    }
  }

  @Test func bytes32KeepsOrderAndLength() throws {
    let low = try #require(Bytes32(Array(0..<32)))
    let high = try #require(Bytes32([0, 2] + [UInt8](repeating: 0, count: 30)))
    #expect(low.bytes == Array(0..<32))
    #expect(low < high && !(high < low) && !(low < low))
    #expect(Bytes32(Array(0..<31)) == nil && Bytes32(Array(0..<33)) == nil)
    #expect("\(low)".hasPrefix("000102") && Bytes32().bytes.allSatisfy { $0 == 0 })
  }

  /// More than 16 would be lost in the frames of asynchronous functions, which then overlap.
  @Test func valuesThatTravelHaveNoMoreAlignmentThanFramesHave() {
    #expect(MemoryLayout<Bytes32>.alignment <= 16 && MemoryLayout<Bytes32>.size == 32)
    #expect(MemoryLayout<Signature>.alignment <= 16 && MemoryLayout<Signature>.size == 64)
  }

  @Test func sha256MatchesFIPS180() {
    var digest = SHA256Digest()
    #expect(
      hexadecimal(digest.finalize())
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    digest.update(Array("abc".utf8))
    #expect(
      hexadecimal(digest.finalize())
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test func sha256DoesNotDependOnHowTheBytesArrive() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    var whole = SHA256Digest()
    whole.update(bytes)
    var pieces = SHA256Digest()
    pieces.update(Array(bytes[..<63]))
    unsafe Array(bytes[63...]).withUnsafeBytes { unsafe pieces.update($0) }
    pieces.update([])
    #expect(whole.finalize() == pieces.finalize())
  }

  @Test func hexadecimalKeepsLeadingZeros() {
    #expect(hexadecimal([0, 1, 0xAB, 0xFF]) == "0001abff")
    #expect(hexadecimal([]) == "")
  }
}

@Suite struct ChaCha20Tests {
  private func keystream(key: [UInt8], nonce: [UInt8], block: UInt64, count: Int) -> String {
    var bytes = [UInt8](repeating: 0xEE, count: count)
    unsafe bytes.withUnsafeMutableBytes {
      unsafe ChaCha20.keystream(key: key, nonce: nonce, blockCounter: block, into: $0)
    }
    return hexadecimal(bytes)
  }

  @Test func keystreamMatchesRFC8439() {
    // RFC 8439, appendix A.1, test vectors 1, 2, 3 and 5: the same layout in both variants.
    let zeros = [UInt8](repeating: 0, count: 32)
    let nonce = [UInt8](repeating: 0, count: 8)
    #expect(
      keystream(key: zeros, nonce: nonce, block: 0, count: 32)
        == "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7")
    #expect(
      keystream(key: zeros, nonce: nonce, block: 1, count: 16)
        == "9f07e7be5551387a98ba977c732d080d")
    #expect(
      keystream(key: zeros.dropLast() + [1], nonce: nonce, block: 1, count: 16)
        == "3aeb5224ecf849929b9d828db1ced4dd")
    #expect(
      keystream(key: zeros, nonce: nonce.dropLast() + [2], block: 0, count: 16)
        == "c2c64d378cd536374ae204b9ef933fcd")
  }

  /// The IETF variant with the zero nonce: RFC 8439, appendix A.1, test vector 4.
  @Test func secretKeysGiveTheIETFKeystream() {
    let keys = SecretBytes(
      known: [UInt8](repeating: 9, count: 32) + [0, 0xFF] + [UInt8](repeating: 0, count: 30))
    var stream = [UInt8](repeating: 0xEE, count: 64)
    unsafe stream.withUnsafeMutableBytes {
      unsafe ChaCha20.keystream(keys: keys, index: 1, firstBlock: 2, into: $0)
    }
    #expect(
      hexadecimal(stream)
        == "72d54dfbf12ec44b362692df94137f328fea8da73990265ec1bbbea1ae9af0ca"
        + "13b25aa26cb4a648cb9b9d1be65b2c0924a66c54d545ec1b7374f4872e99f096")
  }

  @Test func counterContinuesTheStream() {
    let key = [UInt8](0..<32)
    let nonce = [UInt8](0..<8)
    let whole = keystream(key: key, nonce: nonce, block: 7, count: 192)
    #expect(whole.hasSuffix(keystream(key: key, nonce: nonce, block: 8, count: 128)))
  }
}

@Suite struct DomainLabelTests {
  /// No label is the start of another, so what follows a label cannot be mistaken for its end.
  @Test func labelsArePrefixFree() {
    for left in DomainLabel.allCases {
      for right in DomainLabel.allCases where left != right {
        #expect(!right.bytes.starts(with: left.bytes), "\(left) starts \(right)")
      }
    }
  }
}
