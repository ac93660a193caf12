internal import SecureAggregation

/// Why a simulated secure round ended without a sum.
///
/// Everybody in a simulation is honest, so it is the scenario that asks for too much: a cohort that is
/// too small, or more devices that leave than the graph bears.
package struct SecureRoundError: Error, CustomStringConvertible {
  let place: String
  let cause: ProtocolError?

  init(_ place: String, _ cause: ProtocolError?) {
    self.place = place
    self.cause = cause
  }

  package var description: String {
    "secure aggregation, \(place): \(cause.map { "\($0)" } ?? "the sum was not opened"); "
      + "ask for a larger cohort, or let fewer devices leave"
  }
}
