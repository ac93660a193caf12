extension Scenario.Behavior.Source {
  /// Size of a population.
  package struct Size: Sendable, Equatable {
    package let users: Int
    package let items: Int
    package let events: Int
  }

  /// Size of a generated population unless the scenario says otherwise: that of MovieLens 100K.
  static let standardSize = Size(users: 943, items: 1682, events: 100_000)

  /// Size of a data set that is always the same; `nil` for all others.
  /// - Source: the README files of MovieLens 100K and MovieLens 1M, GroupLens Research.
  var publishedSize: Size? {
    switch self {
    case .movielens100k: Self.standardSize
    case .movielens1m: Size(users: 6040, items: 3883, events: 1_000_209)
    case .synthetic, .csv, .jsonLines: nil
    }
  }
}

extension ScenarioDecoder {
  /// Checks what no single setting can show: each is possible, but not beside the others.
  static func checkCombinations(_ scenario: Scenario, _ reader: inout SettingReader) {
    checkSplit(scenario, &reader)
    checkFiles(scenario.behavior, &reader)
    checkSizes(scenario, &reader)
    checkEncoder(scenario, &reader)
    if reader.isSound(.ringBits, .scaleBits), let scaleBits = scenario.encoding.scaleBits,
      scaleBits > scenario.encoding.ringBits - 2
    {
      // One bit is the sign; with less than one more not even a single contribution fits.
      reader.report(
        .scaleBits,
        .conflict(
          found: "\(scaleBits)", with: .ringBits, other: "\(scenario.encoding.ringBits)",
          expected: "write auto, or at most \(scenario.encoding.ringBits - 2)"))
    }
    if reader.isSound(.mechanism, .sweep), scenario.privacy.mechanism == .none,
      !scenario.privacy.sweep.isEmpty
    {
      reader.report(
        .sweep,
        .conflict(
          found: "a list of epsilons", with: .mechanism, other: "none",
          expected: "write [], or mechanism central or distributed"))
    }
    checkNoise(scenario, &reader)
    let lost = scenario.privacy.dropoutShare + scenario.privacy.colludingShare
    if reader.isSound(.dropoutShare, .colludingShare), lost >= 1 {
      reader.report(
        reader.isGiven(.colludingShare) ? .colludingShare : .dropoutShare,
        .conflict(
          found: "\(scenario.privacy.colludingShare)", with: .dropoutShare,
          other: "\(scenario.privacy.dropoutShare)",
          expected: "write shares that sum to less than 1: some honest device must be left"))
    }
    checkImitation(scenario, &reader)
  }

  private static func checkImitation(_ scenario: Scenario, _ reader: inout SettingReader) {
    let imitation = scenario.imitation
    if reader.isSound(.secureAggregation, .deviceNoise), imitation.secureAggregation,
      imitation.deviceNoise == .together
    {
      reader.report(
        .deviceNoise,
        .conflict(
          found: "together", with: .secureAggregation, other: "true",
          expected: "write each: masked contributions hold their own device's noise"))
    }
    if imitation.secureAggregation { checkSecureAggregation(scenario, &reader) }
    let steps: [ScenarioKey] = [.leaveBeforeInput, .leaveBeforeShare, .leaveBeforeAdvertise]
    let lost = imitation.dropouts.withoutContribution
    guard reader.isSound(.dropoutShare), steps.allSatisfy({ reader.isSound($0) }),
      lost > scenario.privacy.dropoutShare
    else { return }
    let key = steps.first { reader.isGiven($0) } ?? .leaveBeforeInput
    reader.report(
      key,
      .conflict(
        found: "\(CanonicalNumber.text(lost)) before the contribution", with: .dropoutShare,
        other: CanonicalNumber.text(scenario.privacy.dropoutShare),
        expected:
          "let fewer devices leave, or raise privacy.dropoutShare: rounds would be abandoned"))
  }

  /// What rounds of secure aggregation can be made of: protocols/secure-aggregation.md, sections 6 and 12.
  private static func checkSecureAggregation(
    _ scenario: Scenario, _ reader: inout SettingReader
  ) {
    let bits = [16, 20, 24, 32]
    if reader.isSound(.ringBits), !bits.contains(scenario.encoding.ringBits) {
      reader.report(
        .ringBits,
        .conflict(
          found: "\(scenario.encoding.ringBits)", with: .secureAggregation, other: "true",
          expected: "write 16, 20, 24 or 32"))
    }
    let pairs = [(0.01, 0.05), (0.05, 0.05), (0.05, 0.1), (0.1, 0.1)]
    let privacy = scenario.privacy
    if reader.isSound(.colludingShare, .dropoutShare),
      !pairs.contains(where: { $0 == (privacy.colludingShare, privacy.dropoutShare) })
    {
      reader.report(
        reader.isGiven(.dropoutShare) ? .dropoutShare : .colludingShare,
        .conflict(
          found: "\(privacy.colludingShare) colluding and \(privacy.dropoutShare) dropping out",
          with: .secureAggregation, other: "true",
          expected:
            "write 0.01 and 0.05, 0.05 and 0.05, 0.05 and 0.1, or 0.1 and 0.1 for "
            + "privacy.colludingShare and privacy.dropoutShare"))
    }
  }

