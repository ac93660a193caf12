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
}

extension RunFigures {
  /// What devices would recommend by, and do not, at the run's own epsilon.
  package var methodsThatFallBack: [String] {
    ["ranker", "encoder"].filter { methods.fallsBack($0, epsilon: ownEpsilon) }
  }
}
