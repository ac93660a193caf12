/// Where a simulation stands.
package struct SimulationProgress: Sendable {
  /// What is being done.
  package let phase: String
  /// Part of the whole that is done, 0 to 1; `nil` for a step within a phase.
  package let fraction: Double?

  package init(phase: String, fraction: Double? = nil) {
    self.phase = phase
    self.fraction = fraction
  }
}
