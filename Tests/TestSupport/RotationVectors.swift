internal import Foundation

/// The golden values in protocols/vectors/rotation/rotation.json.
package struct RotationVectors: Decodable {
  /// One rotation of a vector.
  package struct Rotation: Decodable {
    package let seed: [UInt8]
    package let values: [Double]
    /// The diagonal of D.
    package let signs: [Int]
    package let rotated: [Double]
  }

  /// A seed that is made from a text.
  package struct Seed: Decodable {
    package let text: String
    package let seed: [UInt8]
  }

  package let rotations: [Rotation]
  package let seeds: [Seed]

  package static func load(from file: String = #filePath) throws -> Self {
    let root = URL(fileURLWithPath: file)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let path = root.appending(path: "protocols/vectors/rotation/rotation.json")
    return try JSONDecoder().decode(Self.self, from: Data(contentsOf: path))
  }
}
