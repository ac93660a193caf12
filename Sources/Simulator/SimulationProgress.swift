/// How far a simulation has come.
package struct SimulationProgress: Sendable, Equatable {
  /// What is being done, as a reader would say it, for example `training the ranker`.
  package var phase: String
  /// How much of the phase is done, 0 to 1; `nil` when that is not known.
  package var fraction: Double?

  package init(phase: String, fraction: Double? = nil) {
    self.phase = phase
    self.fraction = fraction
  }
}
