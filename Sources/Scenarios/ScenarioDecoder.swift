/// Turns a scenario file into a scenario that can be run, or says everything that is wrong with it.
package enum ScenarioDecoder {
  private typealias Synthetic = Scenario.Synthetic

  /// Decodes strictly: an unknown key, a missing unit or an impossible value is an error.
  /// - Parameters:
  ///   - file: the name that errors give as the place.
  ///   - overrides: settings as `key.path=value`, applied after the file; of two for one key the
  ///     last one wins.
  /// - Throws: `ScenarioError.problems` with every fault found, `.notYAML` where there is no
  ///   document to look for faults in.
  package static func decode(
    yaml: String, file: String, overrides: [String]
  ) throws(ScenarioError) -> EffectiveScenario {
    let settings = try KeyedSettings<ScenarioKey>(yaml: yaml, file: file, overrides: overrides)
    var reader = KeyedSettingReader(settings)
    let behavior = behavior(&reader)
    let scenario = Scenario(
      name: name(&reader),
      seed: reader.seed(.seed, default: 1),
      threads: reader.integer(.threads, or: "auto", 1...1024),
      behavior: behavior,
      privacy: privacy(&reader),
      encoding: encoding(&reader),
      gram: Scenario.Gram(
        headItems: reader.integer(.headItems, default: 300, 1...10_000),
        tailGroups: reader.integer(.tailGroups, default: 60, 1...10_000),
        maxRank: reader.integer(.maxRank, default: 48, 1...10_000)),
      ranker: ranker(&reader),
      encoder: encoder(&reader),
      profile: Scenario.Profile(
        halfLifeDays: reader.days(.halfLife, default: 30),
        recommendations: reader.integer(
          .recommendations, default: 10, 1...1_000),
        examples: reader.integer(.examples, default: 3, 0...50)),
      evaluation: evaluation(&reader),
      imitation: imitation(&reader))
    checkCombinations(scenario, &reader)
    guard reader.problems.isEmpty else { throw .problems(inOrderOfFile(reader.problems)) }
    return EffectiveScenario(scenario)
  }

  private static func name(_ reader: inout SettingReader) -> String {
    let expected = "a name of letters, digits, -, _ and ., such as my-first-run"
    guard let name = reader.text(.name) else {
      if reader.isSound(.name) { reader.report(.name, .missing(expected: expected)) }
      return ""
    }
    // The name becomes a folder under runs/.
    let isFolderName =
      name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
      && !name.isEmpty && !name.hasPrefix(".")
    if !isFolderName { reader.report(.name, .outOfRange(found: "\"\(name)\"", expected: expected)) }
    return name
  }

  private static func behavior(_ reader: inout SettingReader) -> Scenario.Behavior {
    if !reader.isGiven(.source) {
      let choices = Scenario.Behavior.Source.allCases.map(\.rawValue).joined(separator: " or ")
      reader.report(.source, .missing(expected: choices))
    }
    let source = reader.choice(.source, default: Scenario.Behavior.Source.synthetic)
    // What stands in for a data set that cannot be had is of its size.
    let size = source.publishedSize ?? Scenario.Behavior.Source.standardSize
    return Scenario.Behavior(
      source: source,
      events: reader.text(.events),
      catalogue: reader.text(.catalogue),
      maxBadRows: reader.integer(.maxBadRows, default: 100, 0...1_000_000),
      synthetic: Scenario.Synthetic(
        users: reader.integer(.syntheticUsers, default: size.users, Synthetic.possibleUsers),
        items: reader.integer(.syntheticItems, default: size.items, Synthetic.possibleItems),
        events: reader.integer(.syntheticEvents, default: size.events, Synthetic.possibleEvents),
        interests: reader.integer(.syntheticInterests, default: 12, Synthetic.possibleInterests),
        seed: reader.seed(.syntheticSeed, default: 1)))
  }

  private static func privacy(_ reader: inout SettingReader) -> Scenario.Privacy {
    let share = "a share above 0 and below 1"
    func isShare(_ value: Double) -> Bool { value > 0 && value < 1 }
    func isPart(_ value: Double) -> Bool { value >= 0 && value < 1 }
    return Scenario.Privacy(
      mechanism: reader.choice(.mechanism, default: .distributed),
      epsilon: reader.number(
        .epsilon, default: 3, expected: "a number from 0.001 to 1000, such as 3",
        Scenario.Privacy.meaningfulEpsilons.contains),
      delta: reader.number(
        .delta, default: 1e-5,
        expected: "a probability above 1e-300 and up to 0.01, well below 1 / users, such as 1e-5"
      ) { $0 > 1e-300 && $0 <= 0.01 },
      noise: reader.choice(.noise, default: .skellam),
      dropoutShare: reader.number(
        .dropoutShare, default: 0.05, expected: "a share from 0 to below 1, such as 0.05", isPart),
      colludingShare: reader.number(
        .colludingShare, default: 0.05, expected: "a share from 0 to below 1, such as 0.05",
        isPart),
      sweep: reader.numbers(
        .sweep, default: [],
        expected: "a list of different numbers from 0.001 to 1000, such as [1, 8]",
        Scenario.Privacy.meaningfulEpsilons.contains),
      split: Scenario.Split(
        statistics: reader.number(.splitStatistics, default: 0.10, expected: share, isShare),
        gram: reader.number(.splitGram, default: 0.78, expected: share, isShare),
        ranker: reader.number(.splitRanker, default: 0.10, expected: share, isShare),
        evaluation: reader.number(.splitEvaluation, default: 0.02, expected: share, isShare),
        encoder: reader.number(
          .splitEncoder, default: 0, expected: "0, or a share above 0 and below 1"
        ) { $0 == 0 || isShare($0) }))
  }

  private static func encoding(_ reader: inout SettingReader) -> Scenario.Encoding {
    Scenario.Encoding(
      ringBits: reader.integer(.ringBits, default: 32, 16...32),
      scaleBits: reader.integer(.scaleBits, or: "auto", 1...20),
      rotation: reader.flag(.rotation, default: false))
  }

  private static func ranker(_ reader: inout SettingReader) -> Scenario.Ranker {
    Scenario.Ranker(
      rounds: reader.integer(.rounds, default: 12, 1...100_000),
      cohort: reader.integer(.cohort, or: "all", 1...Synthetic.possibleUsers.upperBound),
      learningRate: reader.number(
        .learningRate, default: 0.8, expected: "a number above 0 and up to 1000, such as 0.8"
      ) { $0 > 0 && $0 <= 1000 },
      momentum: reader.number(
        .momentum, default: 0.7, expected: "a number from 0 to below 1, such as 0.7"
      ) { $0 >= 0 && $0 < 1 },
      clipNorm: reader.number(
        .clipNorm, default: 1, expected: "a number from 1e-6 to 1e6, such as 1",
        (1e-6...1e6).contains),
      clipping: reader.choice(.clipping, default: .fixed),
      negatives: reader.integer(.negatives, default: 100, 1...10_000))
  }

  private static func evaluation(_ reader: inout SettingReader) -> Scenario.Evaluation {
    let share = "a number above 0 and below 1"
    func isShare(_ value: Double) -> Bool { value > 0 && value < 1 }
    func isPart(_ value: Double) -> Bool { value >= 0 && value < 1 }
    return Scenario.Evaluation(
      heldOut: reader.choice(.heldOut, default: .test),
      sampledNegatives: reader.integer(.sampledNegatives, default: 99, 1...100_000),
      // The ends of a 95 % interval are the 2.5th and 97.5th percentile: fewer than 40 resamples
      // have neither.
      bootstrapResamples: reader.integer(.bootstrapResamples, default: 1000, 40...10_000),
      coldStart: reader.counts(.coldStart, default: [0, 1, 3, 5, 10], 0...1_000_000),
      headShare: reader.number(.headShare, default: 0.2, expected: share, isShare),
      easeRegularization: reader.number(
        .easeRegularization, default: 100, expected: "a number from 0.001 to 1e9, such as 100",
        (1e-3...1e9).contains),
      decisionThreshold: reader.number(
        .decisionThreshold, default: 0.5, expected: share, isShare),
      users: reader.integer(.evaluatedUsers, or: "all", 1...Synthetic.possibleUsers.upperBound))
  }

  private static func imitation(_ reader: inout SettingReader) -> Scenario.Imitation {
    func share(_ key: ScenarioKey) -> Double {
      reader.number(key, default: 0, expected: "a share from 0 to below 1, such as 0.02") {
        $0 >= 0 && $0 < 1
      }
    }
    return Scenario.Imitation(
      secureAggregation: reader.flag(.secureAggregation, default: false),
      deviceNoise: reader.choice(.deviceNoise, default: .each),
      dropouts: Scenario.Dropouts(
        beforeAdvertise: share(.leaveBeforeAdvertise), beforeShare: share(.leaveBeforeShare),
        beforeInput: share(.leaveBeforeInput), beforeUnmask: share(.leaveBeforeUnmask)))
  }

  /// Faults by line, those without a line after them, overrides last.
  static func inOrderOfFile(_ problems: [ScenarioProblem]) -> [ScenarioProblem] {
    func rank(_ problem: ScenarioProblem) -> (Int, Int, Int) {
      switch problem.place {
      case .line(_, let line, let column): (0, line, column)
      case .file: (1, 0, 0)
      case .override: (2, 0, 0)
      }
    }
    return problems.enumerated().sorted {
      let (left, right) = (rank($0.element), rank($1.element))
      return left == right ? $0.offset < $1.offset : left < right
    }.map(\.element)
  }
}
