extension RunFigures {
  /// Whose behaviour it was, and what cleaning did to it.
  package struct PopulationFigures: Codable, Sendable {
    package var name: String
    package var licence: String?
    package var isSynthetic: Bool
    /// The data set that was asked for, where it could not be had and this was generated instead.
    package var standsInFor: String?
    /// BLAKE2b-256 of catalogue and events after cleaning, hexadecimal.
    package var digest: String
    package var users: Int
    /// Of the users those on whom quality was measured.
    package var evaluatedUsers: Int
    /// Of those the ones whose last two items have one time: the order of the file decided which of
    /// them was held out.
    package var tiedUsers: Int
    package var items: Int
    package var events: Int
    package var rowsRead: Int
    package var cleaning: [CleaningFigures]
    /// The first bad rows, as examples.
    package var badRows: [BadRowFigures]
    package var badRowCount: Int

    package init(
      name: String, licence: String?, isSynthetic: Bool, standsInFor: String?, digest: String,
      users: Int, evaluatedUsers: Int, tiedUsers: Int, items: Int, events: Int, rowsRead: Int,
      cleaning: [CleaningFigures], badRows: [BadRowFigures], badRowCount: Int
    ) {
      self.name = name
      self.licence = licence
      self.isSynthetic = isSynthetic
      self.standsInFor = standsInFor
      self.digest = digest
      self.users = users
      self.evaluatedUsers = evaluatedUsers
      self.tiedUsers = tiedUsers
      self.items = items
      self.events = events
      self.rowsRead = rowsRead
      self.cleaning = cleaning
      self.badRows = badRows
      self.badRowCount = badRowCount
    }
  }

  /// One kind of finding of the cleaning.
  package struct CleaningFigures: Codable, Sendable {
    package var step: String
    package var count: Int
    package var action: String

    package init(
      step: String, count: Int, action: String
    ) {
      self.step = step
      self.count = count
      self.action = action
    }
  }

  /// A row that could not be read.
  package struct BadRowFigures: Codable, Sendable {
    package var file: String
    package var line: Int
    package var reason: String

    package init(
      file: String, line: Int, reason: String
    ) {
      self.file = file
      self.line = line
      self.reason = reason
    }
  }

  /// What is promised against one adversary.
  package struct GuaranteeFigures: Codable, Sendable {
    /// A1 to A6.
    package var adversary: String
    package var summary: String
    /// `nil`: nothing is guaranteed.
    package var epsilon: Double?
    package var delta: Double
    package var neighboringRelation: String
    package var privacyUnit: String
    package var assumptions: [String]

    package init(
      adversary: String, summary: String, epsilon: Double?, delta: Double,
      neighboringRelation:
        String, privacyUnit: String, assumptions: [String]
    ) {
      self.adversary = adversary
      self.summary = summary
      self.epsilon = epsilon
      self.delta = delta
      self.neighboringRelation = neighboringRelation
      self.privacyUnit = privacyUnit
      self.assumptions = assumptions
    }
  }

  /// One release: what was opened, and what it cost.
  package struct RoundFigures: Codable, Sendable {
    package var task: String
    package var round: Int
    package var dimension: Int
    package var cohort: Int
    package var clipNorm: Double
    /// Per coordinate, in update units.
    package var noiseStandardDeviation: Double
    /// Norm of the released sum without noise over the norm of the noise (a figure of the
    /// simulator, which knows both); `nil` without noise.
    package var signalToNoise: Double?
    /// Privacy loss of everything up to and with this release, at the run's delta; `nil` without
    /// noise.
    package var epsilonSoFar: Double?
    /// Per device.
    package var uploadBytes: Int

    package init(
      task: String, round: Int, dimension: Int, cohort: Int, clipNorm: Double,
      noiseStandardDeviation: Double, signalToNoise: Double?, epsilonSoFar: Double?,
      uploadBytes:
        Int
    ) {
      self.task = task
      self.round = round
      self.dimension = dimension
      self.cohort = cohort
      self.clipNorm = clipNorm
      self.noiseStandardDeviation = noiseStandardDeviation
      self.signalToNoise = signalToNoise
      self.epsilonSoFar = epsilonSoFar
      self.uploadBytes = uploadBytes
    }
  }

