import Behavior
import ProfileModel
import ReleasedParts
import Testing

@Suite struct ProfileTests {
  private let shares = CategoryShares(
    popularity: Fixture.popularity, catalogue: Fixture.catalogue)

  private func builder(halfLifeDays: Double = 30) -> ProfileBuilder {
    ProfileBuilder(
      catalogue: Fixture.catalogue, scorer: Fixture.scorer, shares: shares,
      halfLifeDays: halfLifeDays)
  }

  private func events(_ items: [Int32], days: [Int64]) -> DeviceHistory {
    let events = zip(items, days).map { BehaviorEvent(item: $0, kind: .view, time: $1 * 86_400) }
    return DeviceHistory(events: events[...], clock: .unixSeconds)
  }

  @Test func sharesSumToOne() {
    #expect(abs(shares.values.reduce(0, +) - 1) < 1e-6)
  }

  @Test func tagsStandOutAgainstThePopulation() {
    let history = events([2, 5, 8, 11], days: [1, 2, 3, 4])
    let profile = builder().profile(
      of: InteractionHistory(history), events: history, now: 5 * 86_400)
    #expect(profile.tags.first?.category == 2)
    #expect((profile.tags.first?.score ?? 0) > 1)
  }

  @Test func affinitiesForgetWithTheHalfLife() {
    // Item 0 (drama) 30 days before item 1 (comedy): one half-life, so a third against two thirds.
    let history = events([0, 1], days: [70, 100])
    let profile = builder().profile(
      of: InteractionHistory(history), events: history, now: 100 * 86_400)
    #expect(profile.categories.map(\.category) == [1, 0])
    #expect(abs(profile.categories[0].score - 2 / 3) < 1e-5)
  }

  @Test func priceLevelIsThePlaceAmongAllPrices() throws {
    let history = events([11], days: [1])
    let profile = builder().profile(of: InteractionHistory(history), events: history, now: 86_400)
    #expect(try #require(profile.priceLevel) == 1)
  }

  @Test func activityCountsDaysAndWeeks() throws {
    let history = events([0, 1, 2], days: [0, 0, 14])
    let profile = builder().profile(
      of: InteractionHistory(history), events: history, now: 15 * 86_400)
    let activity = try #require(profile.activity)
    #expect(activity.recencyDays == 1)
    #expect(activity.eventsPerWeek == 1.5)
    #expect(activity.eventsPerActiveDay == 1.5)
  }

  /// A clock that runs ahead by a day or by all of time: the event counts as one of the present.
  @Test(arguments: [Int64(86_400), .max]) func theFutureIsThePresent(ahead: Int64) throws {
    let times: [Int64] = [.min + 1, 0, ahead]
    let events = zip([Int32(0), 1, 2], times).map {
      BehaviorEvent(item: $0, kind: .view, time: $1)
    }
    let history = DeviceHistory(events: events[...], clock: .unixSeconds)
    let profile = builder().profile(of: InteractionHistory(history), events: history, now: 0)
    let activity = try #require(profile.activity)
    #expect(activity.recencyDays == 0)
    #expect(activity.eventsPerWeek.isFinite && activity.eventsPerActiveDay == 1)
    #expect(profile.categories.allSatisfy { $0.score.isFinite })
    #expect(profile.vector.allSatisfy { $0.isFinite })
  }

  /// Nobody's events make the neutral profile: no tag stands out, nothing is known.
  @Test func nothingIsKnownOfNobody() {
    let history = events([], days: [])
    let profile = builder().profile(of: InteractionHistory(history), events: history, now: 0)
    #expect(profile.vector.allSatisfy { $0 == 0 } && !profile.vector.isEmpty)
    #expect(profile.categories.isEmpty && profile.priceLevel == nil && profile.activity == nil)
    #expect(profile.tags.allSatisfy { abs($0.score - 1) < 1e-5 })
  }

  @Test func oneEventIsAProfile() throws {
    let history = events([2], days: [1])
    let profile = builder().profile(of: InteractionHistory(history), events: history, now: 86_400)
    #expect(profile.vector.allSatisfy(\.isFinite) && profile.categories.map(\.score) == [1])
    #expect(try #require(profile.activity).eventsPerWeek == 1)
  }

  /// A million events take the time of a million, and come to what their items and days come to.
  @Test func aMillionEventsAreAProfile() throws {
    let count = 1_000_000
    let events = (0..<count).map {
      BehaviorEvent(item: Int32($0 % 12), kind: .view, time: Int64($0 / 1_000) * 86_400)
    }
    let history = DeviceHistory(events: events[...], clock: .unixSeconds)
    let interest = InteractionHistory(history)
    #expect(interest.count == 12)
    let now: Int64 = 999 * 86_400
    let profile = builder().profile(of: interest, events: history, now: now)
    let newest = DeviceHistory(events: events[(count - 12)...], clock: .unixSeconds)
    let short = builder().profile(of: InteractionHistory(newest), events: newest, now: now)
    #expect(profile.vector == short.vector && profile.tags == short.tags)
    #expect(profile.categories == short.categories && profile.priceLevel == short.priceLevel)
    #expect(try #require(profile.activity).eventsPerActiveDay == 1_000)
    #expect(try EventSequence(interest, clock: .unixSeconds, limit: 5, itemCount: 12).count == 5)
  }

  @Test func ordinalClocksTellNoActivity() {
    let history = DeviceHistory(
      events: [BehaviorEvent(item: 0, kind: .view, time: 1)][...], clock: .ordinal)
    let profile = builder().profile(of: InteractionHistory(history), events: history, now: 1)
    #expect(profile.activity == nil)
  }

  @Test func reasonsAreOwnItemsAndTheMostAlikeComesFirst() {
    let history = Fixture.history([0, 1, 2])
    var table = FeatureTable(itemCount: 12)
    table.fill(for: history, model: Fixture.model)
    var weights = RankerFeature.initialWeights
    weights[RankerFeature.contentHistory.rawValue] = 1
    let reasons = Reasons(model: Fixture.model, weights: weights)
    let found = reasons.reasons(for: 9, history: history, table: table, limit: 3)
    #expect(found.first == 0)
    #expect(Set(found).isSubset(of: [0, 1, 2]))
  }

  /// Where the ranker goes by a public encoder alone, its reasons are the encoder's.
  @Test func thePublicEncoderHasItsPartInReasons() throws {
    var configuration = SequenceEncoder.Configuration(itemCount: 12)
    configuration.width = 4
    configuration.length = 8
    configuration.shape = .recurrent
    let encoder = try SequenceEncoder(configuration)
    var scorer = try SequenceScorer(
      encoder, parameters: encoder.layout.initialValues(seed: 3).map { 10 * $0 })
    let plain = Fixture.model
    let model = FeatureModel(
      content: plain.content, popularity: Fixture.popularity,
      scorer: plain.scorer, publicEncoder: scorer)
    let history = Fixture.history([0, 1, 2, 7, 5])
    var table = FeatureTable(itemCount: 12)
    table.fill(for: history, model: model)
    let weights = [Float](repeating: 0, count: RankerFeature.allCases.count) + [1]
    let found = Reasons(model: model, weights: weights).reasons(
      for: 9, history: history, table: table, limit: 5)
    let sequence = try EventSequence(history, clock: .ordinal, itemCount: 12)
    let parts = try scorer.parts(of: sequence, in: 9).filter { $0.part > 0 }
    #expect(!parts.isEmpty && found == parts.map(\.item))
  }
}
