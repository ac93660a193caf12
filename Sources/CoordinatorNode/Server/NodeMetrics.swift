internal import Synchronization

/// Counters of a coordinator, as text for Prometheus.
///
/// None of them tells devices apart, and what devices do is a `CoarseCount`.
final class NodeMetrics: Sendable {
  final class Counter: Sendable {
    private let value = Atomic<Int>(0)
    let name: String
    let help: String
    private let isCoarse: Bool

    init(_ name: String, _ help: String, isCoarse: Bool = false) {
      self.name = name
      self.help = isCoarse ? "\(help) In steps of \(CoarseCount.step)." : help
      self.isCoarse = isCoarse
    }

    func increment() { value.add(1, ordering: .relaxed) }
    var shown: Int {
      let count = value.load(ordering: .relaxed)
      return isCoarse ? CoarseCount.shown(count) : count
    }
  }

  let requests = Counter(
    "silhouette_requests_total", "Requests of devices.", isCoarse: true)
  let refusals = Counter(
    "silhouette_refusals_total", "Requests that were refused.", isCoarse: true)
  let checkIns = Counter(
    "silhouette_check_ins_total", "Check-ins.", isCoarse: true)
  let enrollments = Counter(
    "silhouette_enrollments_total", "Devices that were enrolled.", isCoarse: true)
  let contributions = Counter(
    "silhouette_contributions_total", "Uploads that became durable.", isCoarse: true)
  let begun = Counter("silhouette_rounds_begun_total", "Rounds that were opened to devices.")
  let committed = Counter("silhouette_rounds_committed_total", "Rounds whose sum became a model.")
  let aborted = Counter("silhouette_rounds_aborted_total", "Rounds that ended without a sum.")
  let failures = Counter("silhouette_failures_total", "Failures of the store.")
  let witnessFailures = Counter(
    "silhouette_witness_failures_total", "Requests to witnesses without a usable answer.")

  /// - Source: Prometheus text exposition format 0.0.4.
  var text: String {
    [
      requests, refusals, checkIns, enrollments, contributions, begun, committed, aborted, failures,
      witnessFailures,
    ].map { "# HELP \($0.name) \($0.help)\n# TYPE \($0.name) counter\n\($0.name) \($0.shown)\n" }
      .joined()
  }
}
