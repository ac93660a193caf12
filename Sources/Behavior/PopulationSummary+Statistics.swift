extension PopulationSummary.Quantiles {
  /// Nearest-rank quantiles; all are 0 without users.
  init(lengths: [Int]) {
    let sorted = lengths.sorted()
    // Rank ceil(percent / 100 * n), counted from 1, in integers.
    func quantile(_ percent: Int) -> Int {
      sorted.isEmpty ? 0 : sorted[max(0, (percent * sorted.count + 99) / 100 - 1)]
    }
    minimum = quantile(0)
    lowerQuartile = quantile(25)
    median = quantile(50)
    upperQuartile = quantile(75)
    ninetiethPercentile = quantile(90)
    maximum = quantile(100)
    mean = sorted.isEmpty ? 0 : Double(sorted.reduce(0, +)) / Double(sorted.count)
  }
}

extension PopulationSummary {
  private static let secondsPerDay: Int64 = 86_400

  /// The Gini coefficient: 0 when all counts are alike, near 1 when one has it all.
  ///
  /// - Formula: `sum((2 i - n - 1) x_i) / (n sum(x))` over ascending `x`, `i` from 1.
  package static func gini(_ counts: [Int]) -> Double {
    let total = counts.reduce(0, +)
    guard total > 0 else { return 0 }
    var weighted = 0.0
    for (index, count) in counts.sorted().enumerated() {
      weighted += Double(2 * (index + 1) - counts.count - 1) * Double(count)
    }
    return weighted / (Double(counts.count) * Double(total))
  }

  /// The share of the fifth of the items, rounded up, with most events.
  static func topFifthShare(_ counts: [Int]) -> Double {
    let total = counts.reduce(0, +)
    guard total > 0 else { return 0 }
    let top = counts.sorted(by: >).prefix((counts.count + 4) / 5)
    return Double(top.reduce(0, +)) / Double(total)
  }

  /// Counts users in bins that double in width, up to the longest history.
  static func histogram(_ lengths: [Int]) -> [HistogramBin] {
    func bin(_ length: Int) -> Int { Int.bitWidth - length.leadingZeroBitCount }
    guard let longest = lengths.max() else { return [] }
    var users = [Int](repeating: 0, count: bin(longest) + 1)
    for length in lengths { users[bin(length)] += 1 }
    return users.enumerated().map { index, count in
      let range = index == 0 ? 0...0 : (1 << (index - 1))...((1 << index) - 1)
      return HistogramBin(lengths: range, users: count)
    }
  }

  /// Counts events per day or per week from midnight UTC of the first day.
  static func timeBins(
    _ log: EventLog, span: ClosedRange<Int64>?
  ) -> (days: Int, bins: [TimeBin]) {
    guard let span else { return (1, []) }
    let (quotient, remainder) = span.lowerBound.quotientAndRemainder(dividingBy: secondsPerDay)
    let firstDay = (remainder < 0 ? quotient - 1 : quotient) * secondsPerDay
    let days = (span.upperBound - firstDay) / secondsPerDay + 1
    let binDays = days <= 120 ? 1 : 7
    let width = Int64(binDays) * secondsPerDay
    var events = [Int](repeating: 0, count: Int((span.upperBound - firstDay) / width) + 1)
    for user in 0..<log.userCount {
      for event in log.history(of: user).events where event.hasTime {
        events[Int((event.time - firstDay) / width)] += 1
      }
    }
    let bins = events.enumerated().map { index, count in
      TimeBin(start: firstDay + Int64(index) * width, events: count)
    }
    return (binDays, bins)
  }
}
