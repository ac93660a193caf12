internal import CryptoPrimitives

/// What each share counts for in the secret: the sum of share times coefficient is the value at 0.
///
/// - Formula: c[i] = product over j other than i of x[j] / (x[j] - x[i]). With all slots from 1 to m that is
///   (-1)^(i - 1) C(m, i), the same for all dealers; each missing slot j makes it (j - i) / j of that.
/// - Timing: variable in the slots, which are public.
struct LagrangeCoefficients: Sendable {
  /// Where the polynomial is known.
  let slots: [Int]
  let values: [Scalar]

  /// - Range: at least one slot, all distinct and from 1 to 2^16.
  /// - Complexity: O(t) products for few missing slots, whose small differences are packed into words.
  init(slots: [Int], _ table: inout LagrangeTable) {
    precondition(slots.allSatisfy { 1...1 << 16 ~= $0 }, "a slot outside of 1 to 2^16")
    guard let greatest = slots.max() else { preconditionFailure("no slots") }
    var isKnown = [Bool](repeating: false, count: greatest + 1)
    for slot in slots {
      precondition(!isKnown[slot], "repeated slots")
      isKnown[slot] = true
    }
    let missing = (1...greatest).filter { !isKnown[$0] }
    let row = table.row(greatest)
    let common = missing.reduce(Scalar.one) { $0 * table.inverses[$1] }
    self.slots = slots
    values = slots.map { own in
      missing.isEmpty ? row[own] : row[own] * common * differences(missing, to: own)
    }
  }
}

/// The product of j - `own` over all j of `missing`, modulo L.
///
/// Factors are multiplied in a 64-bit word as long as they fit, and only then modulo L: nine below 2^7.
private func differences(_ missing: [Int], to own: Int) -> Scalar {
  var product: Scalar?
  var word: UInt64 = 1
  var isNegative = false
  func absorb(_ word: UInt64) { product = product.map { $0 * Scalar(word) } ?? Scalar(word) }
  for slot in missing {
    if slot < own { isNegative.toggle() }
    let factor = (slot - own).magnitude
    let (next, overflow) = word.multipliedReportingOverflow(by: UInt64(factor))
    if overflow {
      absorb(word)
      word = UInt64(factor)
    } else {
      word = next
    }
  }
  absorb(word)
  guard let product else { return .one }
  return isNegative ? -product : product
}

/// Public numbers modulo L that the coefficients of many dealers are made of; it grows as they are asked for.
struct LagrangeTable: Sendable {
  /// 1 / j at index j; index 0 is not used.
  private(set) var inverses: [Scalar] = [.zero]
  private var rows: [Int: [Scalar]] = [:]

  /// (-1)^(i - 1) C(m, i) at index i.
  ///
  /// Index 0 is not used. All inverses up to 1 / m are there afterwards.
  mutating func row(_ m: Int) -> [Scalar] {
    if let row = rows[m] { return row }
    if inverses.count <= m {
      inverses += Self.inverses(of: (inverses.count...m).map { Scalar(UInt64($0)) })
    }
    // C(m, i) = C(m, i - 1) (m - i + 1) / i, with the other sign from one to the next.
    var row = [-Scalar.one]
    for index in 1...m {
      row.append(-(row[index - 1] * Scalar(UInt64(m - index + 1)) * inverses[index]))
    }
    rows[m] = row
    return row
  }

  /// All inverses at the price of one inversion and three products each.
  ///
  /// - Source: Montgomery 1987, "Speeding the Pollard and elliptic curve methods", section 10.3.1.
  private static func inverses(of scalars: [Scalar]) -> [Scalar] {
    var prefixes: [Scalar] = [.one]
    for scalar in scalars { prefixes.append(prefixes[prefixes.count - 1] * scalar) }
    guard var inverse = try? prefixes[scalars.count].inverted() else {
      // Cannot fail: no factor is zero, and L is prime.
      preconditionFailure("a product of numbers below 2^17 is no multiple of L")
    }
    var inverses = scalars
    for index in scalars.indices.reversed() {
      inverses[index] = inverse * prefixes[index]
      inverse = inverse * scalars[index]
    }
    return inverses
  }
}
