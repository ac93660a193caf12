extension RunFigures {
  /// The run's own way to rank, at its own epsilon.
  var headline: MethodFigures? {
    methods.first(where: \.isHeadline)
  }

  /// The epsilon that the run itself keeps; `nil` when nothing in it is private.
  var ownEpsilon: Double? {
    scenario.isPrivate ? scenario.epsilon : nil
  }

  /// The pipeline of the headline, run without noise.
  var headlineWithoutPrivacy: MethodFigures? {
    guard let headline, headline.epsilon != nil else { return nil }
    return methods.first {
      $0.method == headline.method && $0.epsilon == nil && !$0.isCentral
    }
  }

  /// Popularity as released in the run itself, or in the first run that has it.
  var popularity: MethodFigures? {
    let candidates = methods.filter { $0.method == "popularity" }
    return candidates.first { $0.epsilon == headline?.epsilon } ?? candidates.first
  }

  /// References that need all behavior in one place.
  var centralReferences: [MethodFigures] {
    methods.filter(\.isCentral)
  }

  /// What a reader calls the population.
  var populationName: String {
    population.isSynthetic ? "synthetic population \(population.name)" : population.name
  }
}

extension RunFigures.MethodFigures {
  /// The method as it is written in the report.
  package var displayName: String {
    RunFigures.displayName(ofMethod: method)
  }
}

extension RunFigures {
  /// Machine names become readable; names that are not known pass unchanged.
  package static func displayName(ofMethod method: String) -> String {
    switch method {
    case "popularity": "Popularity"
    case "gram": "Item basis"
    case "ranker without recency": "Ranker without recency"
    case "ranker without content": "Ranker without content"
    case "ranker without item basis": "Ranker without item basis"
    case "ranker": "Ranker"
    case "encoder": "Sequence encoder"
    case "preference": "Preference model"
    case "encoder without order": "Sequence encoder without order"
    case "encoder without item basis": "Sequence encoder without item basis"
    case "encoder without content": "Sequence encoder without content"
    default: method
    }
  }

  /// Whether a method is an ablation that is trained at the run's own epsilon and without privacy only: tables
  /// have it, charts over epsilon do not.
  static func isAblationAtOwnEpsilon(_ method: String) -> Bool {
    method.contains(" without ") && method != "ranker without recency"
  }

  /// The task as its scenario calls it, and what comes of it where that has another name.
  static func displayName(ofTask task: String) -> String {
    task == "gram" ? "gram (item basis)" : task
  }

  /// `ε = 3`, or that there is no privacy.
  static func displayName(ofEpsilon epsilon: Double?) -> String {
    epsilon == nil ? "no privacy" : FigureText.epsilon(epsilon)
  }
}

extension RunFigures.Estimate {
  /// The interval as charts take it; `nil` when it is not one.
  var interval: ClosedRange<Double>? {
    low.isFinite && high.isFinite && low <= high ? low...high : nil
  }

  /// A rate in percent with its interval in small print.
  var percentCell: Markup {
    let bounds =
      FigureText.fixed(low * 100, digits: 1) + "–" + FigureText.fixed(high * 100, digits: 1)
    return "\(FigureText.fixed(value * 100, digits: 1))<small>\(bounds)</small>"
  }

  /// A figure with three decimals and its interval in small print.
  var decimalCell: Markup {
    let bounds = FigureText.fixed(low, digits: 3) + "–" + FigureText.fixed(high, digits: 3)
    return "\(FigureText.fixed(value, digits: 3))<small>\(bounds)</small>"
  }
}
