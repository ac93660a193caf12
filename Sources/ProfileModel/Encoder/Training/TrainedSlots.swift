internal import NumericalMethods

/// Which parameters of a layout are trained together, and how they lie in an update.
///
/// The others stay as they are: given to everybody, or the device's own.
package struct TrainedSlots: Sendable, Equatable {
  /// Ranges of the layout, ascending; an update is their values one after the other.
  package let ranges: [Range<Int>]
  /// Values in an update.
  package let count: Int

  /// - Parameter isTrained: whether a slot belongs to the update.
  package init(_ layout: ParameterLayout, where isTrained: (ParameterSlot) -> Bool) {
    ranges = layout.slots.filter(isTrained).map(\.range)
    count = ranges.reduce(0) { $0 + $1.count }
  }

  /// The trained values of a whole parameter vector.
  package func values(of parameters: [Float]) -> [Float] { ranges.flatMap { parameters[$0] } }

  /// Puts trained values back to where they belong.
  package func write(_ values: [Float], into parameters: inout [Float]) {
    precondition(values.count == count)
    var start = 0
    for range in ranges {
      NeuralKernels.copy(
        values, from: start, into: &parameters, at: range.lowerBound, count: range.count)
      start += range.count
    }
  }

  /// Writes `changed` minus `given` into an update.
  package func difference(_ changed: [Float], _ given: [Float], into update: inout [Float]) {
    precondition(update.count == count)
    var start = 0
    for range in ranges {
      NeuralKernels.copy(
        changed, from: range.lowerBound, into: &update, at: start, count: range.count)
      NeuralKernels.axpy(
        -1, given, at: range.lowerBound, into: &update, at: start, count: range.count)
      start += range.count
    }
  }
}
