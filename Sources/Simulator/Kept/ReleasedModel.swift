internal import FederatedTasks
internal import Foundation
internal import ProfileModel
internal import ReleasedParts

/// What a run released at its own epsilon, beside the plan that it follows from: all that a device needs
/// to profile its user.
package struct ReleasedModel: Sendable, Equatable {
  /// The effective plan as YAML.
  package let plan: String
  /// The scenario's file, whose folder paths in the plan start from.
  package let scenarioFile: String
  /// BLAKE2b-256 of catalogue and events, hexadecimal: a model means nothing over other items.
  package let behavior: String
  let popularity: Popularity
  let basis: ItemBasis
  let rankerWeights: [Float]
  /// All parameters of the sequence encoder; empty where none was trained.
  let encoder: [Float]
  /// The same as they were after pretraining, which the ranker goes by; empty without pretraining.
  let publicEncoder: [Float]
  /// What ranked held-out items worse than popularity: devices fall back on that.
  var belowPopularity: Set<KeptProfiles.Ranking> = []
  /// What devices recommend by unless they are told otherwise; nil for what is popular.
  var recommended: KeptProfiles.Ranking?
}

extension ReleasedModel {
  init(_ model: TrainedModel, plan: Simulation.PlanText, behavior: String) {
    self.init(
      plan: plan.yaml, scenarioFile: plan.file, behavior: behavior,
      popularity: model.parts.popularity,
      basis: model.parts.basis, rankerWeights: model.parts.rankerWeights,
      encoder: model.encoders?.whole.parameters ?? [],
      publicEncoder: model.features.publicEncoder?.parameters ?? [])
  }
}

extension ReleasedModel {
  /// The name of a model's file in the folder of its run.
  package static let fileName = "model.silhouette"
  /// "silrel" and the version of the format.
  private static let magic: [UInt8] = Array("silrel".utf8) + [3, 0]

  /// The model as a file.
  package var encoded: [UInt8] {
    var fields = KeptBytes(magic: Self.magic)
    fields.append(plan)
    fields.append(scenarioFile)
    fields.append(behavior)
    fields.append(popularity.values)
    fields.append(basis.coordinateCount)
    fields.append(basis.rank)
    fields.append(basis.vectors)
    fields.append(basis.eigenvalues)
    fields.append(Double(basis.noiseEdge))
    fields.append(rankerWeights)
    fields.append(encoder)
    fields.append(publicEncoder)
    fields.append(belowPopularity.count)
    for name in belowPopularity.map(\.rawValue).sorted() { fields.append(name) }
    fields.append(recommended?.rawValue ?? "")
    return fields.sealed
  }

  /// Reads a model's file.
  ///
  /// - Throws: `ModelFileError.unreadable` or `.damaged`.
  package init(path: String) throws(ModelFileError) {
    let bytes: [UInt8]
    do {
      bytes = Array(try Data(contentsOf: URL(filePath: path)))
    } catch {
      throw .unreadable(path: path)
    }
    guard let model = ReleasedModel(decoding: bytes) else { throw .damaged(path: path) }
    self = model
  }

  /// Nil for bytes that are not a whole model.
  init?(decoding bytes: [UInt8]) {
    guard var reader = KeptBytesReader(bytes, magic: Self.magic), let plan = reader.text(),
      let scenarioFile = reader.text(), let behavior = reader.text(),
      let popularity = reader.floats(),
      let coordinates = reader.count(), let rank = reader.count(), let vectors = reader.floats(),
      let eigenvalues = reader.floats(), let edge = reader.number(),
      let weights = reader.floats(), let encoder = reader.floats(),
      let publicEncoder = reader.floats(),
      let below = Self.rankings(&reader), let chosen = reader.text(), reader.isAtEnd,
      chosen.isEmpty || KeptProfiles.Ranking(rawValue: chosen) != nil,
      rank > 0, vectors.count == coordinates * rank, eigenvalues.count == rank,
      weights.count == RankerFeature.allCases.count + (publicEncoder.isEmpty ? 0 : 1)
    else { return nil }
    self.init(
      plan: plan, scenarioFile: scenarioFile, behavior: behavior,
      popularity: Popularity(values: popularity),
      basis: ItemBasis(
        coordinateCount: coordinates, rank: rank, vectors: vectors, eigenvalues: eigenvalues,
        noiseEdge: Float(edge)),
      rankerWeights: weights, encoder: encoder, publicEncoder: publicEncoder,
      belowPopularity: below, recommended: KeptProfiles.Ranking(rawValue: chosen))
  }

  private static func rankings(_ reader: inout KeptBytesReader) -> Set<KeptProfiles.Ranking>? {
    guard let count = reader.count(ofSize: 4) else { return nil }
    var found: Set<KeptProfiles.Ranking> = []
    for _ in 0..<count {
      guard let ranking = reader.text().flatMap(KeptProfiles.Ranking.init) else { return nil }
      found.insert(ranking)
    }
    return found
  }
}

/// Why a kept model cannot be used.
package enum ModelFileError: Error, Equatable, CustomStringConvertible {
  case unreadable(path: String)
  /// Truncated, changed, or no model at all.
  case damaged(path: String)
  /// The behavior at hand is not that of the run.
  case otherBehavior
  /// Sizes of the model are not those of its plan.
  case otherPlan
  case unknownUser(id: String, example: String)
  case unknownItem(id: String, example: String)
  case noEncoder
  /// The user has no event that says anything.
  case noEvents(user: String)
  /// The person has had every item, so that none is ranked first.
  case nothingLeft(user: String)

  package var description: String {
    switch self {
    case .unreadable(let path):
      "\(path) cannot be read: name the folder of a run, as simulate --out wrote it"
    case .damaged(let path):
      "\(path) is damaged, of another version, or no model: run the simulation again"
    case .otherBehavior:
      "this model was trained on other behavior: name the folder of that with --data, or run the "
        + "simulation again"
    case .otherPlan: "the model's sizes are not those of its plan: run the simulation again"
    case .unknownUser(let id, let example):
      "there is no user \(id) in this behavior; there is \(example)"
    case .unknownItem(let id, let example):
      "there is no item \(id) in the catalogue; there is \(example)"
    case .noEncoder:
      "this run trained no sequence encoder: write --by ranker, or simulate with tasks.encoder"
    case .noEvents(let user): "user \(user) has no events of interest: there is nothing to explain"
    case .nothingLeft(let user):
      "user \(user) has had every item of the catalogue: there is nothing left to recommend"
    }
  }
}
