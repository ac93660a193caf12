package import CryptoPrimitives

extension RoundConfig: MessageContent {
  package static let kind = MessageKind.roundConfig
  package static let signatureLabel = DomainLabel.signedConfig

  package func append(to bytes: inout [UInt8]) { terms.append(to: &bytes) }

  package func checkJointConditions() throws(ProtocolError) {
    try Self.require(terms.leastCohort <= terms.mostCohort, "RoundConfig.leastCohort")
    try Self.require(terms.leastSurvivors <= terms.mostCohort, "RoundConfig.leastSurvivors")
    try Self.require(terms.leastHonest <= terms.leastSurvivors, "RoundConfig.leastHonest")
    let isListed = FaultAssumption(collusion: terms.collusion, dropout: terms.dropout) != nil
    try Self.require(isListed, "RoundConfig.collusion")
    let times = [terms.opens] + terms.deadlines
    try Self.require(zip(times, times.dropFirst()).allSatisfy(<), "RoundConfig.deadlines")
    try Self.require(
      deadline(of: .unmask) <= terms.opens + Self.longestRound, "RoundConfig.deadlines")
    try Self.require(terms.noise.isDeclaredConsistently, "RoundConfig.noise")
    try Self.require(
      !terms.witnesses.isEmpty || terms.eligibilityThreshold == .max,
      "RoundConfig.eligibilityThreshold")
    // Ascending, so that the coordinator cannot choose among the draws that other orders would give.
    let identities = terms.witnesses.map(\.identity.encoding.bytes)
    let isAscending = zip(identities, identities.dropFirst()).allSatisfy {
      $0.lexicographicallyPrecedes($1)
    }
    try Self.require(isAscending, "RoundConfig.witnesses.identity")
    try Self.require(
      terms.rule == .agreement || terms.witnesses.count >= 2, "RoundConfig.rule")
    // Without a witness the coordinator could choose the ring.
    try Self.require(
      terms.mostCohort <= GraphParameters.mostComplete || !terms.witnesses.isEmpty,
      "RoundConfig.mostCohort")
  }

  private static func require(
    _ condition: Bool, _ place: StaticString
  ) throws(ProtocolError) {
    guard condition else { throw ProtocolError(.range, place) }
  }
}

extension NoiseTerms {
  /// No noise is the fraction 0/1; other laws have a variance above zero, in lowest terms.
  fileprivate var isDeclaredConsistently: Bool {
    var (left, right) = (varianceNumerator, varianceDenominator)
    while right != 0 { (left, right) = (right, left % right) }
    return left == 1 && (law == .none) == (varianceNumerator == 0)
  }
}

extension RoundTerms {
  private static let version: UInt32 = 1
  /// ChaCha20 with a zero nonce, section 10.
  private static let maskGenerator: UInt32 = 1
  private static let mostSeconds: UInt64 = 1 << 53

  func append(to bytes: inout [UInt8]) {
    func append(_ number: Int) { bytes.append(littleEndian: UInt32(clamping: number)) }
    bytes.append(littleEndian: Self.version)
    bytes.append(littleEndian: Self.maskGenerator)
    task.append(to: &bytes)
    bytes.append(littleEndian: round)
    for value in [
      nonce, coordinator.encoding, authority.encoding, revocationDigest, modelHash, planHash,
      rotationSeed,
    ] { value.append(to: &bytes) }
    append(dimension)
    append(ringBits)
    bytes.append(littleEndian: clipNorm.bitPattern)
    bytes.append(littleEndian: scale.bitPattern)
    bytes.append(littleEndian: squaredNormBound)
    bytes.append(littleEndian: noise.varianceNumerator)
    bytes.append(littleEndian: noise.varianceDenominator)
    bytes.append(littleEndian: noise.law.rawValue)
    for number in [leastCohort, mostCohort, leastSurvivors, leastHonest, collusion, dropout] {
      append(number)
    }
    bytes.append(littleEndian: rule.rawValue)
    bytes.append(littleEndian: opens)
    for deadline in deadlines { bytes.append(littleEndian: deadline) }
    bytes.append(littleEndian: eligibilityThreshold)
    append(witnesses.count)
    for witness in witnesses {
      witness.identity.encoding.append(to: &bytes)
      bytes.append(littleEndian: witness.position)
      witness.previous.append(to: &bytes)
    }
  }

