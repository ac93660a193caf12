extension [RunFigures.MethodFigures] {
  /// Whether what was trained ranks held-out items worse, by NDCG@10, than what is popular in the same
  /// training: devices recommend what is popular then.
  package func fallsBack(_ method: String, epsilon: Double?) -> Bool {
    func quality(_ name: String) -> Double? {
      first { $0.method == name && $0.epsilon == epsilon && !$0.isCentral }?.full.ndcgAt10.value
    }
    guard let trained = quality(method), let popularity = quality("popularity") else {
      return false
    }
    return trained < popularity
  }

  /// What the devices train together, and fall back from where it is worse than popularity.
  static let trained = ["gram", "ranker", "encoder", "preference"]

  /// The methods of which one is to be taken, simplest first.
  static let competitors = ["popularity", "gram", "ranker", "encoder"]

  /// The name of the method to take among those of one epsilon: the best by NDCG@10, a more complex one only
  /// if its 95 % interval lies above the mean of the simpler one.
  var recommended: String? {
    var chosen: RunFigures.MethodFigures?
    for name in Self.competitors {
      guard let method = first(where: { $0.method == name && !$0.isCentral }) else { continue }
      if let best = chosen, method.full.ndcgAt10.low <= best.full.ndcgAt10.value { continue }
      chosen = method
    }
    return chosen?.method
  }
}

extension RunFigures {
  /// What devices would recommend by, and do not, at the run's own epsilon.
  package var methodsThatFallBack: [String] {
    [MethodFigures].trained.filter { methods.fallsBack($0, epsilon: ownEpsilon) }
  }

  /// What this population's devices should recommend by, at the run's own epsilon.
  package var recommendedMethod: String? { methods.filter { $0.epsilon == ownEpsilon }.recommended }
}
