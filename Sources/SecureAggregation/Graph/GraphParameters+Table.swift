/// Degree and threshold of the ring by bands of cohort sizes: section 6.1.
///
/// Computed in exact rational arithmetic from the rules stated there, so that no client has to evaluate
/// hypergeometric tails; `protocols/reference/graph_parameters.py` makes and checks the numbers.
extension GraphParameters {
  /// One band.
  package struct Row: Sendable {
    /// The largest cohort of the band.
    package let mostClients: Int
    /// k and t, for each `FaultAssumption` those of rule A, then of rule I.
    package let numbers: [Int]

    init(_ mostClients: Int, _ numbers: Int...) {
      self.mostClients = mostClients
      self.numbers = numbers
    }

    func parameters(
      _ faults: FaultAssumption, _ rule: ThresholdRule
    ) -> (degree: Int, threshold: Int) {
      let pair = FaultAssumption.allCases.firstIndex(of: faults) ?? 0
      let column = 2 * (2 * pair + Int(rule.rawValue))
      return (numbers[column], numbers[column + 1])
    }
  }

  /// All bands, the smallest cohorts first.
  package static let table = [
    Row(160, 28, 20, 18, 11, 42, 34, 34, 26, 66, 50, 48, 33, 82, 66, 66, 50),
    Row(200, 32, 23, 22, 14, 52, 42, 42, 32, 78, 59, 56, 39, 102, 82, 78, 59),
    Row(256, 36, 26, 24, 15, 62, 50, 48, 37, 92, 70, 64, 45, 126, 101, 88, 66),
    Row(320, 44, 32, 28, 18, 76, 62, 56, 43, 112, 86, 76, 54, 156, 126, 98, 73),
    Row(400, 48, 35, 32, 21, 90, 74, 60, 46, 132, 102, 82, 58, 186, 151, 106, 79),
    Row(500, 54, 40, 36, 24, 102, 84, 64, 49, 156, 121, 90, 64, 218, 177, 116, 86),
    Row(640, 58, 43, 40, 27, 112, 92, 68, 52, 176, 137, 96, 68, 250, 203, 122, 90),
    Row(800, 66, 50, 46, 32, 118, 97, 70, 53, 196, 153, 100, 71, 282, 229, 130, 96),
    Row(1_000, 76, 58, 50, 35, 128, 105, 74, 56, 212, 166, 102, 72, 314, 255, 134, 99),
    Row(1_250, 82, 63, 50, 35, 136, 112, 74, 56, 230, 180, 106, 75, 346, 281, 140, 103),
    Row(1_600, 88, 68, 54, 38, 146, 120, 78, 59, 244, 191, 112, 79, 378, 307, 144, 106),
    Row(2_000, 92, 71, 54, 38, 150, 123, 78, 59, 262, 205, 112, 79, 402, 327, 150, 110),
    Row(2_500, 94, 73, 58, 41, 152, 125, 78, 59, 272, 213, 118, 83, 428, 348, 150, 110),
    Row(3_200, 98, 76, 58, 41, 158, 130, 82, 62, 282, 221, 118, 83, 454, 369, 158, 116),
    Row(4_000, 102, 79, 58, 41, 162, 133, 82, 62, 296, 232, 122, 86, 474, 385, 160, 117),
    Row(5_000, 102, 79, 58, 41, 170, 140, 84, 63, 300, 235, 124, 87, 492, 400, 160, 117),
    Row(6_400, 102, 79, 60, 42, 172, 141, 86, 65, 310, 243, 124, 87, 508, 413, 164, 120),
    Row(8_000, 108, 84, 62, 44, 174, 143, 86, 65, 318, 249, 128, 90, 524, 426, 168, 123),
    Row(10_000, 108, 84, 62, 44, 180, 148, 88, 66, 326, 255, 128, 90, 538, 437, 170, 124),
    Row(12_800, 110, 85, 64, 45, 180, 148, 88, 66, 332, 260, 130, 91, 548, 445, 170, 124),
    Row(16_384, 112, 87, 64, 45, 184, 151, 88, 66, 336, 263, 134, 94, 560, 455, 174, 127),
  ]
}