  /// A figure with its 95 % confidence interval.
  package struct Estimate: Codable, Sendable {
    package var value: Double
    package var low: Double
    package var high: Double

    package init(
      value: Double, low: Double, high: Double
    ) {
      self.value = value
      self.low = low
      self.high = high
    }
  }

  /// Quality of one way to rank, at one epsilon, under both protocols.
  package struct MethodFigures: Codable, Sendable {
    /// `popularity`, `gram`, `ranker without recency`, `ranker`, `encoder`, `EASE`.
    package var method: String
    /// `nil`: not private.
    package var epsilon: Double?
    /// True when the method needs all behaviour in one place.
    package var isCentral: Bool
    /// The run's own plan.
    package var isHeadline: Bool
    /// Protocol F: ranked among all items not in the history.
    package var full: RankingFigures
    /// Protocol S: ranked among sampled negatives.
    package var sampled: RankingFigures
    /// Share of the catalogue that appears in some top 10.
    package var coverageAt10: Double
    /// Gini coefficient of how often items are recommended: 0 equal, 1 one item only.
    package var gini: Double

    package init(
      method: String, epsilon: Double?, isCentral: Bool, isHeadline: Bool, full: RankingFigures,
      sampled: RankingFigures, coverageAt10: Double, gini: Double
    ) {
      self.method = method
      self.epsilon = epsilon
      self.isCentral = isCentral
      self.isHeadline = isHeadline
      self.full = full
      self.sampled = sampled
      self.coverageAt10 = coverageAt10
      self.gini = gini
    }
  }

  /// Ranking quality over the users.
  package struct RankingFigures: Codable, Sendable {
    package var hitRateAt10: Estimate
    package var ndcgAt10: Estimate
    package var recallAt20: Estimate
    package var recallAt50: Estimate
    package var meanReciprocalRank: Estimate
    package var auc: Estimate

    package init(
      hitRateAt10: Estimate, ndcgAt10: Estimate, recallAt20: Estimate, recallAt50: Estimate,
      meanReciprocalRank: Estimate, auc: Estimate
    ) {
      self.hitRateAt10 = hitRateAt10
      self.ndcgAt10 = ndcgAt10
      self.recallAt20 = recallAt20
      self.recallAt50 = recallAt50
      self.meanReciprocalRank = meanReciprocalRank
      self.auc = auc
    }
  }

  /// How well the sequence encoder ranks held-out items while it is trained.
  package struct LearningCurveFigures: Codable, Sendable {
    /// `nil`: not private.
    package var epsilon: Double?
    /// In order of rounds.
    package var points: [LearningCurvePoint]

    package init(epsilon: Double?, points: [LearningCurvePoint]) {
      self.epsilon = epsilon
      self.points = points
    }
  }

  /// The encoder after one round; protocol F.
  package struct LearningCurvePoint: Codable, Sendable {
    package var round: Int
    package var hitRateAt10: Double
    package var ndcgAt10: Double

    package init(round: Int, hitRateAt10: Double, ndcgAt10: Double) {
      self.round = round
      self.hitRateAt10 = hitRateAt10
      self.ndcgAt10 = ndcgAt10
    }
  }

  /// Quality when only the last events of a history are kept.
  package struct ColdStartFigures: Codable, Sendable {
    package var epsilon: Double?
    /// `nil`: the whole history.
    package var eventsKept: Int?
    /// Protocol F.
    package var hitRateAt10: Estimate
    package var ndcgAt10: Estimate

    package init(
      epsilon: Double?, eventsKept: Int?, hitRateAt10: Estimate, ndcgAt10: Estimate
    ) {
      self.epsilon = epsilon
      self.eventsKept = eventsKept
      self.hitRateAt10 = hitRateAt10
      self.ndcgAt10 = ndcgAt10
    }
  }

  /// Quality for popular and for rare targets.
  package struct LongTailFigures: Codable, Sendable {
    package var method: String
    package var epsilon: Double?
    package var tailShareOfTargets: Double
    package var headRecallAt50: Estimate
    package var tailRecallAt50: Estimate
    package var headAUC: Estimate
    package var tailAUC: Estimate

    package init(
      method: String, epsilon: Double?, tailShareOfTargets: Double, headRecallAt50: Estimate,
      tailRecallAt50: Estimate, headAUC: Estimate, tailAUC: Estimate
    ) {
      self.method = method
      self.epsilon = epsilon
      self.tailShareOfTargets = tailShareOfTargets
      self.headRecallAt50 = headRecallAt50
      self.tailRecallAt50 = tailRecallAt50
      self.headAUC = headAUC
      self.tailAUC = tailAUC
    }
  }

