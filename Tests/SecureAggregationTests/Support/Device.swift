import CryptoPrimitives
import ProtocolVectors
import RingArithmetic
import SeededRandomness
import TestSupport

@testable import SecureAggregation

/// A client that remembers what it was sent, so that a replica of it can be made at any moment.
final class Device {
  /// How a device is set up; everything that it does follows from this and from what it is sent.
  struct Setup {
    var checks = ClientChecks.all
    var history = ClientHistory()
    var policy: ClientPolicy
    var circumstances: RoundCircumstances
    /// Distinguishes the randomness of several rounds of one member.
    var occasion: UInt64 = 0
  }

  let enrollment: Enrollment
  let member: Int
  let setup: Setup
  let contribution: RingVector
  var client: PlayedClient
  private(set) var received: [(message: [UInt8], time: UInt64)] = []

  init(_ enrollment: Enrollment, _ member: Int, _ setup: Setup, contribution: RingVector) {
    self.enrollment = enrollment
    self.member = member
    self.setup = setup
    self.contribution = contribution
    let key = enrollment.deviceKey(member)
    let certificate = enrollment.certificate(for: key.verificationKey)
    client = PlayedClient(
      AggregationClient(
        identity: Identity(key), certificate: certificate, policy: setup.policy,
        circumstances: setup.circumstances, certificates: enrollment.verifier,
        history: setup.history, checks: setup.checks),
      randomness: .seeded(
        enrollment.seed, label: "device/\(member)", index: setup.occasion),
      contribution: contribution)
  }

  func answer(_ message: [UInt8], at time: UInt64) -> PlayedClient.Answer {
    received.append((message, time))
    return client.answer(message, at: time)
  }

  /// A copy of this device with all of its secrets, as a restored image of its memory would be.
  ///
  /// - Parameter count: How many of the messages the copy has received; all by default.
  func replica(
    after count: Int? = nil, checks: ClientChecks? = nil, history: ClientHistory? = nil
  ) -> Device {
    var setup = setup
    if let checks { setup.checks = checks }
    if let history { setup.history = history }
    let copy = Device(enrollment, member, setup, contribution: contribution)
    for (message, time) in received.prefix(count ?? received.count) {
      _ = copy.answer(message, at: time)
    }
    return copy
  }

  /// What the member itself knows, which it tells the coordinator if it is corrupt.
  var confession: Confession? {
    let read: Confession? = client.machine.secrets?.confession
    return read
  }
}

extension PlayedClient {
  /// What the machine asks for, before anything of it is done.
  mutating func reaction(to message: [UInt8], at time: UInt64) -> [ClientAction] {
    machine.received(message, at: time, randomness: &randomness)
  }
}

/// The round secrets of a corrupt client, in the clear.
struct Confession {
  /// s.
  let maskKey: [UInt8]
  /// b.
  let selfMask: [UInt8]?
  /// The shares of both secrets of each dealer, by the holder's slot for the dealer.
  let held: [Int: [ReleasedSecret: Scalar]]
}

extension RoundSecrets {
  fileprivate var confession: Confession {
    var shares: [Int: [ReleasedSecret: Scalar]] = [:]
    for secret in [ReleasedSecret.selfMask, .maskKey] {
      let released = held?.released { _ in secret }
      for entry in released ?? [] { shares[entry.slot, default: [:]][secret] = entry.value.share }
    }
    let selfMaskBytes: [UInt8]?
    switch selfMask {
    case .some(let selfMask): selfMaskBytes = selfMask.bytes.contents
    case nil: selfMaskBytes = nil
    }
    return Confession(maskKey: maskKey.bytes.contents, selfMask: selfMaskBytes, held: shares)
  }
}
