internal import FederatedTasks
internal import PrivacyAccounting
internal import PrivacyMechanisms
internal import RoundVocabulary
internal import Scenarios

/// How a planner would encode one task, and what to expect of it.
package struct PlannedEncoding: Encodable, Sendable {
  package let task: String
  /// Values in an update.
  package let dimension: Int
  package let cohort: Int
  /// Rounds in which one device takes part.
  package let participations: Int
  package let clipNorm: Double
  /// log2 of the clip norm in ring units.
  package let scaleBits: Int
  package let ringBits: Int
  package let isRotated: Bool
  /// Noise of one release over its sensitivity.
  package let noiseMultiplier: Double
  /// Standard deviation of one device's noise in ring units; 0 where the coordinator makes it.
  package let deviceNoiseDeviation: Double
  package let signalToNoise: Double
  package let wrapProbability: Double
  package let uploadBytes: Int
  /// The upload with the encoding that the scenario states.
  package let writtenUploadBytes: Int
}

/// What a planner chooses for all tasks, and what that costs.
package struct PlannedEncodings: Sendable {
  package var tasks: [PlannedEncoding] = []
  /// Against whoever sees releases, at `delta`.
  package var epsilon = 0.0
  package var delta = 0.0
  /// Of one device, at most.
  fileprivate(set) var participations: [TaskKind: Accountant.Participation] = [:]
  /// Of a device that takes part as often as it may; empty until it is asked for.
  package var days: [SpendingDay] = []
}

/// What a device has spent up to the end of a day.
package struct SpendingDay: Encodable, Sendable {
  /// Counted from 1, the day of the first contribution.
  package let day: Int
  /// On how many contributions, over all days so far.
  package let contributions: Int
  /// To which task the last of them was.
  package let task: String
  /// Against whoever sees releases.
  package let epsilon: Double
}

extension ScenarioPlan {
  /// The smallest encodings that round finely enough, task by task.
  ///
  /// - Parameter mostPerDay: rounds of one day that a device takes part in, at least 1.
  /// - Throws: `SimulationError`, where there is none, or no noise to plan for.
  package func encodings(mostPerDay: Int) throws(SimulationError) -> PlannedEncodings {
    guard let target else { throw .nothingToPlan }
    // Shares of a budget are calibrated as Gaussian noise: a plan that integer noise makes cost more aims
    // lower by as much.
    var aim = target
    while true {
      let encodings = try encodings(aim)
      if encodings.epsilon <= target.epsilon || !encodings.epsilon.isFinite {
        return try spread(encodings, mostPerDay)
      }
      aim = .init(
        epsilon: 0.9999 * aim.epsilon * target.epsilon / encodings.epsilon, delta: target.delta)
    }
  }

  /// Tasks follow one another; a device is in as many rounds a day as it may be.
  private func spread(
    _ encodings: PlannedEncodings, _ mostPerDay: Int
  ) throws(SimulationError) -> PlannedEncodings {
    let course = tasks.flatMap { task in
      [TaskKind](repeating: task, count: encodings.participations[task]?.count ?? 0)
    }
    let dayCount = (course.count + mostPerDay - 1) / mostPerDay
    let stride = max(1, dayCount / Self.mostDays)
    var spread = encodings
    for day in 1...max(1, dayCount) where day % stride == 0 || day == 1 || day == dayCount {
      let contributions = course.prefix(day * mostPerDay)
      guard let last = contributions.last else { continue }
      let counts = contributions.reduce(into: [TaskKind: Int]()) { $0[$1, default: 0] += 1 }
      var spent: [TaskKind: Accountant.Participation] = [:]
      for (task, count) in counts {
        spent[task] = encodings.participations[task].map {
          Accountant.Participation($0.mechanism, count: count)
        }
      }
      spread.days.append(
        SpendingDay(
          day: day, contributions: contributions.count, task: last.rawValue,
          epsilon: try epsilon(of: spent)))
    }
    return spread
  }

  /// More of them are thinned out.
  private static let mostDays = 30

  private func encodings(
    _ target: TrainingPlan.Target
  ) throws(SimulationError) -> PlannedEncodings {
    // A planner chooses for noise that is every round's own.
    guard !scenario.privacy.noise.isCorrelated else { throw .nothingToPlan }
    var encodings = PlannedEncodings(delta: target.delta)
    var participations: [TaskKind: Accountant.Participation] = [:]
    for task in tasks {
      var shape = try shape(of: task)
      let written = try task == .ranker ? rankerRounds().mechanism : mechanism(for: task)
      // Adaptive clipping sends one value more.
      shape = shape.with(
        dimension: written.request.dimension, clipNorm: written.request.clipNorm)
      let plan = try planned(shape, target: target)
      encodings.tasks.append(
        PlannedEncoding(shape, plan, written: written.uploadBytes))
      participations[task] = plan.mechanism.observed.map {
        Accountant.Participation($0, count: shape.participations)
      }
    }
    encodings.participations = participations
    encodings.epsilon = try epsilon(of: participations)
    return encodings
  }

  private func planned(
    _ shape: TrainingPlan.TaskShape, target: TrainingPlan.Target
  ) throws(SimulationError) -> ParameterPlanner.Plan {
    do throws(PlanningError) {
      return try ParameterPlanner.plan(training.demand(for: shape, target: target))
    } catch {
      throw .noEncoding(error)
    }
  }
}

extension PlannedEncoding {
  fileprivate init(
    _ shape: TrainingPlan.TaskShape, _ plan: ParameterPlanner.Plan, written: Int
  ) {
    let request = plan.mechanism.request
    self.init(
      task: shape.task.rawValue, dimension: shape.dimension, cohort: shape.cohort,
      participations: shape.participations, clipNorm: shape.clipNorm,
      scaleBits: plan.mechanism.scaleBits, ringBits: request.ringBits, isRotated: plan.isRotated,
      noiseMultiplier: request.noiseMultiplier ?? 0,
      deviceNoiseDeviation: plan.deviceNoiseDeviation, signalToNoise: plan.signalToNoise,
      wrapProbability: plan.wrapProbability, uploadBytes: plan.uploadBytes,
      writtenUploadBytes: written)
  }
}
