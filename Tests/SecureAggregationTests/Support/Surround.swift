import CryptoPrimitives
import ProtocolVectors
import RingArithmetic

@testable import SecureAggregation

/// A coordinator that shows one client a cohort whose other members it plays itself.
///
/// If the client goes along, the shares that it deals to the puppets open its self mask, and the
/// puppets' keys open every pairwise mask: its contribution lies open as soon as it is uploaded.
struct Surround {
  let enrollment: Enrollment
  let config: RoundConfig
  let target: Device
  /// The target's place in the cohort.
  var index = 2
  let size: Int

  /// Who stands at the other places, as far as the target asks.
  var puppet: (Int) -> Puppet?
  /// The entry that the target is shown of a place.
  var entry: (_ index: Int, _ puppet: Puppet, _ transcript: Bytes32) -> Signed<AdvertiseMessage> = {
    _, puppet, transcript in puppet.advertise(in: transcript)
  }
  /// The leaf that the target is shown of a place; that of the entry unless given.
  var leaf: ((Int) -> Bytes32?)?
  /// What the witnesses reveal for a cohort, T1.
  var reveals: (Bytes32) -> [DirectoryMessage.RevealedValue] = { _ in [] }

  struct Outcome {
    /// With which code the target stopped, if it did.
    var code: AbortCode?
    /// The target's contribution, if the attacker could compute it.
    var extracted: RingVector?
  }

  init(
    _ enrollment: Enrollment, _ terms: RoundTerms, size: Int, checks: ClientChecks,
    puppet: @escaping (Int) -> Puppet?, configure: (inout Device.Setup) -> Void = { _ in }
  ) throws {
    self.enrollment = enrollment
    let config = try RoundConfig(terms)
    self.config = config
    self.size = size
    self.puppet = puppet
    var setup = Device.Setup(
      checks: checks, policy: enrollment.policy, circumstances: enrollment.circumstances(of: config)
    )
    configure(&setup)
    target = Device(
      enrollment, 0, setup, contribution: enrollment.contribution(of: 0, config))
  }

  private func time(_ step: Int) -> UInt64 { Enrollment.deadlines[step] - 10 }

  private func answer<Content: MessageContent>(
    to content: Content, _ step: Int, _ outcome: inout Outcome
  ) -> [UInt8]? {
    let answer = target.answer(
      enrollment.coordinator.message(content), at: time(step))
    outcome.code = answer.code
    return answer.message
  }

  func play() throws -> Outcome {
    var outcome = Outcome()
    guard let bytes = answer(to: config, 0, &outcome) else { return outcome }
    let own = try Signed<AdvertiseMessage>(decoding: bytes)
    let configured = Transcript.configured(config)
    var entries: [Int: Signed<AdvertiseMessage>] = [index: own]
    var points = [Bytes32](repeating: Bytes32(), count: size)
    for place in 0..<size where place != index {
      guard let puppet = puppet(place) else { continue }
      let shown = entry(place, puppet, configured)
      entries[place] = shown
      points[place] = shown.content.maskKey
    }
    points[index] = own.content.maskKey
    let leaves = (0..<size).map { place in
      (place == index ? nil : leaf?(place)) ?? entries[place]?.content.leaf(at: place)
        ?? Enrollment.bytes32("leaf/\(place)")
    }
    let gathered = Transcript.gathered(configured, cohort: CohortTree(leaves))
    let reveals = reveals(gathered)
    let seed = Beacon.graphSeed(cohort: gathered, values: reveals.map(\.value))
    let parameters = config.graphParameters(cohortSize: size)
    let graph = CohortGraph(cohortSize: size, parameters: parameters, seed: seed)
    let neighbors = graph.neighbors(of: index)
    // Where the target has a neighbor that is nobody's puppet, its own entry fills the place.
    let directory = DirectoryMessage(
      transcript: configured, recipient: index, leaves: leaves, reveals: reveals,
      neighbors: neighbors.map { entries[$0.index] ?? own })
    guard let dealt = answer(to: directory, 1, &outcome) else { return outcome }
    let shares = try Signed<SharesMessage>(decoding: dealt).content

    let everybody = CohortSet(0..<size, cohortSize: size)
    let inbox = InboxMessage(
      transcript: shares.transcript, recipient: index, sharers: everybody, boxes: [])
    guard let uploaded = answer(to: inbox, 2, &outcome) else { return outcome }

    var extraction = Extraction(
      graph: graph,
      sharers: Sharers(
        members: everybody,
        transcript: Transcript.shared(shares.transcript, sharers: everybody)),
      maskKeys: points)
    extraction.selfMaskPoints[index] = shares.selfMaskPoint
    var input = RingVector(zeros: config.dimension, modulus: config.modulus)
    let packed = try InputMessage(decoding: uploaded).packed
    try unsafe config.packing.add(packed.span.bytes, to: &input, 0..<input.count)
    extraction.inputs[index] = input
    for (place, holder) in neighbors.enumerated() {
      guard let puppet = puppet(holder.index) else { continue }
      extraction.addMaskKey(puppet.maskKeyBytes, of: holder.index)
      let pair = try puppet.shares(
        in: shares.boxes[place], from: index, own.content.agreementKey, to: holder.index,
        transcript: shares.transcript)
      for (secret, share) in pair {
        extraction.add(share, of: secret, dealer: index, slot: holder.slot)
      }
    }
    outcome.extracted = extraction.sum(of: [index])
    return outcome
  }
}
