internal import Foundation

/// The golden values in protocols/vectors/discrete_noise/noise.json.
package struct NoiseVectors: Decodable {
  package enum Law: String, Decodable {
    case skellam
    case discreteGaussian = "discrete_gaussian"
  }

  /// Some probabilities of one distribution, times 2^127 and rounded, as decimal digits.
  package struct Masses: Decodable {
    package struct Point: Decodable {
      package let k: Int
      package let mass: String
    }

    package let law: Law
    package let numerator: UInt64
    package let denominator: UInt64
    package let points: [Point]
  }

  /// The sum of (v + 1) times mass v over all masses of one distribution, modulo 2^128.
  package struct Digest: Decodable {
    package let law: Law
    package let numerator: UInt64
    package let denominator: UInt64
    package let digest: String
  }

  /// The samples that one distribution gives for the words of `SplitMixSource`.
  package struct Samples: Decodable {
    package let law: Law
    package let numerator: UInt64
    package let denominator: UInt64
    package let samples: [Int64]
  }

  package let masses: [Masses]
  package let digests: [Digest]
  package let samples: [Samples]

  package static func load(from file: String = #filePath) throws -> Self {
    let root = URL(fileURLWithPath: file)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let path = root.appending(path: "protocols/vectors/discrete_noise/noise.json")
    return try JSONDecoder().decode(Self.self, from: Data(contentsOf: path))
  }
}
