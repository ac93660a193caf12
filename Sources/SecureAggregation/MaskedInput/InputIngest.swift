internal import CryptoPrimitives
internal import RingArithmetic

/// Takes in masked vectors: checks each and adds it, once.
///
/// Several can work side by side, each with clients of its own, and are combined with
/// `AggregationServer.add`. Messages of one client have to go to one worker: if two take its input, their
/// sums overlap and cannot be combined.
package struct InputIngest: Sendable {
  private let config: RoundConfig
  private let sharers: Sharers
  private let keys: [VerificationKey]
  /// Headers that were accepted, by cohort index.
  private(set) var headers: [Int: Signed<InputHeader>] = [:]
  /// The masked sum so far.
  package internal(set) var partial: PartialSum

  /// - Parameter keys: Identities by cohort index.
  init(config: RoundConfig, sharers: Sharers, keys: [VerificationKey]) {
    self.config = config
    self.sharers = sharers
    self.keys = keys
    partial = PartialSum(
      transcript: sharers.transcript, cohortSize: sharers.members.cohortSize,
      dimension: config.dimension, modulus: config.modulus)
  }

  /// The same with nothing taken in, for another worker.
  package func emptied() -> InputIngest {
    InputIngest(config: config, sharers: sharers, keys: keys)
  }

  /// Takes in an Input message.
  package mutating func received(_ message: [UInt8], at time: UInt64) -> ServerVerdict {
    do throws(ProtocolError) {
      if isRepeated(message) { return .repeated }
      try take(message, at: time)
      return .accepted
    } catch {
      return .refused(error)
    }
  }

  /// Whether these bytes were accepted before.
  ///
  /// The header is looked at first: only a repeated one costs a digest of the vector.
  func isRepeated(_ bytes: [UInt8]) -> Bool {
    // Bytes that do not decode were never accepted; `take` says what is wrong with them.
    guard
      let header = try? Signed<InputHeader>(decoding: Array(bytes.prefix(InputHeader.byteCount))),
      let earlier = headers[header.content.index],
      earlier.content == header.content && earlier.signature == header.signature,
      let message = try? InputMessage(decoding: bytes)
    else { return false }
    return message.hasSignedVector
  }

  /// Recognizes from now on what another worker has accepted.
  mutating func takeHeaders(of worker: InputIngest) {
    headers.merge(worker.headers) { own, _ in own }
  }

  private mutating func take(_ bytes: [UInt8], at time: UInt64) throws(ProtocolError) {
    guard try MessageKind(ofMessage: bytes) == .input else {
      throw ProtocolError(.outOfOrder, "header.kind")
    }
    guard time < config.deadline(of: .input) else { throw ProtocolError(.deadline, "time") }
    let message = try InputMessage(decoding: bytes)
    let header = message.header.content
    guard header.transcript == sharers.transcript else {
      throw ProtocolError(.transcript, "Input.T3")
    }
    guard sharers.members.contains(header.index) else {
      throw ProtocolError(.unknownClient, "Input.index")
    }
    guard message.header.isSigned(by: keys[header.index]) else {
      throw ProtocolError(.signature, "signature")
    }
    guard headers[header.index] == nil else {
      throw ProtocolError(.equivocation, "Input.index")
    }
    guard header.length == config.packing.byteCount(of: config.dimension) else {
      throw ProtocolError(.length, "Input.length")
    }
    guard message.hasSignedVector else { throw ProtocolError(.vectorDigest, "Input.digest") }
    try unsafe partial.add(
      message.packed.span.bytes, of: header.index, packing: config.packing)
    headers[header.index] = message.header
  }
}
