package import Behavior
internal import DeviceTasks
internal import NumericalMethods
internal import ProfileModel
internal import ReleasedParts
internal import Scenarios

/// Profiles, recommendations and their reasons for the people of a simulation, from what it released:
/// each as that person's own device would compute it.
package struct KeptProfiles: Sendable {
  /// What ranks.
  package enum Ranking: String, Sendable, CaseIterable {
    case gram, ranker, encoder
  }

  /// What the simulation found to be best for this population; nil for what is popular.
  package var recommendedRanking: Ranking? { model.recommended }

  let population: Population
  let scenario: Scenario
  let features: FeatureModel
  let model: ReleasedModel
  private let encoder: SequenceEncoder?

  /// - Throws: `ModelFileError.otherBehavior` or `.otherPlan`, `ScenarioError` for a plan that is none.
  package init(_ model: ReleasedModel, population: Population) throws {
    guard model.behavior == BehaviorDigest.hexadecimal(of: population) else {
      throw ModelFileError.otherBehavior
    }
    scenario = try ScenarioDecoder.decode(
      yaml: model.plan, file: ReleasedModel.fileName, overrides: []
    ).scenario
    let plan = ScenarioPlan(
      scenario, users: population.log.userCount, items: population.catalogue.count)
    guard model.popularity.values.count == plan.items,
      model.basis.coordinateCount == plan.coordinates, model.basis.rank <= scenario.gram.maxRank
    else { throw ModelFileError.otherPlan }
    let content = ContentFeatures(catalogue: population.catalogue)
    let coordinates = GramCoordinates(
      popularity: model.popularity,
      partition: ItemPartition(
        popularity: model.popularity, content: content, headItems: scenario.gram.headItems,
        tailGroups: scenario.gram.tailGroups, seed: scenario.seed))
    let encoder = try scenario.sequenceEncoder.map {
      try plan.encoder(
        $0,
        ItemKnowledge(
          popularity: model.popularity, coordinates: coordinates, basis: model.basis,
          content: content))
    }
    guard model.encoder.count == encoder?.layout.count ?? 0,
      plan.isPretrained == !model.publicEncoder.isEmpty
    else { throw ModelFileError.otherPlan }
    features = FeatureModel(
      content: content, popularity: model.popularity,
      scorer: GramScorer(coordinates: coordinates, basis: model.basis),
      publicEncoder: model.publicEncoder.isEmpty
        ? nil : try encoder.map { try SequenceScorer($0, parameters: model.publicEncoder) })
    self.encoder = encoder
    self.population = population
    self.model = model
  }

  /// One person, found by the identifier that the behavior has for them.
  private struct Person {
    let events: DeviceHistory
    let history: InteractionHistory
    let index: Int
  }

  private func person(_ id: String) throws(ModelFileError) -> Person {
    guard let index = population.log.userIDs.firstIndex(of: id) else {
      throw .unknownUser(id: id, example: population.log.userIDs.first ?? "nobody")
    }
    let events = population.log.history(of: index)
    return Person(events: events, history: InteractionHistory(events), index: index)
  }

  private func item(_ id: String) throws(ModelFileError) -> Int32 {
    guard let index = population.catalogue.items.firstIndex(where: { $0.id == id }) else {
      throw .unknownItem(id: id, example: population.catalogue.items.first?.id ?? "none")
    }
    return Int32(index)
  }

  /// What a device knows about its user; neutral for a user of whom it has no events.
  package func profile(of id: String) throws -> PersonProfile {
    let person = try person(id)
    let catalogue = population.catalogue
    let profile = ProfileBuilder(
      catalogue: catalogue, scorer: features.scorer,
      shares: CategoryShares(popularity: model.popularity, catalogue: catalogue),
      halfLifeDays: scenario.profile.halfLifeDays
    ).profile(of: person.history, events: person.events, now: population.log.latestTime)
    func named(_ affinity: UserProfile.Affinity) -> PersonProfile.Affinity {
      .init(name: catalogue.categoryNames[Int(affinity.category)], score: affinity.score)
    }
    return PersonProfile(
      user: id, events: person.events.events.count, vector: profile.vector,
      state: try state(of: person), tags: profile.tags.map(named),
      categories: profile.categories.map(named), priceLevel: profile.priceLevel,
      daysSinceLastEvent: profile.activity?.recencyDays,
      eventsPerWeek: profile.activity?.eventsPerWeek)
  }

  private func state(of person: Person) throws -> [Float]? {
    guard encoder != nil else { return nil }
    var scorer = try scorer(for: person)
    return try scorer.state(sequence(of: person))
  }

  /// Items that a person has not had, best first.
  ///
  /// - Throws: `ModelFileError`; `nothingLeft` where there is none.
  package func recommendations(
    for id: String, count: Int, by ranking: Ranking?
  ) throws -> [PersonRecommendation] {
    let person = try person(id)
    let scores = try scores(for: person, by: ranking)
    let items = topItems(count: count, scores: scores, excluding: person.history.sortedItems)
    guard !items.isEmpty else { throw ModelFileError.nothingLeft(user: id) }
    return try items.map {
      try recommendation(of: $0, for: person, scores: scores, by: ranking, reasons: 3)
    }
  }

  /// Why an item is recommended, or is not.
  ///
  /// - Parameter itemID: nil for the item that is ranked first.
  /// - Throws: `ModelFileError`.
  package func explanation(
    for id: String, item itemID: String?, by ranking: Ranking?, reasons: Int
  ) throws -> PersonRecommendation {
    let person = try person(id)
    guard !person.history.isEmpty else { throw ModelFileError.noEvents(user: id) }
    let scores = try scores(for: person, by: ranking)
    let chosen =
      try itemID.map(item)
      ?? topItems(count: 1, scores: scores, excluding: person.history.sortedItems).first
    guard let chosen else { throw ModelFileError.nothingLeft(user: id) }
    return try recommendation(
      of: chosen, for: person, scores: scores, by: ranking, reasons: reasons)
  }

  private func recommendation(
    of item: Int32, for person: Person, scores: [Float], by ranking: Ranking?, reasons: Int
  ) throws -> PersonRecommendation {
    let found = population.catalogue.items[Int(item)]
    let known = Set(person.history.sortedItems)
    let rank = scores.indices.count {
      scores[$0] > scores[Int(item)] && !known.contains(Int32($0))
    }
    return PersonRecommendation(
      item: found.id, title: found.title, score: scores[Int(item)], rank: rank + 1,
      isKnown: known.contains(item),
      rankedBy: rankedBy(ranking, person),
      reasons: try self.reasons(for: item, person, by: ranking, limit: reasons))
  }

  private func rankedBy(_ ranking: Ranking?, _ person: Person) -> String {
    guard let ranking, !person.history.isEmpty, !fallsBack(ranking) else { return "popularity" }
    return ranking.rawValue
  }

  /// Whether devices recommend what is popular, for this ranking was worse in the simulation.
  package func fallsBack(_ ranking: Ranking) -> Bool { model.belowPopularity.contains(ranking) }

  /// The weights of a ranking that is linear in the features.
  private func weights(of ranking: Ranking) -> [Float] {
    guard ranking == .gram else { return model.rankerWeights }
    var weights = [Float](repeating: 0, count: model.rankerWeights.count)
    weights[RankerFeature.gram.rawValue] = 1
    return weights
  }

  private func scores(for person: Person, by ranking: Ranking?) throws -> [Float] {
    var scores = model.popularity.values
    guard let ranking, !fallsBack(ranking) else { return scores }
    switch ranking {
    case .gram, .ranker:
      guard !person.history.isEmpty else { return scores }
      var table = FeatureTable(itemCount: scores.count)
      table.fill(for: person.history, model: features)
      table.score(weights: weights(of: ranking), into: &scores)
    case .encoder:
      var scorer = try scorer(for: person)
      try scorer.score(sequence(of: person), into: &scores)
    }
    return scores
  }

  /// The own events that speak for an item, most first.
  ///
  /// Item basis and ranker are linear in the history, so each event has an exact part, but for the score of
  /// an encoder. Of that it is shown by how much the item's score falls without the event: what it attends to need not be what it goes by.
  private func reasons(
    for item: Int32, _ person: Person, by ranking: Ranking?, limit: Int
  ) throws -> [PersonRecommendation.Reason] {
    func reason(_ own: Int32, _ part: Float?) -> PersonRecommendation.Reason {
      .init(
        item: population.catalogue.items[Int(own)].id,
        title: population.catalogue.items[Int(own)].title, part: part)
    }
    guard let ranking, !person.history.isEmpty, !fallsBack(ranking) else { return [] }
    switch ranking {
    case .gram, .ranker:
      var table = FeatureTable(itemCount: population.catalogue.count)
      table.fill(for: person.history, model: features)
      return Reasons(model: features, weights: weights(of: ranking)).reasons(
        for: item, history: person.history, table: table, limit: limit
      ).map { reason($0, nil) }
    case .encoder:
      var scorer = try scorer(for: person)
      return try scorer.parts(of: sequence(of: person), in: item).prefix(limit).filter {
        $0.part > 0
      }
      .map { reason($0.item, $0.part) }
    }
  }

  private func sequence(of person: Person) throws(EncoderError) -> EventSequence {
    try EventSequence(
      person.history, clock: population.log.clock,
      itemCount: population.catalogue.count)
  }

  /// The encoder as the person's device has it, trained further on the own history where the plan says so.
  private func scorer(for person: Person) throws -> SequenceScorer {
    guard let encoder, let settings = scenario.sequenceEncoder else {
      throw ModelFileError.noEncoder
    }
    let plan = ScenarioPlan(
      scenario, users: population.log.userCount, items: population.catalogue.count)
    guard let personal = plan.personalTraining(of: encoder, settings) else {
      return try SequenceScorer(encoder, parameters: model.encoder)
    }
    var work = personal.work(encoder, given: model.encoder)
    var generator = PersonalTraining.generator(of: person.index, seed: scenario.seed)
    return try SequenceScorer(
      encoder, parameters: try work.personalized(sequence(of: person), &generator))
  }
}

