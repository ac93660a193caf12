import NumericalMethods
import ProfileModel
import TestSupport
import Testing

/// Compares two lists within an absolute and relative tolerance.
func expectClose(
  _ found: some Collection<Float>, _ expected: [Float], tolerance: Float = 1e-4,
  _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(found.count == expected.count, comment, sourceLocation: sourceLocation)
  let largest = zip(found, expected).map { abs($0 - $1) / (1 + abs($1)) }.max() ?? 0
  #expect(largest < tolerance, comment, sourceLocation: sourceLocation)
}

/// The golden parameters of a layer in the order of its layout.
func parameters(of layout: ParameterLayout, from golden: EncoderVectors) -> [Float] {
  layout.slots.flatMap { golden[$0.name] }
}

/// Compares the gradient of every parameter with the golden one.
func expectGradients(
  _ gradients: [Float], of layout: ParameterLayout, match golden: EncoderVectors,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  for slot in layout.slots {
    expectClose(
      gradients[slot.range], golden["gradient." + slot.name], "\(slot.name)",
      sourceLocation: sourceLocation)
  }
}

/// Uniform numbers in [-1, 1).
func randomVector(_ count: Int, seed: UInt64) -> [Float] {
  var generator = DeterministicGenerator(seed: seed, stream: 0x7465_7374)
  return (0..<count).map { _ in Float(2 * generator.nextUnit() - 1) }
}

/// sum(output * weight) in double precision: the loss of gradient checks.
func weighted(_ output: some Collection<Float>, _ weight: [Float]) -> Double {
  zip(output, weight).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

/// Compares an exact gradient with differences of the function.
///
/// The five-point formula has an error of order step^4; with the step 2^-7 the rounding of a forward
/// pass in single precision prevails, near 1e-4 of the scale of the values.
func expectGradient(
  _ gradient: [Float], of function: ([Float]) -> Double, at point: [Float],
  every stride: Int = 1, tolerance: Double = 3e-3, _ comment: Comment? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(gradient.count == point.count, comment, sourceLocation: sourceLocation)
  let step: Float = 0x1p-7
  let scale = gradient.reduce(1.0) { max($0, abs(Double($1))) }
  for index in Swift.stride(from: 0, to: point.count, by: stride) {
    func value(_ steps: Float) -> Double {
      var moved = point
      moved[index] += steps * step
      return function(moved)
    }
    let slope =
      (8 * (value(1) - value(-1)) - (value(2) - value(-2))) / (12 * Double(step))
    #expect(
      abs(slope - Double(gradient[index])) < tolerance * scale,
      "\(comment.map { "\($0)" } ?? "") [\(index)]", sourceLocation: sourceLocation)
  }
}
