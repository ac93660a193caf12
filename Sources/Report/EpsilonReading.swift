/// How a privacy loss of a whole participation is usually read.
///
/// - Source: Ponomareva et al. 2023, "How to DP-fy ML", arXiv:2303.00654: up to 1 a guarantee is strong, up to 10
///   reasonable, and above that weak, or none to speak of.
enum EpsilonReading {
  case strong, reasonable, weak

  init(_ epsilon: Double) {
    self = epsilon <= 1 ? .strong : epsilon <= 10 ? .reasonable : .weak
  }

  /// A privacy loss in the color of its reading; a weak one says so.
  static func markup(_ epsilon: Double) -> Markup {
    let text = FigureText.epsilon(epsilon)
    guard case .weak = Self(epsilon) else { return "<span class=\"good\">\(text)</span>" }
    return "<span class=\"open\">\(text), weak</span>"
  }
}
