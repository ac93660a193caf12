internal import RoundVocabulary

/// What the owner of a device allows, whatever a plan asks for.
package struct DeviceSettings: Sendable, Equatable {
  // Rounds.
  package var leastCohort: Int
  package var leastSurvivors: Int
  package var leastHonest: Int
  /// Survivors of the cohort.
  package var leastSurvivorShare: Double
  package var mostRoundsPerDay: Int
  /// Seconds from one contribution to the next; no plan of this version counts on it, so 0 is the standard.
  package var leastSeparationSeconds: Int
  /// Days on which the device checks in, of any 30: each lets a coordinator count it once.
  package var mostCheckInDays: Int
  /// Hours of the local day in which the device takes part: from the first up to, and without, the second.
  ///
  /// From 22 to 6 is the night; from 0 to 24 is always.
  package var fromHour: Int
  package var toHour: Int
  // Log.
  /// Witnesses that have to have signed the head of the coordinator's log.
  package var logWitnesses: Int
  // Privacy.
  /// Nats, over everything that the device ever contributes, to whatever coordinator.
  package var epsilon: Double
  /// Of all contributions to one task of a plan.
  package var epsilonPerTask: Double
  /// Of the contributions of one day, UTC: a plan that asks for more is spread over days.
  package var epsilonPerDay: Double
  package var delta: Double
  /// Noise variance that is certain to be in a sum, over the squared sensitivity.
  package var leastNoise: Double
  package var mostClipNorm: Double
  package var mostContributions: Int
  /// How long nothing is contributed once the device's ledger was not as it had been left.
  package var quarantineSeconds: Int
  // Work.
  /// Seconds for one contribution.
  package var workSeconds: Int
  /// Numbers in one contribution: bounds memory and upload.
  package var mostCoordinates: Int
  /// MiB of the longest plan, catalogue or model: bounds memory and download.
  package var mostMegabytes: Int
  /// How long events are kept.
  package var eventDays: Double

  /// For people's devices whose owner has said nothing.
  package static let cautious = DeviceSettings(
    leastCohort: 64, leastSurvivors: 64, leastHonest: 32, leastSurvivorShare: 0.85,
    mostRoundsPerDay: 3, leastSeparationSeconds: 0, mostCheckInDays: CheckInCount.windowDays,
    fromHour: 0, toHour: 24, logWitnesses: 0,
    epsilon: 8, epsilonPerTask: 8, epsilonPerDay: 8, delta: 1e-5, leastNoise: 0.25,
    mostClipNorm: 16, mostContributions: 50, quarantineSeconds: 30 * 86_400, workSeconds: 120,
    mostCoordinates: 1 << 20,
    mostMegabytes: 64, eventDays: 730)
}

extension DeviceSettings {
  /// Whether the owner lets the device take part at an hour of the day.
  ///
  /// - Parameter hour: 0 to 23, local time.
  package func takesPart(atHour hour: Int) -> Bool {
    fromHour <= toHour
      ? (fromHour..<toHour).contains(hour) : hour >= fromHour || hour < toHour
  }
}

/// Every setting of a device, in the order in which its file lists them.
package enum DeviceKey: String, SettingKey {
  case leastCohort = "rounds.leastCohort"
  case leastSurvivors = "rounds.leastSurvivors"
  case leastHonest = "rounds.leastHonest"
  case leastSurvivorShare = "rounds.leastSurvivorShare"
  case mostRoundsPerDay = "rounds.mostPerDay"
  case leastSeparation = "rounds.leastSeparation"
  case mostCheckInDays = "rounds.mostCheckInDays"
  case fromHour = "rounds.fromHour"
  case toHour = "rounds.toHour"
  case logWitnesses = "log.witnesses"
  case epsilon = "privacy.epsilon"
  case epsilonPerTask = "privacy.epsilonPerTask"
  case epsilonPerDay = "privacy.epsilonPerDay"
  case delta = "privacy.delta"
  case leastNoise = "privacy.leastNoise"
  case mostClipNorm = "privacy.mostClipNorm"
  case mostContributions = "privacy.mostContributions"
  case quarantine = "privacy.quarantine"
  case workTime = "work.time"
  case mostCoordinates = "work.mostCoordinates"
  case mostMegabytes = "work.mostMegabytes"
  case eventLifetime = "events.lifetime"

  package static let fileKind = "device"
}

