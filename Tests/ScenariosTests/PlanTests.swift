import Scenarios
import Testing

/// Plans and device settings are decoded strictly, and have one form.
@Suite struct PlanTests {
  private static let least = "name: small\ncatalogue: { items: 40 }\n"

  private func problems(_ yaml: String, _ overrides: [String] = []) -> [String] {
    do throws(ScenarioError) {
      _ = try PlanDecoder.decode(yaml: yaml, file: "plan.yaml", overrides: overrides)
      return []
    } catch .problems(let problems) {
      return problems.map(\.keyPath)
    } catch {
      return ["\(error)"]
    }
  }

  @Test func whatIsSignedReadsBackAsTheSame() throws {
    var plan = try PlanDecoder.decode(yaml: Self.least, file: "plan.yaml")
    plan.catalogue.hash = String(repeating: "ab", count: 32)
    let ungated = SignedPlanText.yaml(of: plan)
    plan.audit.gate = true
    let text = SignedPlanText.yaml(of: plan)
    let again = try PlanDecoder.decode(yaml: text, file: "signed")
    #expect(again == plan)
    #expect(SignedPlanText.yaml(of: again) == text)
    // Without a gate a plan has the text, and so the hash, that it had before there were gates.
    #expect(text == ungated + "audit:\n  gate: true\n")
    for key in PlanKey.allCases {
      #expect(text.contains(String(key.rawValue.split(separator: ".").last ?? "") + ":"))
    }
  }

  @Test(arguments: [
    ("times.input=90", "times.input"), ("times.input=0 s", "times.input"),
    ("times.input=9 d", "times.input"), ("cohort.most=16385", "cohort.most"),
    ("cohort.most=2", "cohort.most"), ("privacy.dropoutShare=0.2", "privacy.dropoutShare"),
    ("encoding.ringBits=17", "encoding.ringBits"), ("privacy.split.gram=0.5", "privacy.split.gram"),
    ("tasks.ranker.participations=13", "tasks.ranker.participations"),
    ("catalogue.hash=abc", "catalogue.hash"), ("privacy.epsilom=1", "privacy.epsilom"),
    ("name=../x", "name"), ("privacy.mechanism=central", "privacy.mechanism"),
  ])
  func faultsAreNamedByTheirKey(override: String, key: String) {
    #expect(problems(Self.least, [override]) == [key])
  }

  @Test func whatIsMissingIsNamed() {
    #expect(Set(problems("seed: 1\n")) == ["name", "catalogue.items"])
    #expect(problems(String(repeating: "#", count: PlanDecoder.mostBytes + 1)).count == 1)
  }

  @Test func unitsOfTimeAreRead() throws {
    let plan = try PlanDecoder.decode(
      yaml: Self.least, file: "plan.yaml",
      overrides: ["times.advertise=2 min", "times.shares=1h", "times.pause=0 s"])
    #expect(plan.times.advertise == 120 && plan.times.shares == 3_600 && plan.times.pause == 0)
  }

  @Test func settingsOfADeviceReadBackAsTheSame() throws {
    let text = DeviceSettingsFile.yaml(of: .cautious)
    #expect(try DeviceSettingsFile.decode(yaml: text, file: "device.yaml") == .cautious)
    let changed = try DeviceSettingsFile.decode(
      yaml: text, file: "device.yaml", overrides: ["privacy.epsilon=2", "work.time=5 s"])
    #expect(changed.epsilon == 2 && changed.workSeconds == 5)
    #expect(throws: ScenarioError.self) {
      try DeviceSettingsFile.decode(
        yaml: text, file: "device.yaml", overrides: ["privacy.epsilon=none"])
    }
  }

  /// Somebody names the wrong file; what is in it is not for terminals and logs.
  @Test func aFileThatIsNoPlanIsNotQuoted() {
    let events = (0..<200).map { "user-\($0),item-\($0),view" }.joined(separator: "\n")
    do {
      _ = try PlanDecoder.decode(yaml: "user,item,kind\n" + events, file: "events.csv")
      Issue.record("events are no plan")
    } catch {
      #expect(error.description.contains("events.csv:1"))
      #expect(!error.description.contains("user-7"))
    }
  }

  @Test func hoursOfADeviceMayGoOverMidnight() {
    var settings = DeviceSettings.cautious
    #expect((0..<24).allSatisfy { settings.takesPart(atHour: $0) })
    settings.fromHour = 22
    settings.toHour = 6
    #expect((0..<24).filter { settings.takesPart(atHour: $0) } == [0, 1, 2, 3, 4, 5, 22, 23])
    settings.fromHour = 6
    #expect((0..<24).allSatisfy { !settings.takesPart(atHour: $0) })
  }
}
