internal import Synchronization

/// Counters of a coordinator, as text for Prometheus.
///
/// None of them tells devices apart, and what devices do is shown in steps of 32: whoever looks often sees
/// that some did something, and not that one did.
final class NodeMetrics: Sendable {
  final class Counter: Sendable {
    private let value = Atomic<Int>(0)
    let name: String
    let help: String
    /// What is shown is a multiple of it.
    private let step: Int

    init(_ name: String, _ help: String, step: Int = 1) {
      self.name = name
      self.help = step == 1 ? help : "\(help) In steps of \(step)."
      self.step = step
    }

    func increment() { value.add(1, ordering: .relaxed) }
    var shown: Int { value.load(ordering: .relaxed) / step * step }
  }

  private static let step = 32

  let requests = Counter(
    "silhouette_requests_total", "Requests of devices.", step: NodeMetrics.step)
  let refusals = Counter(
    "silhouette_refusals_total", "Requests that were refused.", step: NodeMetrics.step)
  let checkIns = Counter(
    "silhouette_check_ins_total", "Check-ins.", step: NodeMetrics.step)
  let enrollments = Counter(
    "silhouette_enrollments_total", "Devices that were enrolled.", step: NodeMetrics.step)
  let contributions = Counter(
    "silhouette_contributions_total", "Uploads that became durable.", step: NodeMetrics.step)
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
