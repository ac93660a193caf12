package import CryptoPrimitives

/// Why a coordinator does not do what it was asked: protocols/node-api.md, section 5.
package enum RefusalCode: UInt32, Sendable, CaseIterable, Error {
  case malformed = 1
  case tooLarge = 2
  case mediaType = 3
  case version = 4
  case signature = 5
  case clock = 6
  case replay = 7
  case unknownDevice = 8
  case revoked = 9
  case joinCode = 10
  case busy = 12
  case draining = 13
  case unknownRound = 20
  case roundEnded = 21
  case wrongStep = 22
  case equivocation = 23
  case refusedMessage = 24
  case storage = 30
  case notFound = 40
}

extension RefusalCode {
  /// The status for proxies and people: protocols/node-api.md, section 5.
  package var httpStatus: Int {
    switch self {
    case .malformed: 400
    case .tooLarge: 413
    case .mediaType: 415
    case .version: 426
    case .signature, .clock: 401
    case .unknownDevice, .revoked, .joinCode: 403
    case .replay, .wrongStep, .equivocation: 409
    case .unknownRound, .notFound: 404
    case .roundEnded: 410
    case .refusedMessage: 422
    case .busy: 429
    case .draining, .storage: 503
    }
  }

  /// Whether the same request, signed again, may be done later.
  package var isTemporary: Bool {
    switch self {
    case .busy, .draining, .storage, .replay: true
    default: false
    }
  }
}

/// An answer that is not the one that was asked for.
package struct Refusal: Error, Sendable, Equatable {
  package let code: RefusalCode
  /// For people; says field and remedy.
  package let reason: String
  /// Unix seconds: a device with a wrong clock sees by how much.
  package let coordinatorTime: UInt64

  package init(_ code: RefusalCode, _ reason: String, coordinatorTime: UInt64) {
    self.code = code
    self.reason = reason
    self.coordinatorTime = coordinatorTime
  }
}

/// What an answer takes over from its request, as far as that could be read.
package struct ReplyAddress: Sendable, Equatable {
  package let version: UInt32
  /// Empty if the request was no envelope at all.
  package let nonce: [UInt8]

  init(version: UInt32, nonce: [UInt8]) {
    self.version = version
    self.nonce = nonce
  }

  /// Where the answer to a request goes.
  package init(_ header: RequestHeader) { self.init(version: header.version, nonce: header.nonce) }

  /// For what is refused before anything of it was read.
  package static let unknown = ReplyAddress(version: WireLimits.newestVersion, nonce: [])
}

/// An answer as it travels, bound to the request by its nonce and signed by the coordinator.
package struct SignedReply: Sendable, Equatable {
  /// That of the request.
  let version: UInt32
  let nonce: [UInt8]
  /// 0 for the answer that was asked for.
  let status: UInt32
  let body: [UInt8]
  let signature: Signature

  init(version: UInt32, nonce: [UInt8], status: UInt32, body: [UInt8], signature: Signature) {
    self.version = version
    self.nonce = nonce
    self.status = status
    self.body = body
    self.signature = signature
  }

  private init(
    _ address: ReplyAddress, status: UInt32, body: [UInt8],
    signedBy coordinator: borrowing SigningKey
  ) {
    self.init(
      version: address.version, nonce: address.nonce, status: status, body: body,
      signature: coordinator.sign(Self.digest(address, status, body)))
  }

  package init(
    _ reply: ReplyBody, to address: ReplyAddress, signedBy coordinator: borrowing SigningKey
  ) {
    self.init(address, status: 0, body: reply.encoded, signedBy: coordinator)
  }

  package init(
    _ refusal: Refusal, to address: ReplyAddress, signedBy coordinator: borrowing SigningKey
  ) {
    self.init(
      address, status: refusal.code.rawValue, body: refusal.encoded, signedBy: coordinator)
  }

  private static func digest(
    _ address: ReplyAddress, _ status: UInt32, _ body: [UInt8]
  ) -> Bytes32 {
    var message = LabeledMessage(.nodeReply)
    message.append(address.version)
    message.append(address.nonce)
    message.append(status)
    message.append(Blake2b.digest(body))
    return message.digest
  }

  /// The answer to the request with this header.
  ///
  /// - Throws: `badSignature`, `otherRequest`, or what is wrong with the body.
  package func body(
    to header: RequestHeader, from coordinator: VerificationKey
  ) throws(WireError) -> Result<ReplyBody, Refusal> {
    let address = ReplyAddress(version: version, nonce: nonce)
    guard coordinator.isValid(signature, on: Self.digest(address, status, body)) else {
      throw .badSignature
    }
    guard nonce == header.nonce else { throw .otherRequest }
    guard status != 0 else {
      guard version == header.version else { throw .otherRequest }
      return .success(try ReplyBody(decoding: body, kind: header.kind))
    }
    guard let code = RefusalCode(rawValue: status) else { throw .range(field: "Reply.status") }
    return .failure(try Refusal(decoding: body, code: code))
  }
}
