internal import NumericalMethods

/// The items of one interest with their popularity.
struct SyntheticShelf {
  /// Most popular first.
  let items: [Int32]
  /// Running sums of Zipf's weights 1, 1/2, 1/3, ...
  private let cumulative: [Double]

  init(items: [Int32]) {
    self.items = items
    var total = 0.0
    cumulative = items.indices.map { rank in
      total += 1 / Double(rank + 1)
      return total
    }
  }

  /// Draws an item with probability proportional to 1 / rank.
  func draw(_ generator: inout DeterministicGenerator) -> Int32 {
    let aim = generator.nextUnit() * cumulative[cumulative.count - 1]
    var low = 0
    var high = cumulative.count - 1
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] > aim { high = middle } else { low = middle + 1 }
    }
    return items[low]
  }
}

/// The made-up shop: items in interests, with titles, texts, prices, creators and dates.
struct SyntheticCatalogue {
  private static let secondsPerDay: Int64 = 86_400

  let catalogue: Catalogue
  let interestNames: [String]
  let shelves: [SyntheticShelf]
  let interestOfItem: [Int32]

  init(configuration: SyntheticPopulation.Configuration) {
    var generator = DeterministicGenerator(seed: configuration.seed, stream: 0)
    let names = SyntheticWords.interestNames(configuration.interests)
    // By name, as readers number them too.
    let categoryNames = (names + SyntheticWords.crossCutting).sorted()
    let numbers = Dictionary(
      categoryNames.enumerated().map { ($1, Int32($0)) }, uniquingKeysWith: { first, _ in first })
    let vocabularies = names.map { _ in SyntheticWords.vocabulary(&generator) }
    var members = [[Int32]](repeating: [], count: configuration.interests)
    var interests: [Int32] = []
    var items: [Catalogue.Item] = []
    items.reserveCapacity(configuration.items)
    for item in 0..<configuration.items {
      // One item of every interest first, so that no shelf stays empty.
      let interest =
        item < configuration.interests
        ? item : generator.nextIndex(below: configuration.interests)
      members[interest].append(Int32(item))
      interests.append(Int32(interest))
      var made = Self.item(
        number: item, interest: names[interest], words: vocabularies[interest], &generator)
      let tags = SyntheticWords.crossCutting.filter { _ in generator.nextUnit() < 0.12 }
      made.categories = ([names[interest]] + tags).compactMap { numbers[$0] }.sorted()
      made.publishedAt = Self.date(isOut: generator.nextUnit() < 0.75, configuration, &generator)
      items.append(made)
    }
    for interest in members.indices {
      // Popularity must not follow the item numbers, or a tie broken by number would be a hint.
      // Fisher and Yates by hand: the library may change its shuffle between versions.
      for last in members[interest].indices.dropFirst().reversed() {
        members[interest].swapAt(last, generator.nextIndex(below: last + 1))
      }
      let front = Int(members[interest][0])
      items[front].publishedAt = Self.date(isOut: true, configuration, &generator)
    }
    catalogue = Catalogue(items: items, categoryNames: categoryNames)
    interestNames = names
    shelves = members.map(SyntheticShelf.init)
    interestOfItem = interests
  }

  private static func item(
    number: Int, interest: String, words: [String], _ generator: inout DeterministicGenerator
  ) -> Catalogue.Item {
    // The minimum of two draws prefers the front of the vocabulary, as natural text does.
    func word() -> String {
      words[min(generator.nextIndex(below: words.count), generator.nextIndex(below: words.count))]
    }
    let title = "The \(word()) \(word()), no. \(number + 1)"
    let text = "A \(word()) \(word()) for \(interest): \"\(word())\" and \(word())."
    // Cents from 1.00 up; dear things are rarer.
    let cents = 100 + Int(20_000 * generator.nextUnit() * generator.nextUnit())
    let creator = "\(interest) studio \(1 + generator.nextIndex(below: 9))"
    return Catalogue.Item(
      id: "item-\(number + 1)", title: title, text: text, price: Float(cents) / 100,
      creator: creator)
  }

  /// A day in the thousand before the first event, or one early enough in the time span.
  private static func date(
    isOut: Bool, _ configuration: SyntheticPopulation.Configuration,
    _ generator: inout DeterministicGenerator
  ) -> Int64 {
    let part = generator.nextUnit()
    let day = isOut ? -1 - Int64(part * 1_000) : Int64(part * Double(configuration.days) * 0.8)
    return configuration.startTime + day * secondsPerDay
  }
}

/// Names and made-up words.
enum SyntheticWords {
  /// Categories that have nothing to do with interest.
  static let crossCutting = ["bestseller", "for families", "limited edition", "on sale"]

  private static let themes = [
    "hiking", "jazz", "cooking", "chess", "gardening", "photography", "astronomy", "cycling",
    "history", "sailing", "painting", "football", "robotics", "poetry", "travel", "fashion",
    "climbing", "opera", "fishing", "woodwork", "yoga", "cinema", "horses", "coffee",
    "architecture", "dance", "puzzles", "birds", "comics", "running", "pottery", "trains",
  ]
  private static let onsets = ["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v"]
  private static let vowels = ["a", "e", "i", "o", "u"]

  /// Distinct names; a number tells them apart when the themes run out.
  static func interestNames(_ count: Int) -> [String] {
    (0..<count).map { number in
      let theme = themes[number % themes.count]
      return number < themes.count ? theme : "\(theme) \(number / themes.count + 1)"
    }
  }

  /// Thirty words of three syllables.
  static func vocabulary(_ generator: inout DeterministicGenerator) -> [String] {
    (0..<30).map { _ in
      (0..<3).map { _ in
        onsets[generator.nextIndex(below: onsets.count)]
          + vowels[generator.nextIndex(below: vowels.count)]
      }.joined()
    }
  }
}
