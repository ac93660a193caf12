internal import CryptoPrimitives
internal import FederatedTasks
internal import NumericalMethods

/// An encoder's training between two rounds, as it is kept to go on later.
///
/// It holds released parameters and figures of the report; no update of any device.
struct EncoderCheckpoint: Sendable, Equatable {
  /// What the report says of one round.
  struct Round: Sendable, Equatable {
    let contributors: Int
    let signalNorm: Double
    let noiseStandardDeviation: Double
    let cpuSeconds: Double
  }

  /// How well the encoder ranked held-out items among all items, after one round.
  struct CurvePoint: Sendable, Equatable {
    let round: Int
    let hitRateAt10: Interval
    let ndcgAt10: Interval
  }

  /// Names plan, behavior, privacy and version of the program: only the same training may go on.
  let training: Bytes32
  let state: EncoderTask.State
  /// One for each completed round.
  let rounds: [Round]
  let curve: [CurvePoint]
}

extension EncoderCheckpoint.Round {
  init(_ release: ReleaseRecord) {
    self.init(
      contributors: release.contributors, signalNorm: release.signalNorm,
      noiseStandardDeviation: release.noiseStandardDeviation, cpuSeconds: release.cpuSeconds)
  }
}

extension EncoderCheckpoint {
  /// "silenc" and the version of the format.
  private static let magic: [UInt8] = Array("silenc".utf8) + [2, 0]

  /// Training, rounds, curve, and the three lists of numbers that the next round follows from.
  var encoded: [UInt8] {
    var fields = KeptBytes(magic: Self.magic)
    fields.append(training)
    fields.append(rounds.count)
    for round in rounds {
      fields.append(round.contributors)
      fields.append(round.signalNorm)
      fields.append(round.noiseStandardDeviation)
      fields.append(round.cpuSeconds)
    }
    fields.append(curve.count)
    for point in curve {
      fields.append(point.round)
      for interval in [point.hitRateAt10, point.ndcgAt10] {
        for bound in [interval.value, interval.low, interval.high] { fields.append(bound) }
      }
    }
    for values in [state.parameters, state.first, state.second] { fields.append(values) }
    return fields.sealed
  }

  /// Nil for bytes that are not a whole checkpoint.
  init?(decoding bytes: [UInt8]) {
    guard var reader = KeptBytesReader(bytes, magic: Self.magic), let training = reader.hash(),
      let rounds = Self.rounds(&reader), let curve = Self.curve(&reader),
      let parameters = reader.floats(), let first = reader.floats(), let second = reader.floats(),
      reader.isAtEnd
    else { return nil }
    self.init(
      training: training,
      state: EncoderTask.State(
        parameters: parameters, first: first, second: second, completedRounds: rounds.count),
      rounds: rounds, curve: curve)
  }

  private static func rounds(_ reader: inout KeptBytesReader) -> [Round]? {
    guard let count = reader.count(ofSize: 28) else { return nil }
    var rounds: [Round] = []
    for _ in 0..<count {
      guard let contributors = reader.count(), let signal = reader.number(),
        let noise = reader.number(), let seconds = reader.number()
      else { return nil }
      rounds.append(
        Round(
          contributors: contributors, signalNorm: signal, noiseStandardDeviation: noise,
          cpuSeconds: seconds))
    }
    return rounds
  }

  private static func curve(_ reader: inout KeptBytesReader) -> [CurvePoint]? {
    guard let count = reader.count(ofSize: 52) else { return nil }
    var curve: [CurvePoint] = []
    for _ in 0..<count {
      guard let round = reader.count(), let hitRate = interval(&reader),
        let ndcg = interval(&reader)
      else { return nil }
      curve.append(CurvePoint(round: round, hitRateAt10: hitRate, ndcgAt10: ndcg))
    }
    return curve
  }

  private static func interval(_ reader: inout KeptBytesReader) -> Interval? {
    guard let value = reader.number(), let low = reader.number(), let high = reader.number()
    else { return nil }
    return Interval(value: value, low: low, high: high)
  }
}
