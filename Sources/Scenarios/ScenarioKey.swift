/// Every setting of a scenario file, in the order in which an effective plan lists them.
///
/// The raw value is the path of the setting: its sections, then its name, with dots between.
package enum ScenarioKey: String, CaseIterable, Sendable {
  case name
  case seed
  case threads
  case source = "behavior.source"
  case events = "behavior.events"
  case catalogue = "behavior.catalogue"
  case maxBadRows = "behavior.maxBadRows"
  case syntheticUsers = "behavior.synthetic.users"
  case syntheticItems = "behavior.synthetic.items"
  case syntheticEvents = "behavior.synthetic.events"
  case syntheticInterests = "behavior.synthetic.interests"
  case syntheticSeed = "behavior.synthetic.seed"
  case mechanism = "privacy.mechanism"
  case epsilon = "privacy.epsilon"
  case delta = "privacy.delta"
  case noise = "privacy.noise"
  case dropoutShare = "privacy.dropoutShare"
  case colludingShare = "privacy.colludingShare"
  case sweep = "privacy.sweep"
  case splitStatistics = "privacy.split.statistics"
  case splitGram = "privacy.split.gram"
  case splitRanker = "privacy.split.ranker"
  case splitEvaluation = "privacy.split.evaluation"
  case ringBits = "encoding.ringBits"
  case scaleBits = "encoding.scaleBits"
  case rotation = "encoding.rotation"
  case headItems = "tasks.gram.headItems"
  case tailGroups = "tasks.gram.tailGroups"
  case maxRank = "tasks.gram.maxRank"
  case rounds = "tasks.ranker.rounds"
  case cohort = "tasks.ranker.cohort"
  case learningRate = "tasks.ranker.learningRate"
  case momentum = "tasks.ranker.momentum"
  case clipNorm = "tasks.ranker.clipNorm"
  case clipping = "tasks.ranker.clipping"
  case negatives = "tasks.ranker.negatives"
  case halfLife = "profile.halfLife"
  case recommendations = "profile.recommendations"
  case examples = "profile.examples"
  case heldOut = "evaluation.heldOut"
  case sampledNegatives = "evaluation.sampledNegatives"
  case bootstrapResamples = "evaluation.bootstrapResamples"
  case coldStart = "evaluation.coldStart"
  case headShare = "evaluation.headShare"
  case easeRegularization = "evaluation.easeRegularization"
  case decisionThreshold = "evaluation.decisionThreshold"
  case evaluatedUsers = "evaluation.users"
  case secureAggregation = "simulation.secureAggregation"
  case deviceNoise = "simulation.deviceNoise"
  case leaveBeforeAdvertise = "simulation.dropouts.beforeAdvertise"
  case leaveBeforeShare = "simulation.dropouts.beforeShare"
  case leaveBeforeInput = "simulation.dropouts.beforeInput"
  case leaveBeforeUnmask = "simulation.dropouts.beforeUnmask"

  /// The parts of the path.
  var components: [String] { rawValue.split(separator: ".").map(String.init) }

  /// Paths of all sections: everything that other keys stand under.
  static let sections: Set<String> = {
    var sections: Set<String> = []
    for key in allCases {
      let components = key.components
      for length in 1..<components.count {
        sections.insert(components.prefix(length).joined(separator: "."))
      }
    }
    return sections
  }()

  /// Names that may stand directly in a section; `""` is the top of the file.
  static func names(in section: String) -> [String] {
    let depth = section.isEmpty ? 0 : section.split(separator: ".").count
    var names: [String] = []
    for key in allCases {
      let components = key.components
      guard components.count > depth,
        components.prefix(depth).joined(separator: ".") == section,
        !names.contains(components[depth])
      else { continue }
      names.append(components[depth])
    }
    return names
  }
}
