internal import Behavior
internal import NumericalMethods
internal import ProfileModel
internal import ReleasedParts
internal import Scenarios

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// An encoder that was trained on people whose behavior is public, before any device takes part.
///
/// It costs the devices' people nothing. Of the public people nothing is hidden, and nothing is claimed.
struct PublicPretraining: Sendable {
  /// The public people's sequences, over the items that the devices' catalogue has, too.
  let sequences: [EventSequence]
  /// Of the devices' catalogue the items that the public one has.
  private let isMatched: [Bool]

  /// - Parameter catalogue: the devices'; items are the same that have the same title.
  init(_ population: Population, catalogue: Catalogue) throws(EncoderError) {
    var places: [String: Int32] = [:]
    for (index, item) in catalogue.items.enumerated() {
      let title = Self.key(item.title)
      if !title.isEmpty, places[title] == nil { places[title] = Int32(index) }
    }
    let matches = population.catalogue.items.map { places[Self.key($0.title)] }
    var isMatched = [Bool](repeating: false, count: catalogue.count)
    for case let item? in matches { isMatched[Int(item)] = true }
    self.isMatched = isMatched
    var sequences: [EventSequence] = []
    for user in 0..<population.log.userCount {
      let history = InteractionHistory(population.log.history(of: user))
      let known = history.items.indices.compactMap { index in
        matches[Int(history.items[index])].map { (index, $0) }
      }
      sequences.append(
        try EventSequence(
          InteractionHistory(
            items: known.map(\.1), times: known.map { history.times[$0.0] },
            kinds: known.map { history.kinds[$0.0] }),
          clock: population.log.clock, itemCount: catalogue.count))
    }
    self.sequences = sequences
  }

  /// Items of the devices' catalogue that public people met, too.
  var matchedItemCount: Int { isMatched.count { $0 } }

  /// Titles are compared without regard to case and to spaces around them.
  private static func key(_ title: String) -> String {
    let words = title.lowercased().split(whereSeparator: \.isWhitespace)
    return words.joined(separator: " ")
  }

  /// Trains all parameters in one place.
  func parameters(
    of encoder: SequenceEncoder, _ settings: Scenario.Encoder,
    seed: UInt64, workers: Workers,
    progress: @Sendable @escaping (Int) -> Void
  ) async throws -> [Float] {
    let trained = try await CentralEncoderTraining(
      encoder: encoder, configuration: .init(pretraining: settings, seed: seed),
      threads: workers.count
    ).run(sequences) { epoch, _ in progress(epoch) }
    return encoder.merged(trained)
  }

  /// Lets items that public people never met start as popular as they were released to be.
  ///
  /// Public training has only ever pushed them down. What it says of the others' popularity stays.
  func complete(
    _ parameters: inout [Float], of encoder: SequenceEncoder, popularity: Popularity
  ) {
    guard let bias = encoder.items.bias else { return }
    let logs = popularity.values.map { logf($0) }
    var difference: Float = 0
    for (item, place) in bias.range.enumerated() where isMatched[item] {
      difference += parameters[place] - logs[item]
    }
    difference /= Float(max(matchedItemCount, 1))
    for (item, place) in bias.range.enumerated() where !isMatched[item] {
      parameters[place] = logs[item] + difference
      guard let identity = encoder.items.identity else { continue }
      for index in identity.row(item) { parameters[index] = 0 }
    }
  }
}

extension CentralEncoderTraining.Configuration {
  /// How an encoder is trained before any device trains it.
  init(pretraining settings: Scenario.Encoder, seed: UInt64) {
    self.init()
    epochs = settings.pretrainingEpochs
    dropout = Float(settings.dropout)
    self.seed = seed
    objective = NextItemObjective(settings)
    contrast = Float(settings.contrast)
  }
}
