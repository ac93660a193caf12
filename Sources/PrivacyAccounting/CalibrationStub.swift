internal import NumericalMethods
enum CalibrationStub {}
package enum Calibration {
  package static func concentration(epsilon: Double, delta: Double) -> Double {
    RootFinding.bisect(from: 0, to: 1e4) { rho in
      ((try? Accountant.epsilon(of: [.zeroConcentrated(rho: rho)], delta: delta).upper) ?? .infinity) > epsilon
    }.lower
  }
}
