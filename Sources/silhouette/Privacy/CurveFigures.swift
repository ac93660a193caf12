internal import Foundation
internal import PrivacyAccounting
internal import Report
internal import RoundVocabulary

/// Epsilon along delta or along rounds.
struct CurveFigures: Encodable {
  /// What runs along the horizontal axis.
  enum Axis: String, Encodable, CaseIterable {
    case delta
    case rounds
  }

  struct Point: Encodable, Sendable {
    let delta: Double
    let rounds: Int
    let epsilon: Double
    let lower: Double
  }

  let over: Axis
  let neighbors: String
  let mechanisms: String
  let points: [Point]

  private let relation: NeighboringRelation

  private enum CodingKeys: String, CodingKey {
    case over, neighbors, mechanisms, points
  }

  /// Over delta from 10^-2 to 10^-12, three points a decade.
  static func overDelta(_ plan: EventPlan, _ neighbors: NeighboringRelation) async throws -> Self {
    let queries = (0...30).map { (plan, pow(10, -2 - Double($0) / 3)) }
    return Self(
      over: .delta, plan, neighbors, try await points(queries, neighbors))
  }

  /// Over the number of times that the whole plan is run, from once to `most`, about 24 points.
  static func overRounds(
    _ plan: EventPlan, delta: Double, _ neighbors: NeighboringRelation, most: Int
  ) async throws -> Self {
    var counts: [Int] = []
    for step in 0...24 {
      let count = Int(pow(Double(most), Double(step) / 24).rounded())
      if counts.last != count { counts.append(count) }
    }
    let queries = counts.map { count in
      var repeated = plan
      for index in repeated.items.indices { repeated.items[index].rounds = count }
      return (repeated, delta)
    }
    return Self(over: .rounds, plan, neighbors, try await points(queries, neighbors))
  }

  private init(over: Axis, _ plan: EventPlan, _ neighbors: NeighboringRelation, _ points: [Point]) {
    self.over = over
    self.neighbors = neighbors.rawValue
    relation = neighbors
    mechanisms =
      over == .delta ? plan.summary : plan.items.map(\.event.name).joined(separator: ", ")
    self.points = points
  }

  /// All processors at once; in the order of the queries.
  private static func points(
    _ queries: [(plan: EventPlan, delta: Double)], _ neighbors: NeighboringRelation
  ) async throws -> [Point] {
    try await withThrowingTaskGroup(of: (Int, Point).self) { group in
      for (index, query) in queries.enumerated() {
        group.addTask {
          let bound = try Accountant.epsilon(
            of: query.plan.events, delta: query.delta, neighbors: neighbors)
          return (
            index,
            Point(
              delta: query.delta, rounds: query.plan.items.first?.rounds ?? 0,
              epsilon: bound.upper, lower: bound.lower)
          )
        }
      }
      var points: [(Int, Point)] = []
      for try await point in group { points.append(point) }
      return points.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  /// One self-contained picture, light or dark as the reader's system is.
  var svg: String {
    let at = over == .rounds ? ", delta \(CertifiedText.upward(points.first?.delta ?? 0))" : ""
    let line = LineChart.Series(
      name: "upper end", points: points.map { LineChart.Point(x: abscissa($0), y: $0.epsilon) },
      color: .blue, isEmphasized: true, hasMarks: false)
    let lower = LineChart.Series(
      name: "lower end", points: points.map { LineChart.Point(x: abscissa($0), y: $0.lower) },
      color: .gray, hasMarks: false)
    var chart = LineChart(
      title: "epsilon over \(over.rawValue): \(mechanisms)\(at), \(relation.word) neighbors",
      xTitle: over == .delta ? "delta" : "rounds\(at)",
      yTitle: "epsilon for one user, \(relation.word) neighbors, \(mechanisms)",
      series: points.contains { $0.lower < $0.epsilon * 0.98 } ? [line, lower] : [line])
    chart.xKind = .logarithmic
    chart.yFormat = .plain
    return SVGDocument.text(chart.render(), width: chart.width, height: chart.height)
  }

  private func abscissa(_ point: Point) -> Double {
    over == .delta ? point.delta : Double(point.rounds)
  }
}