/// What a device knows about its user.
package struct PersonProfile: Sendable, Equatable, Encodable {
  /// A tag or category and how strongly it applies.
  package struct Affinity: Sendable, Equatable, Encodable {
    package let name: String
    package let score: Float
  }

  package let user: String
  package let events: Int
  /// Coordinates in the released item basis, comparable by cosine.
  package let vector: [Float]
  /// What the sequence encoder makes of the newest events; nil where none was trained.
  package let state: [Float]?
  package let tags: [Affinity]
  package let categories: [Affinity]
  package let priceLevel: Float?
  package let daysSinceLastEvent: Double?
  package let eventsPerWeek: Double?
}

/// An item for a person, and the own events that speak for it.
package struct PersonRecommendation: Sendable, Equatable, Encodable {
  package struct Reason: Sendable, Equatable, Encodable {
    package let item: String
    package let title: String
    /// How much of the score is this event's; nil where only the order is known.
    package let part: Float?
  }

  package let item: String
  package let title: String
  package let score: Float
  /// Among the items that the person has not had; 1 is first.
  package let rank: Int
  /// Whether the person has had it: then it is not recommended.
  package let isKnown: Bool
  /// gram, ranker, encoder, or popularity for a person without events and where those were worse.
  package let rankedBy: String
  package let reasons: [Reason]
}
