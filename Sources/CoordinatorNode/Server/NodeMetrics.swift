internal import Synchronization

/// Counters of a coordinator, as text for Prometheus.
///
/// None of them tells devices apart.
final class NodeMetrics: Sendable {
  final class Counter: Sendable {
    private let value = Atomic<Int>(0)
    let name: String
    let help: String

    init(_ name: String, _ help: String) {
      self.name = name
      self.help = help
    }

    func increment() { value.add(1, ordering: .relaxed) }
    var current: Int { value.load(ordering: .relaxed) }
  }

  let requests = Counter("silhouette_requests_total", "Requests of devices.")
  let refusals = Counter("silhouette_refusals_total", "Requests that were refused.")
  let checkIns = Counter("silhouette_check_ins_total", "Check-ins.")
  let enrollments = Counter("silhouette_enrollments_total", "Devices that were enrolled.")
  let contributions = Counter("silhouette_contributions_total", "Uploads that became durable.")
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
    ].map { "# HELP \($0.name) \($0.help)\n# TYPE \($0.name) counter\n\($0.name) \($0.current)\n" }
      .joined()
  }
}