  /// Checks that there is somebody who can make the noise, and noise for what needs it.
  private static func checkNoise(_ scenario: Scenario, _ reader: inout SettingReader) {
    let (privacy, clipping) = (scenario.privacy, scenario.ranker.clipping)
    guard reader.isSound(.mechanism, .noise, .clipping) else { return }
    if privacy.noise.isCorrelated, privacy.mechanism != .central {
      reader.report(
        .noise,
        .conflict(
          found: privacy.noise.rawValue, with: .mechanism, other: privacy.mechanism.rawValue,
          expected:
            "write mechanism central: only a coordinator who sees the sums can correlate noise"))
    }
    guard clipping == .adaptive else { return }
    if privacy.mechanism == .none {
      reader.report(
        .clipping,
        .conflict(
          found: clipping.rawValue, with: .mechanism, other: privacy.mechanism.rawValue,
          expected: "write fixed, or mechanism central or distributed: its counts need noise"))
    } else if privacy.noise.isCorrelated {
      reader.report(
        .clipping,
        .conflict(
          found: clipping.rawValue, with: .noise, other: privacy.noise.rawValue,
          expected: "write fixed: correlated noise adds up on one scale only"))
    }
  }

  private static func checkSplit(_ scenario: Scenario, _ reader: inout SettingReader) {
    let split = scenario.privacy.split
    let sum = split.statistics + split.gram + split.ranker + split.evaluation + split.encoder
    let keys: [ScenarioKey] = [
      .splitStatistics, .splitGram, .splitRanker, .splitEvaluation, .splitEncoder,
    ]
    guard
      reader.isSound(
        .splitStatistics, .splitGram, .splitRanker, .splitEvaluation, .splitEncoder),
      abs(sum - 1) > 1e-9,
      let given = keys.first(where: reader.isGiven)
    else { return }
    reader.report(given, .splitDoesNotSumToOne(sum: sum))
  }

  private static func checkFiles(_ behavior: Scenario.Behavior, _ reader: inout SettingReader) {
    guard reader.isSound(.source, .events, .catalogue) else { return }
    let source = behavior.source.rawValue
    switch behavior.source {
    case .csv, .jsonLines:
      if behavior.events == nil {
        reader.report(
          .events, .missing(expected: "the file with the events, as source is \(source)"))
      }
    case .movielens100k, .movielens1m, .synthetic:
      for (key, value) in [(ScenarioKey.events, behavior.events), (.catalogue, behavior.catalogue)]
      {
        guard let value else { continue }
        reader.report(
          key,
          .conflict(
            found: "\"\(value)\"", with: .source, other: source,
            expected: "write it only where source is csv or json-lines"))
      }
    }
  }

  /// Compares what is asked of a population with its size, where that is known beforehand.
  private static func checkSizes(_ scenario: Scenario, _ reader: inout SettingReader) {
    let synthetic = scenario.behavior.synthetic
    let source = scenario.behavior.source
    guard
      reader.isSound(.source, .syntheticUsers, .syntheticItems, .syntheticEvents),
      source != .csv, source != .jsonLines
    else { return }
    checkSynthetic(synthetic, &reader)
    let size =
      source.publishedSize
      ?? .init(users: synthetic.users, items: synthetic.items, events: synthetic.events)
    /// Refuses more of something than there is of it.
    func check(
      _ key: ScenarioKey, _ value: Int, atMost most: Int, of count: Int, _ noun: String,
      _ sizeKey: ScenarioKey, instead: String = ""
    ) {
      guard reader.isSound(key), value > most else { return }
      let isPublished = source.publishedSize != nil
      reader.report(
        key,
        .conflict(
          found: "\(value)", with: isPublished ? .source : sizeKey,
          other: isPublished ? "\(source.rawValue) (\(count) \(noun))" : "\(count)",
          expected: "write \(instead)at most \(most)"))
    }
    if let cohort = scenario.encoder?.cohort {
      check(
        .encoderCohort, cohort, atMost: size.users, of: size.users, "users", .syntheticUsers,
        instead: "all, or ")
    }
    if let cohort = scenario.ranker.cohort {
      check(
        .cohort, cohort, atMost: size.users, of: size.users, "users", .syntheticUsers,
        instead: "all, or ")
    }
    check(
      .headItems, scenario.gram.headItems, atMost: size.items, of: size.items, "items",
      .syntheticItems)
    if reader.isGiven(.sampledNegatives) {
      // One item is the one to find.
      check(
        .sampledNegatives, scenario.evaluation.sampledNegatives, atMost: size.items - 1,
        of: size.items, "items", .syntheticItems)
    }
  }

  /// Checks that a generated population can be what it says.
  private static func checkSynthetic(
    _ synthetic: Scenario.Synthetic, _ reader: inout SettingReader
  ) {
    if synthetic.events < synthetic.users {
      reader.report(
        .syntheticEvents,
        .conflict(
          found: "\(synthetic.events)", with: .syntheticUsers, other: "\(synthetic.users)",
          expected: "write at least one event for each user"))
    }
    if reader.isSound(.syntheticInterests), synthetic.interests > synthetic.items {
      reader.report(
        .syntheticInterests,
        .conflict(
          found: "\(synthetic.interests)", with: .syntheticItems, other: "\(synthetic.items)",
          expected: "write at most one interest for each item"))
    }
  }
}
