package import NumericalMethods

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// One matrix or vector of parameters inside of the flat vector that holds all of a model.
package struct ParameterSlot: Sendable, Equatable {
  /// How a parameter starts.
  package enum Initialization: Sendable, Equatable {
    case zeros, ones
    case normal(standardDeviation: Float)
    /// Uniform in [-bound, bound].
    case uniform(bound: Float)
  }

  /// Unique in its layout; parts from general to special, separated by dots.
  package let name: String
  /// Index of the first value in the flat vector.
  package let start: Int
  /// 1 for a vector.
  package let rows: Int
  package let columns: Int
  package let initialization: Initialization
  /// Whether a device visits only the rows of its own items.
  package let isRowSparse: Bool

  package var count: Int { rows * columns }
  package var range: Range<Int> { start..<(start + count) }
  package var place: MatrixPlace { MatrixPlace(start: start, rows: rows, columns: columns) }

  /// The values of one row.
  package func row(_ row: Int) -> Range<Int> {
    (start + row * columns)..<(start + (row + 1) * columns)
  }
}

/// Which parameter of a model lies where in its one flat vector.
///
/// The flat vector is what the contribution path sees.
package struct ParameterLayout: Sendable, Equatable {
  package private(set) var slots: [ParameterSlot] = []
  /// Values in the flat vector.
  package private(set) var count = 0

  package init() {}

  /// Appends a parameter.
  package mutating func add(
    _ name: String, rows: Int = 1, columns: Int, _ initialization: ParameterSlot.Initialization,
    isRowSparse: Bool = false
  ) -> ParameterSlot {
    precondition(rows >= 0 && columns > 0, "a parameter needs columns")
    precondition(!slots.contains { $0.name == name }, "two parameters have one name")
    let slot = ParameterSlot(
      name: name, start: count, rows: rows, columns: columns, initialization: initialization,
      isRowSparse: isRowSparse)
    slots.append(slot)
    count += slot.count
    return slot
  }

  /// The slot of this name.
  package func slot(_ name: String) -> ParameterSlot? { slots.first { $0.name == name } }

  /// Where parameters lie that a device visits: some rows of the row-sparse ones, and all others.
  ///
  /// - Parameters:
  ///   - rows: ascending; one that is named again counts once.
  ///   - ranges: overwritten, disjoint and ascending; its space is kept.
  package func ranges(visiting rows: [Int32], into ranges: inout [Range<Int>]) {
    ranges.removeAll(keepingCapacity: true)
    for slot in slots {
      if slot.isRowSparse {
        for (index, row) in rows.enumerated() where index == 0 || rows[index - 1] != row {
          ranges.extend(by: slot.row(Int(row)))
        }
      } else {
        ranges.extend(by: slot.range)
      }
    }
  }

  /// The values that training starts from; each slot has random numbers of its own.
  package func initialValues(seed: UInt64) -> [Float] {
    var values = [Float](repeating: 0, count: count)
    for (index, slot) in slots.enumerated() {
      var generator = DeterministicGenerator(
        seed: seed, stream: 0x7061_7261_0000_0000 | UInt64(index))
      for position in slot.range {
        values[position] = Self.draw(slot.initialization, &generator)
      }
    }
    return values
  }

  /// Refuses a vector that is not one of this model.
  package func check(_ parameters: [Float]) throws(EncoderError) {
    guard parameters.count == count else {
      throw .wrongParameterCount(found: parameters.count, expected: count)
    }
    for slot in slots
    where !NeuralKernels.squaredNorm(parameters, in: slot.range).isFinite {
      throw .parameterNotFinite(slot: slot.name)
    }
  }

  private static func draw(
    _ initialization: ParameterSlot.Initialization, _ generator: inout DeterministicGenerator
  ) -> Float {
    switch initialization {
    case .zeros: return 0
    case .ones: return 1
    case .uniform(let bound): return bound * Float(2 * generator.nextUnit() - 1)
    case .normal(let standardDeviation):
      // Box, Muller 1958; the first factor's argument is above 0.
      let radius = (-2 * log(1 - generator.nextUnit())).squareRoot()
      return standardDeviation * Float(radius * cos(2 * Double.pi * generator.nextUnit()))
    }
  }
}

extension [Range<Int>] {
  /// Appends a range; one that begins where the last ends becomes one with it: fewer and longer loops.
  mutating func extend(by range: Range<Int>) {
    if let last, last.upperBound == range.lowerBound {
      self[count - 1] = last.lowerBound..<range.upperBound
    } else {
      append(range)
    }
  }

  /// What of these ranges lies in the others, too: one piece for each pair, all lists ascending.
  ///
  /// - Parameter found: overwritten; its space is kept.
  package func intersections(with others: [Range<Int>], into found: inout [Range<Int>]) {
    found.removeAll(keepingCapacity: true)
    var next = 0
    for range in self {
      while next < others.count, others[next].upperBound <= range.lowerBound { next += 1 }
      var index = next
      while index < others.count, others[index].lowerBound < range.upperBound {
        found.append(range.clamped(to: others[index]))
        index += 1
      }
    }
  }
}