  /// The `will interact` decision at a stated threshold.
  package struct DecisionFigures: Codable, Sendable {
    /// `nil`: not private.
    package var epsilon: Double?
    /// Which candidates were decided on, for example `one positive, 99 negatives`.
    package var candidates: String
    package var threshold: Double
    package var truePositives: Int
    package var falsePositives: Int
    package var trueNegatives: Int
    package var falseNegatives: Int
    /// Mean over people of the share of right decisions.
    package var accuracy: Estimate
    package var precision: Double
    package var recall: Estimate
    package var f1: Double
    package var auc: Double
    /// From (0, 0) to (1, 1).
    package var roc: [RocPoint]

    package init(
      epsilon: Double?, candidates: String, threshold: Double, truePositives: Int,
      falsePositives: Int, trueNegatives: Int, falseNegatives: Int, accuracy: Estimate,
      precision: Double, recall: Estimate, f1: Double, auc: Double, roc: [RocPoint]
    ) {
      self.epsilon = epsilon
      self.candidates = candidates
      self.threshold = threshold
      self.truePositives = truePositives
      self.falsePositives = falsePositives
      self.trueNegatives = trueNegatives
      self.falseNegatives = falseNegatives
      self.accuracy = accuracy
      self.precision = precision
      self.recall = recall
      self.f1 = f1
      self.auc = auc
      self.roc = roc
    }
  }

  /// One point of a receiver operating characteristic.
  package struct RocPoint: Codable, Sendable {
    package var falsePositiveRate: Double
    package var truePositiveRate: Double

    package init(
      falsePositiveRate: Double, truePositiveRate: Double
    ) {
      self.falsePositiveRate = falsePositiveRate
      self.truePositiveRate = truePositiveRate
    }
  }

  /// How well interest tags from the first 80 % of a history foretell the rest.
  package struct TagFigures: Codable, Sendable {
    /// `lift`, `share` or `global`.
    package var rule: String
    /// Of the shares that tags are compared with; `nil`: not private.
    package var epsilon: Double?
    package var precisionAt3: Estimate
    package var recall: Estimate
    /// Share of all tags that is ever given.
    package var coverage: Double
    package var users: Int

    package init(
      rule: String, epsilon: Double?, precisionAt3: Estimate, recall: Estimate, coverage: Double,
      users: Int
    ) {
      self.rule = rule
      self.epsilon = epsilon
      self.precisionAt3 = precisionAt3
      self.recall = recall
      self.coverage = coverage
      self.users = users
    }
  }

  /// A metric that the federation measured on itself, through the contribution path.
  package struct PrivateMetricFigures: Codable, Sendable {
    package var metric: String
    package var released: Double
    /// What the simulator knows without noise.
    package var exact: Double
    package var noiseStandardDeviation: Double

    package init(
      metric: String, released: Double, exact: Double, noiseStandardDeviation: Double
    ) {
      self.metric = metric
      self.released = released
      self.exact = exact
      self.noiseStandardDeviation = noiseStandardDeviation
    }
  }

  /// One device's own profile, as its user would see it.
  package struct ProfileFigures: Codable, Sendable {
    package var label: String
    package var events: Int
    /// V'r, the profile vector.
    package var vector: [Double]
    package var tags: [TagScore]
    /// Affinities with time decay, shares that sum to 1.
    package var categories: [TagScore]
    /// 0 cheapest to 1 dearest; `nil` without prices.
    package var priceLevel: Double?
    package var recencyDays: Double?
    package var frequencyPerWeek: Double?
    /// Events per active day.
    package var intensity: Double?
    package var recommendations: [RecommendationFigures]
    /// The item that the split held out, and where it was ranked; 1 is first.
    package var heldOut: String
    package var heldOutRank: Int
    /// What the sequence encoder would show first; `nil` where none was trained.
    package var sequence: SequenceReasonFigures? = nil
    /// Whether the recommendations are what is popular, for the ranker was worse.
    package var fallsBack = false

    package init(
      label: String, events: Int, vector: [Double], tags: [TagScore], categories: [TagScore],
      priceLevel: Double?, recencyDays: Double?, frequencyPerWeek: Double?, intensity: Double?,
      recommendations: [RecommendationFigures], heldOut: String, heldOutRank: Int
    ) {
      self.label = label
      self.events = events
      self.vector = vector
      self.tags = tags
      self.categories = categories
      self.priceLevel = priceLevel
      self.recencyDays = recencyDays
      self.frequencyPerWeek = frequencyPerWeek
      self.intensity = intensity
      self.recommendations = recommendations
      self.heldOut = heldOut
      self.heldOutRank = heldOutRank
    }
  }

