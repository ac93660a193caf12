/// What a hash or a derived key is for.
///
/// Every hash and every derived key of this project starts with one of these labels, so that no value
/// made for one purpose can stand for another. A label is never used for a second purpose and never
/// changed; a new meaning gets a new label.
package enum DomainLabel: String, CaseIterable, Sendable {
  /// The key of a reproducible random stream of the simulator.
  case seededStream = "silhouette/seeded-stream/v1"
  /// The seed of a rotation, made from a plan.
  case rotationSeed = "silhouette/rotation-seed/v1"
  /// The keystream from which a rotation draws its signs.
  case rotation = "silhouette/rotation/v1"

  /// The label as bytes.
  package var bytes: [UInt8] { Array(rawValue.utf8) }
}
