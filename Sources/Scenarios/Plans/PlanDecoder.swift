internal import CryptoPrimitives

/// Turns the document of a plan into a plan, or says everything that is wrong with it.
package enum PlanDecoder {
  /// The longest document that is looked at, in bytes.
  package static let mostBytes = 1 << 16
  /// Pairs of collusion and dropout that secure aggregation has parameters for.
  private static let faultPairs = [(0.01, 0.05), (0.05, 0.05), (0.05, 0.1), (0.1, 0.1)]
  /// Packings of secure aggregation.
  private static let ringBits = [16, 20, 24, 32]
  /// Larger cohorts need a witness: that there is one is checked where the plan is signed and run.
  private static let devicesWithoutWitness = 128
  /// The largest cohort of secure aggregation.
  private static let mostDevices = 16_384
  private static let longestRound = 604_800

  /// Decodes strictly: an unknown key, a missing unit or an impossible value is an error.
  ///
  /// - Parameters:
  ///   - file: the name that errors give as the place.
  ///   - overrides: settings as `key.path=value`, applied after the file.
  package static func decode(
    yaml: String, file: String, overrides: [String] = []
  ) throws(ScenarioError) -> FederationPlan {
    guard yaml.utf8.count <= mostBytes else {
      throw .notYAML(
        file: file, line: nil, column: nil, reason: "a plan has at most \(mostBytes) bytes")
    }
    var reader = KeyedSettingReader(
      try KeyedSettings<PlanKey>(yaml: yaml, file: file, overrides: overrides))
    let rounds = reader.integer(.rounds, default: 12, 1...10_000)
    let plan = FederationPlan(
      name: name(&reader), seed: reader.seed(.seed, default: 1), catalogue: catalogue(&reader),
      cohort: .init(
        most: reader.integer(.most, default: devicesWithoutWitness, 3...mostDevices),
        attempts: reader.integer(.attempts, default: 100, 1...1_000_000)),
      times: times(&reader), privacy: privacy(&reader),
      encoding: Scenario.Encoding(
        ringBits: reader.integer(.ringBits, default: 32, 16...32),
        scaleBits: reader.integer(.scaleBits, or: "auto", 1...20),
        rotation: reader.flag(.rotation, default: false)),
      gram: Scenario.Gram(
        headItems: reader.integer(.headItems, default: 300, 1...10_000),
        tailGroups: reader.integer(.tailGroups, default: 60, 1...10_000),
        maxRank: reader.integer(.maxRank, default: 48, 1...10_000)),
      ranker: ranker(&reader, rounds: rounds),
      profile: .init(halfLifeDays: reader.days(.halfLife, default: 30)),
      audit: .init(gate: reader.flag(.auditGate, default: false)))
    checkCombinations(plan, &reader)
    guard reader.problems.isEmpty else {
      throw .problems(ScenarioDecoder.inOrderOfFile(reader.problems))
    }
    return plan
  }

  private typealias Reader = KeyedSettingReader<PlanKey>

  private static func name(_ reader: inout Reader) -> String {
    let expected = "a name of 1 to 64 letters, digits, -, _ and ., such as movies-2026"
    guard let name = reader.text(.name) else {
      if reader.isSound(.name) { reader.report(.name, .missing(expected: expected)) }
      return ""
    }
    let isName =
      name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
      && (1...64).contains(name.utf8.count) && !name.hasPrefix(".")
    if !isName { reader.report(.name, .outOfRange(found: "\"\(name)\"", expected: expected)) }
    return name
  }

  private static func catalogue(_ reader: inout Reader) -> FederationPlan.Catalogue {
    if !reader.isGiven(.items) {
      reader.report(.items, .missing(expected: "the number of rows of the catalogue file"))
    }
    let hash = reader.text(.catalogueHash)
    if let hash, Bytes32(hexadecimal: hash) == nil {
      reader.report(
        .catalogueHash,
        .outOfRange(
          found: hash, expected: "64 hexadecimal digits, or leave it to `plan sign --catalogue`"))
    }
    return .init(
      items: reader.integer(.items, default: 1, 1...Scenario.Synthetic.possibleItems.upperBound),
      hash: hash)
  }

  private static func times(_ reader: inout Reader) -> FederationPlan.Times {
    func seconds(_ key: PlanKey, _ standard: Int, least: Int = 1) -> Int {
      reader.seconds(key, default: standard, least...longestRound)
    }
    let standard = FederationPlan.Times.standard
    return .init(
      advertise: seconds(.advertise, standard.advertise), shares: seconds(.shares, standard.shares),
      input: seconds(.input, standard.input),
      consistency: seconds(.consistency, standard.consistency),
      unmask: seconds(.unmask, standard.unmask), pause: seconds(.pause, standard.pause, least: 0))
  }

  private static func privacy(_ reader: inout Reader) -> FederationPlan.Privacy {
    let share = "a share above 0 and below 1"
    func isShare(_ value: Double) -> Bool { value > 0 && value < 1 }
    func isPart(_ value: Double) -> Bool { value >= 0 && value < 1 }
    return .init(
      mechanism: reader.choice(.mechanism, default: .distributed),
      epsilon: reader.number(
        .epsilon, default: 3, expected: "a number from 0.001 to 1000, such as 3",
        Scenario.Privacy.meaningfulEpsilons.contains),
      delta: reader.number(
        .delta, default: 1e-5,
        expected: "a probability above 1e-300 and up to 0.01, well below 1 / devices, such as 1e-5"
      ) { $0 > 1e-300 && $0 <= 0.01 },
      noise: reader.choice(.noise, default: .skellam),
      dropoutShare: reader.number(
        .dropoutShare, default: 0.05, expected: "a share from 0 to below 1, such as 0.05", isPart),
      colludingShare: reader.number(
        .colludingShare, default: 0.05, expected: "a share from 0 to below 1, such as 0.05",
        isPart),
      retries: reader.integer(.retries, default: 0, 0...100),
      split: .init(
        statistics: reader.number(.splitStatistics, default: 0.11, expected: share, isShare),
        gram: reader.number(.splitGram, default: 0.78, expected: share, isShare),
        ranker: reader.number(.splitRanker, default: 0.11, expected: share, isShare)))
  }

  private static func ranker(_ reader: inout Reader, rounds: Int) -> FederationPlan.Ranker {
    .init(
      rounds: rounds,
      participations: reader.integer(.participations, or: "all", 1...10_000) ?? rounds,
      learningRate: reader.number(
        .learningRate, default: 0.8, expected: "a number above 0 and up to 1000, such as 0.8"
      ) { $0 > 0 && $0 <= 1000 },
      momentum: reader.number(
        .momentum, default: 0.7, expected: "a number from 0 to below 1, such as 0.7"
      ) { $0 >= 0 && $0 < 1 },
      clipNorm: reader.number(
        .clipNorm, default: 1, expected: "a number from 1e-6 to 1e6, such as 1",
        (1e-6...1e6).contains),
      negatives: reader.integer(.negatives, default: 100, 1...10_000))
  }

  /// Checks what no single setting can show: each is possible, but not beside the others.
  private static func checkCombinations(_ plan: FederationPlan, _ reader: inout Reader) {
    if reader.isSound(.ringBits), !ringBits.contains(plan.encoding.ringBits) {
      reader.report(
        .ringBits, .outOfRange(found: "\(plan.encoding.ringBits)", expected: "16, 20, 24 or 32"))
    }
    if reader.isSound(.ringBits, .scaleBits), let scaleBits = plan.encoding.scaleBits,
      scaleBits > plan.encoding.ringBits - 2
    {
      reader.report(
        .scaleBits,
        .outOfRange(
          found: "\(scaleBits)", expected: "auto, or at most \(plan.encoding.ringBits - 2)"))
    }
    let privacy = plan.privacy
    if reader.isSound(.colludingShare, .dropoutShare),
      !faultPairs.contains(where: { $0 == (privacy.colludingShare, privacy.dropoutShare) })
    {
      reader.report(
        reader.isGiven(.dropoutShare) ? .dropoutShare : .colludingShare,
        .outOfRange(
          found: "\(privacy.colludingShare) colluding and \(privacy.dropoutShare) dropping out",
          expected: "0.01 and 0.05, 0.05 and 0.05, 0.05 and 0.1, or 0.1 and 0.1"))
    }
    let split = privacy.split
    let sum = split.statistics + split.gram + split.ranker
    if reader.isSound(.splitStatistics, .splitGram, .splitRanker), abs(sum - 1) > 1e-9 {
      reader.report(
        reader.isGiven(.splitGram) ? .splitGram : .splitStatistics,
        .outOfRange(
          found: "a sum of \(CanonicalNumber.text(sum)) for the three shares",
          expected: "shares that sum to 1"))
    }
    if reader.isSound(.rounds, .participations), plan.ranker.participations > plan.ranker.rounds {
      reader.report(
        .participations,
        .outOfRange(
          found: "\(plan.ranker.participations)",
          expected: "all, or at most tasks.ranker.rounds (\(plan.ranker.rounds))"))
    }
    let times = plan.times
    let round = times.advertise + times.shares + times.input + times.consistency + times.unmask
    if reader.isSound(.advertise, .shares, .input, .consistency, .unmask), round > longestRound {
      reader.report(
        .input,
        .outOfRange(found: "a round of \(round) s", expected: "times that sum to at most 7 days"))
    }
  }
}
