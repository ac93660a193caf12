import CryptoPrimitives

@testable import WireProtocol

/// A device and a coordinator with their keys.
struct WireCast: ~Copyable {
  let device: SigningKey
  let coordinator: SigningKey
  let seal: AgreementSecretKey
  var randomness = RandomStream.system()

  init() {
    device = SigningKey(random: &randomness)
    coordinator = SigningKey(random: &randomness)
    seal = AgreementSecretKey(random: &randomness)
  }

  func header(
    _ kind: RequestKind, nonce: UInt8 = 1, version: UInt32 = WireLimits.newestVersion
  ) -> RequestHeader {
    RequestHeader(
      version: version, device: device.verificationKey, task: Blake2b.digest([1]), round: 3,
      kind: kind, issuedAt: 1_000,
      nonce: [UInt8](repeating: nonce, count: WireLimits.nonceByteCount))
  }

  mutating func request(_ body: RequestBody, nonce: UInt8 = 1) throws -> SignedRequest {
    try SignedRequest(
      header(body.kind, nonce: nonce), body: body, sealedTo: seal.publicKey, signedBy: device,
      randomness: &randomness)
  }
}

let someRequests: [RequestBody] = [
  .enroll(token: Blake2b.digest([1])), .checkIn,
  .stepMessage([1, 2, 3]),
  .uploadChunk(UploadChunk(total: 10, offset: 4, piece: [1, 2, 3, 4, 5, 6])),
  .poll(awaited: 3),
]