  init(from reader: inout ByteReader) throws(ProtocolError) {
    self.init()
    _ = try reader.u32(Self.version...Self.version, "RoundConfig.version")
    _ = try reader.u32(Self.maskGenerator...Self.maskGenerator, "RoundConfig.maskGenerator")
    task = try reader.bytes32("RoundConfig.task")
    round = try reader.u64(1...Self.mostSeconds, "RoundConfig.round")
    nonce = try reader.bytes32("RoundConfig.nonce")
    coordinator = try reader.verificationKey("RoundConfig.coordinator")
    authority = try reader.verificationKey("RoundConfig.authority")
    revocationDigest = try reader.bytes32("RoundConfig.revocationDigest")
    modelHash = try reader.bytes32("RoundConfig.modelHash")
    planHash = try reader.bytes32("RoundConfig.planHash")
    rotationSeed = try reader.bytes32("RoundConfig.rotationSeed")
    try readVector(from: &reader)
    try readCohort(from: &reader)
    opens = try reader.u64(1...Self.mostSeconds, "RoundConfig.opens")
    for step in deadlines.indices {
      deadlines[step] = try reader.u64("RoundConfig.deadlines")
    }
    eligibilityThreshold = try reader.u64("RoundConfig.eligibilityThreshold")
    for _ in 0..<(try reader.count(0...RoundConfig.mostWitnesses, "RoundConfig.witnesses")) {
      witnesses.append(
        WitnessTerms(
          identity: try reader.verificationKey("RoundConfig.witnesses.identity"),
          position: try reader.u64(1...Self.mostSeconds, "RoundConfig.witnesses.position"),
          previous: try reader.bytes32("RoundConfig.witnesses.previous")))
    }
  }

  private mutating func readVector(from reader: inout ByteReader) throws(ProtocolError) {
    dimension = try reader.dimension("RoundConfig.dimension")
    ringBits = try reader.ringBits("RoundConfig.ringBits")
    clipNorm = try reader.positiveReal("RoundConfig.clipNorm")
    scale = try reader.positiveReal("RoundConfig.scale")
    squaredNormBound = try reader.u64(1...1 << 60, "RoundConfig.squaredNormBound")
    noise.varianceNumerator = try reader.u64(0...1 << 50, "RoundConfig.varianceNumerator")
    noise.varianceDenominator = try reader.u64(1...1 << 50, "RoundConfig.varianceDenominator")
    let place: StaticString = "RoundConfig.noiseLaw"
    guard let law = NoiseTerms.Law(rawValue: try reader.u32(place)) else {
      throw ProtocolError(.range, place)
    }
    noise.law = law
  }

  private mutating func readCohort(from reader: inout ByteReader) throws(ProtocolError) {
    leastCohort = Int(try reader.u32(3 ... .max, "RoundConfig.leastCohort"))
    mostCohort = try reader.count(0...RoundConfig.mostCohort, "RoundConfig.mostCohort")
    guard mostCohort >= 3 else { throw ProtocolError(.range, "RoundConfig.mostCohort") }
    leastSurvivors = Int(try reader.u32(1 ... .max, "RoundConfig.leastSurvivors"))
    leastHonest = Int(try reader.u32(1 ... .max, "RoundConfig.leastHonest"))
    collusion = Int(try reader.u32("RoundConfig.collusion"))
    dropout = Int(try reader.u32("RoundConfig.dropout"))
    guard let rule = ThresholdRule(rawValue: try reader.u32("RoundConfig.rule")) else {
      throw ProtocolError(.range, "RoundConfig.rule")
    }
    self.rule = rule
  }
}
