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

  /// Where parts of the trained ranges lie in an update.
  ///
  /// - Parameters:
  ///   - parts: each of one range, ascending.
  ///   - places: overwritten, neighbors as one; its space is kept.
  package func places(of parts: [Range<Int>], into places: inout [Range<Int>]) {
    places.removeAll(keepingCapacity: true)
    var (index, start) = (0, 0)
    for part in parts {
      while ranges[index].upperBound < part.upperBound {
        start += ranges[index].count
        index += 1
      }
      let first = start + part.lowerBound - ranges[index].lowerBound
      places.extend(by: first..<(first + part.count))
    }
  }

  /// The values of parts in `changed` minus those in `given`, one part after the other.
  ///
  /// - Parameter difference: overwritten; its space is kept.
  package func difference(
    _ changed: [Float], _ given: [Float], in parts: [Range<Int>], into difference: inout [Float]
  ) {
    difference.removeAll(keepingCapacity: true)
    for part in parts {
      let start = difference.count
      difference += changed[part]
      NeuralKernels.axpy(
        -1, given, at: part.lowerBound, into: &difference, at: start, count: part.count)
    }
  }
}