  /// What the methods are worth where the noise is made by somebody else.
  package struct OtherMechanismFigures: Codable, Sendable {
    /// Of the run itself.
    package var own: String
    package var other: String
    package var methods: [MethodFigures]

    package init(own: String, other: String, methods: [MethodFigures]) {
      self.own = own
      self.other = other
      self.methods = methods
    }
  }

  /// The first recommendation of a sequence encoder, and what the own events have to do with it.
  package struct SequenceReasonFigures: Codable, Sendable {
    package var title: String
    /// Those that move its score most, in their order.
    package var events: [EventPart]

    package init(title: String, events: [EventPart]) {
      self.title = title
      self.events = events
    }
  }

  /// An own event, and how much the score of a recommendation falls without it.
  package struct EventPart: Codable, Sendable {
    package var title: String
    package var part: Double

    package init(title: String, part: Double) {
      self.title = title
      self.part = part
    }
  }

  /// A tag or category with its score.
  package struct TagScore: Codable, Sendable {
    package var name: String
    package var score: Double

    package init(
      name: String, score: Double
    ) {
      self.name = name
      self.score = score
    }
  }

  /// One recommendation and the own events that speak for it.
  package struct RecommendationFigures: Codable, Sendable {
    package var title: String
    package var categories: [String]
    package var score: Double
    /// Titles of the own items that contributed most, most first.
    package var reasons: [String]

    package init(
      title: String, categories: [String], score: Double, reasons: [String]
    ) {
      self.title = title
      self.categories = categories
      self.score = score
      self.reasons = reasons
    }
  }

  /// What one device spends on one task.
  package struct DeviceCostFigures: Codable, Sendable {
    package var task: String
    package var uploads: Int
    /// Over all uploads.
    package var uploadBytes: Int
    package var downloadBytes: Int

    package init(
      task: String, uploads: Int, uploadBytes: Int, downloadBytes: Int
    ) {
      self.task = task
      self.uploads = uploads
      self.uploadBytes = uploadBytes
      self.downloadBytes = downloadBytes
    }
  }

  /// Measured on the machine that ran the simulation.
  package struct TimingFigures: Codable, Sendable {
    /// ISO 8601.
    package var startedAt: String
    package var wallSeconds: Double
    package var cpuSeconds: Double
    package var peakMemoryBytes: Int
    package var threads: Int
    package var phases: [PhaseTiming]
    package var deviceCPUMilliseconds: [DeviceCPU]

    package init(
      startedAt: String, wallSeconds: Double, cpuSeconds: Double, peakMemoryBytes: Int,
      threads:
        Int, phases: [PhaseTiming], deviceCPUMilliseconds: [DeviceCPU]
    ) {
      self.startedAt = startedAt
      self.wallSeconds = wallSeconds
      self.cpuSeconds = cpuSeconds
      self.peakMemoryBytes = peakMemoryBytes
      self.threads = threads
      self.phases = phases
      self.deviceCPUMilliseconds = deviceCPUMilliseconds
    }
  }

  /// Wall time of one phase.
  package struct PhaseTiming: Codable, Sendable {
    package var phase: String
    package var seconds: Double

    package init(
      phase: String, seconds: Double
    ) {
      self.phase = phase
      self.seconds = seconds
    }
  }

  /// Mean CPU time of a device in one task, all rounds.
  package struct DeviceCPU: Codable, Sendable {
    package var task: String
    package var milliseconds: Double

    package init(
      task: String, milliseconds: Double
    ) {
      self.task = task
      self.milliseconds = milliseconds
    }
  }
}