/// Reads and writes a device's settings.
package enum DeviceSettingsFile {
  /// Decodes strictly, as plans are: an unknown key or an impossible value is an error.
  ///
  /// What is not said is as in `DeviceSettings.cautious`.
  package static func decode(
    yaml: String, file: String, overrides: [String] = []
  ) throws(ScenarioError) -> DeviceSettings {
    guard yaml.utf8.count <= PlanDecoder.mostBytes else {
      throw .notYAML(
        file: file, line: nil, column: nil,
        reason: "device settings have at most \(PlanDecoder.mostBytes) bytes")
    }
    var reader = KeyedSettingReader(
      try KeyedSettings<DeviceKey>(yaml: yaml, file: file, overrides: overrides))
    let standard = DeviceSettings.cautious
    let share = "a share above 0 and up to 1"
    func isShare(_ value: Double) -> Bool { value > 0 && value <= 1 }
    func epsilon(_ key: DeviceKey, _ standard: Double) -> Double {
      reader.number(
        key, default: standard, expected: "a number from 0.001 to 1000",
        Scenario.Privacy.meaningfulEpsilons.contains)
    }
    let settings = DeviceSettings(
      leastCohort: reader.integer(.leastCohort, default: standard.leastCohort, 3...16_384),
      leastSurvivors: reader.integer(
        .leastSurvivors, default: standard.leastSurvivors, 1...16_384),
      leastHonest: reader.integer(.leastHonest, default: standard.leastHonest, 1...16_384),
      leastSurvivorShare: reader.number(
        .leastSurvivorShare, default: standard.leastSurvivorShare, expected: share, isShare),
      mostRoundsPerDay: reader.integer(
        .mostRoundsPerDay, default: standard.mostRoundsPerDay, 1...100_000),
      leastSeparationSeconds: reader.seconds(
        .leastSeparation, default: standard.leastSeparationSeconds, 0...31_536_000),
      mostCheckInDays: reader.integer(
        .mostCheckInDays, default: standard.mostCheckInDays, 0...1_000),
      fromHour: reader.integer(.fromHour, default: standard.fromHour, 0...23),
      toHour: reader.integer(.toHour, default: standard.toHour, 0...24),
      logWitnesses: reader.integer(.logWitnesses, default: standard.logWitnesses, 0...16),
      epsilon: epsilon(.epsilon, standard.epsilon),
      epsilonPerTask: epsilon(.epsilonPerTask, standard.epsilonPerTask),
      epsilonPerDay: epsilon(.epsilonPerDay, standard.epsilonPerDay),
      delta: reader.number(
        .delta, default: standard.delta, expected: "a probability above 1e-300 and up to 0.01"
      ) { $0 > 1e-300 && $0 <= 0.01 },
      leastNoise: reader.number(
        .leastNoise, default: standard.leastNoise,
        expected: "a number from 0 to 100; 0 lets plans without any noise in"
      ) { $0 >= 0 && $0 <= 100 },
      mostClipNorm: reader.number(
        .mostClipNorm, default: standard.mostClipNorm, expected: "a number from 1e-6 to 1e6",
        (1e-6...1e6).contains),
      mostContributions: reader.integer(
        .mostContributions, default: standard.mostContributions, 0...1_000_000),
      quarantineSeconds: reader.seconds(
        .quarantine, default: standard.quarantineSeconds, 86_400...315_360_000),
      workSeconds: reader.seconds(.workTime, default: standard.workSeconds, 1...86_400),
      mostCoordinates: reader.integer(
        .mostCoordinates, default: standard.mostCoordinates, 1...1 << 24),
      mostMegabytes: reader.integer(.mostMegabytes, default: standard.mostMegabytes, 1...256),
      eventDays: reader.days(.eventLifetime, default: standard.eventDays))
    guard reader.problems.isEmpty else {
      throw .problems(ScenarioDecoder.inOrderOfFile(reader.problems))
    }
    return settings
  }

  /// All settings, as the file has them.
  package static func yaml(of settings: DeviceSettings) -> String {
    CanonicalText.yaml(DeviceKey.self) { key in
      switch key {
      case .leastCohort: "\(settings.leastCohort)"
      case .leastSurvivors: "\(settings.leastSurvivors)"
      case .leastHonest: "\(settings.leastHonest)"
      case .leastSurvivorShare: CanonicalNumber.text(settings.leastSurvivorShare)
      case .mostRoundsPerDay: "\(settings.mostRoundsPerDay)"
      case .leastSeparation: "\(settings.leastSeparationSeconds) s"
      case .mostCheckInDays: "\(settings.mostCheckInDays)"
      case .fromHour: "\(settings.fromHour)"
      case .toHour: "\(settings.toHour)"
      case .logWitnesses: "\(settings.logWitnesses)"
      case .epsilon: CanonicalNumber.text(settings.epsilon)
      case .epsilonPerTask: CanonicalNumber.text(settings.epsilonPerTask)
      case .epsilonPerDay: CanonicalNumber.text(settings.epsilonPerDay)
      case .delta: CanonicalNumber.text(settings.delta)
      case .leastNoise: CanonicalNumber.text(settings.leastNoise)
      case .mostClipNorm: CanonicalNumber.text(settings.mostClipNorm)
      case .mostContributions: "\(settings.mostContributions)"
      case .quarantine: days(settings.quarantineSeconds)
      case .workTime: "\(settings.workSeconds) s"
      case .mostCoordinates: "\(settings.mostCoordinates)"
      case .mostMegabytes: "\(settings.mostMegabytes)"
      case .eventLifetime: CanonicalNumber.text(settings.eventDays) + " d"
      }
    }
  }

  /// In days where that is a whole number of them.
  private static func days(_ seconds: Int) -> String {
    seconds.isMultiple(of: 86_400) ? "\(seconds / 86_400) d" : "\(seconds) s"
  }
}
