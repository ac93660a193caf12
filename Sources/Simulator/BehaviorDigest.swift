internal import Behavior
internal import CryptoPrimitives

/// A digest of what a run learned from, to tell whether two runs had the same behavior.
enum BehaviorDigest {
  /// BLAKE2b-256 over the digests of the catalogue and of each user's events, in order.
  static func hexadecimal(of population: Population) -> String {
    var digests = Blake2b.hash(bytes(of: population.catalogue))
    for user in 0..<population.log.userCount {
      var bytes: [UInt8] = []
      append(population.log.userIDs[user], to: &bytes)
      for event in population.log.history(of: user).events { append(event, to: &bytes) }
      if let test = population.publishedTests?[user] {
        for item in [test.item] + test.negatives {
          append(UInt64(bitPattern: Int64(item)), to: &bytes)
        }
      }
      digests += Blake2b.hash(bytes)
    }
    return CryptoPrimitives.hexadecimal(Blake2b.hash(digests))
  }

  private static func bytes(of catalogue: Catalogue) -> [UInt8] {
    var bytes: [UInt8] = []
    for name in catalogue.categoryNames { append(name, to: &bytes) }
    for item in catalogue.items {
      for text in [item.id, item.title, item.text ?? "", item.creator ?? ""] {
        append(text, to: &bytes)
      }
      for category in item.categories { append(UInt64(category), to: &bytes) }
      append(UInt64((item.price ?? -1).bitPattern), to: &bytes)
      append(UInt64(bitPattern: item.publishedAt ?? .min), to: &bytes)
    }
    return bytes
  }

  private static func append(_ event: BehaviorEvent, to bytes: inout [UInt8]) {
    append(UInt64(bitPattern: Int64(event.item)), to: &bytes)
    append(UInt64(event.kind.rawValue), to: &bytes)
    append(UInt64(event.value.bitPattern), to: &bytes)
    append(UInt64(bitPattern: event.time), to: &bytes)
  }

  /// The length first, so that two texts cannot be mistaken for one.
  private static func append(_ text: String, to bytes: inout [UInt8]) {
    append(UInt64(text.utf8.count), to: &bytes)
    bytes += text.utf8
  }

  private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
    }
  }
}
