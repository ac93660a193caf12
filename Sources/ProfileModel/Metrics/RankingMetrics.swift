#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Ranking metrics of one user with one held-out item; means over users are the usual figures.
package enum RankingMetrics {
  /// 1 when the item is among the first `k`; with one item to find this is also Recall@k.
  package static func hitRate(_ outcome: RankOutcome, at k: Int) -> Float {
    outcome.rank < Float(k) ? 1 : 0
  }

  /// 1 / log2(rank + 2) when the item is among the first `k`, else 0.
  ///
  /// - Source: Jarvelin, Kekalainen 2002, with one relevant item.
  package static func ndcg(_ outcome: RankOutcome, at k: Int) -> Float {
    outcome.rank < Float(k) ? 1 / log2f(outcome.rank + 2) : 0
  }

  /// 1 / (rank + 1).
  package static func reciprocalRank(_ outcome: RankOutcome) -> Float { 1 / (outcome.rank + 1) }

  /// Share of competitors that score worse, ties half; 1/2 without competitors.
  package static func auc(_ outcome: RankOutcome) -> Float {
    outcome.candidates == 0 ? 0.5 : 1 - outcome.rank / Float(outcome.candidates)
  }
}

/// How recommendations spread over the catalogue.
package enum Coverage {
  /// Share of the items that are recommended to anybody; 0 for an empty catalogue.
  ///
  /// - Parameter counts: how often each item is recommended. Shape: [items].
  package static func share(_ counts: [Int]) -> Double {
    counts.isEmpty ? 0 : Double(counts.filter { $0 > 0 }.count) / Double(counts.count)
  }
}
