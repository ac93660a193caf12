/// Names of files: `tile/<L>/<N>` or, for a partial tile, `tile/<L>/<N>.p/<W>`; entries have `entries` in
/// place of the level.
///
/// N is written in groups of three digits, all but the last with an x in front: 1234067 is `x001/x234/067`.
/// - Source: C2SP, tlog-tiles, <https://c2sp.org/tlog-tiles>.
extension Tile {
  /// The name of the file with the hashes.
  package var path: String { "tile/\(level)/\(place)" }

  /// The name of the file with the entries whose hashes the tile holds; of level 0 only.
  package var entriesPath: String {
    precondition(level == 0, "a tile of level \(level) has no entries")
    return "tile/entries/\(place)"
  }

  private var place: String {
    var groups: [String] = []
    var rest = index
    repeat {
      let digits = String(rest % 1_000)
      groups.append(String(repeating: "0", count: 3 - digits.count) + digits)
      rest /= 1_000
    } while rest > 0
    let elements = groups.enumerated().reversed().map {
      $0.offset > 0 ? "x" + $0.element : $0.element
    }
    return elements.joined(separator: "/") + (isFull ? "" : ".p/\(width)")
  }

  /// The tile with this path, or nil if no tile has it.
  package init?(path: String) {
    let elements = path.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    guard elements.count == 3, elements[1].utf8.count == 1, let level = Int(elements[1]) else {
      return nil
    }
    self.init(level: level, place: elements[2])
    guard self.path == path else { return nil }
  }

  /// The tile of level 0 whose entries are at this path, or nil if none are.
  package init?(entriesPath: String) {
    let elements = entriesPath.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    guard elements.count == 3 else { return nil }
    self.init(level: 0, place: elements[2])
    guard self.entriesPath == entriesPath else { return nil }
  }

  /// Reads generously: whoever calls compares the path that the result has.
  private init?(level: Int, place: Substring) {
    guard (0..<Self.levelCount).contains(level), place.utf8.count <= 40 else { return nil }
    var elements = place.split(separator: "/")
    var width = Self.fullWidth
    if elements.count >= 2, elements[elements.count - 2].hasSuffix(".p") {
      guard let partial = Int(elements.removeLast()), (1..<Self.fullWidth).contains(partial) else {
        return nil
      }
      width = partial
      elements[elements.count - 1].removeLast(2)
    }
    let digits = elements.joined().filter { $0 != "x" }
    guard let index = UInt64(digits), index <= LogLimits.mostCount >> UInt64(Self.height) else {
      return nil
    }
    self.init(level: level, index: index, width: width)
  }
}
