internal import RoundVocabulary
enum RenyiAccountant {
  static func epsilon(of events: [MechanismEvent], delta: Double, neighbors: NeighboringRelation) throws(AccountingError) -> Double { .infinity }
  static func delta(of events: [MechanismEvent], epsilon: Double, neighbors: NeighboringRelation) throws(AccountingError) -> Double { 1 }
}
