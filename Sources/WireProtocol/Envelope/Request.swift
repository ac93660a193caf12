package import CryptoPrimitives

/// What a device asks of a coordinator.
package enum RequestKind: UInt32, Sendable, CaseIterable {
  case enroll = 1
  case checkIn = 2
  case stepMessage = 3
  case uploadChunk = 4
  case poll = 5
}

/// Who asks what, of which round; signed and in the clear inside of TLS.
package struct RequestHeader: Sendable, Equatable {
  /// In which version the request is, and its answer has to be.
  package let version: UInt32
  package let device: VerificationKey
  /// All zero outside of a round.
  package let task: Bytes32
  /// 0 outside of a round.
  package let round: UInt64
  package let kind: RequestKind
  /// Unix seconds.
  package let issuedAt: UInt64
  /// 16 bytes: a counter that grows from request to request of a device, then 8 random bytes.
  package let nonce: [UInt8]

  package init(
    version: UInt32 = WireLimits.newestVersion, device: VerificationKey,
    task: Bytes32 = Bytes32(), round: UInt64 = 0, kind: RequestKind, issuedAt: UInt64,
    nonce: [UInt8]
  ) {
    self.version = version
    self.device = device
    self.task = task
    self.round = round
    self.kind = kind
    self.issuedAt = issuedAt
    self.nonce = nonce
  }

  /// The nonce of a request with a counter that was not used before.
  package static func nonce(counter: UInt64, randomness: inout RandomStream) -> [UInt8] {
    var nonce: [UInt8] = []
    nonce.append(littleEndian: counter)
    nonce.append(littleEndian: randomness.nextWord())
    return nonce
  }

  /// The counter in the nonce: a coordinator takes none twice, so a recorded request is worthless.
  package var counter: UInt64 {
    nonce.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// What the box of the body names, and the first part of what is signed.
  var associated: LabeledMessage {
    var message = LabeledMessage(.nodeRequest)
    message.append(version)
    message.append(device.encoding)
    message.append(task)
    message.append(round)
    message.append(kind.rawValue)
    message.append(issuedAt)
    message.append(nonce)
    return message
  }
}

/// A request as it travels: the header, its sealed body, and the device's signature over both.
package struct SignedRequest: Sendable, Equatable {
  package let header: RequestHeader
  let sealed: [UInt8]
  let signature: Signature

  init(header: RequestHeader, sealed: [UInt8], signature: Signature) {
    self.header = header
    self.sealed = sealed
    self.signature = signature
  }

  /// Seals `body` to the coordinator and signs it.
  ///
  /// - Throws: `range` if nothing can be sealed to the coordinator's key.
  package init(
    _ header: RequestHeader, body: RequestBody, sealedTo key: AgreementPublicKey,
    signedBy device: borrowing SigningKey, randomness: inout RandomStream
  ) throws(WireError) {
    precondition(device.verificationKey == header.device, "another device's header")
    precondition(header.kind == body.kind, "a header of another kind")
    self.header = header
    sealed = try UploadSeal.seal(
      body.encoded, associated: header.associated.bytes, to: key, randomness: &randomness)
    signature = device.sign(Self.digest(header, sealed))
  }

  /// The bytes that are signed, hashed.
  static func digest(_ header: RequestHeader, _ sealed: [UInt8]) -> Bytes32 {
    var message = header.associated
    message.append(Blake2b.digest(sealed))
    return message.digest
  }

  /// Whether the device that the header names has signed the request.
  package var isAuthentic: Bool {
    header.device.isValid(signature, on: Self.digest(header, sealed))
  }

  /// The body, opened with the coordinator's key.
  ///
  /// - Throws: `badSignature`, `notSealedHere`, or what is wrong with the body.
  package func body(
    openedWith key: borrowing AgreementSecretKey
  ) throws(WireError) -> RequestBody {
    guard isAuthentic else { throw .badSignature }
    let bytes = try UploadSeal.open(sealed, associated: header.associated.bytes, with: key)
    return try RequestBody(decoding: bytes, kind: header.kind)
  }
}
