/// Everything that an audit report states about a bundle, as `report.json` has it.
///
/// All of it is recomputed from the bundle, but for `empirical`, which is measured.
package struct AuditFigures: Sendable, Encodable {
  /// The name and version of this format.
  package static let currentSchema = "silhouette-audit-report/1"

  package struct Bundle: Sendable, Encodable {
    /// Hexadecimal, as are all hashes and keys.
    package var hash: String
    package var entries: Int
    package var bytes: Int
    /// When the log signed the head, as people write times.
    package var headTime: String
    package var log: String
    package var authority: String
    package var witnesses: [String]
    package var quorum: Int
    package var cosignatures: Int
    /// Whether the keys were compared with some from elsewhere.
    package var keysArePinned: Bool

    package init(
      hash: String, entries: Int, bytes: Int, headTime: String, log: String, authority: String,
      witnesses: [String], quorum: Int, cosignatures: Int, keysArePinned: Bool
    ) {
      self.hash = hash
      self.entries = entries
      self.bytes = bytes
      self.headTime = headTime
      self.log = log
      self.authority = authority
      self.witnesses = witnesses
      self.quorum = quorum
      self.cosignatures = cosignatures
      self.keysArePinned = keysArePinned
    }
  }

  /// What every epsilon of the report is about: without it none of them says anything.
  package struct Terms: Sendable, Encodable {
    /// The privacy unit, and what of it is protected.
    package var unit: String
    package var protects: String
    /// The relation of neighbors, and what they differ in.
    package var adjacency: String
    package var difference: String
    /// What a device may have lost beside that.
    package var apart: String

    package init(
      unit: String, protects: String, adjacency: String, difference: String, apart: String
    ) {
      self.apart = apart
      self.unit = unit
      self.protects = protects
      self.adjacency = adjacency
      self.difference = difference
    }
  }

  /// What one adversary may have learned; nil where there is no bound.
  package struct Guarantee: Sendable, Encodable {
    package var adversary: String
    package var summary: String
    package var sees: String
    /// What has to be true outside of the mathematics.
    package var assumptions: [String]
    package var epsilon: Double?
    package var renyi: Double?
    package var gaussian: Double?
    /// Why there is no bound; nil if there is one.
    package var reason: String?

    package init(
      adversary: String, summary: String, sees: String, assumptions: [String], epsilon: Double?,
      renyi: Double?, gaussian: Double?, reason: String? = nil
    ) {
      self.adversary = adversary
      self.summary = summary
      self.sees = sees
      self.assumptions = assumptions
      self.epsilon = epsilon
      self.renyi = renyi
      self.gaussian = gaussian
      self.reason = reason
    }
  }

  /// What all plans together have cost somebody whose device took part in each.
  package struct Total: Sendable, Encodable {
    /// The least of all plans'.
    package var delta: Double
    package var guarantees: [Guarantee]

    package init(delta: Double, guarantees: [Guarantee]) {
      self.delta = delta
      self.guarantees = guarantees
    }

    /// Against those who see releases: what a report states first.
    package var headline: Guarantee? { guarantees.first { $0.adversary == "A2" } }
  }

  /// Epsilon over delta for those adversaries whom it holds against.
  package struct Curve: Sendable, Encodable {
    package struct Point: Sendable, Encodable {
      package var delta: Double
      package var renyi: Double?
      package var gaussian: Double?

      package init(delta: Double, renyi: Double?, gaussian: Double?) {
        self.delta = delta
        self.renyi = renyi
        self.gaussian = gaussian
      }
    }

    package var adversaries: String
    package var points: [Point]

    package init(adversaries: String, points: [Point]) {
      self.adversaries = adversaries
      self.points = points
    }
  }

  package struct Task: Sendable, Encodable {
    package var name: String
    package var coordinates: Int
    package var clipNorm: Double
    /// Nil before the first debit.
    package var law: String?
    /// Standard deviation of the noise that is certain, over the clip norm; nil without noise.
    package var noiseMultiplier: Double?
    package var debits: Int
    package var releases: Int
    package var mostReleases: Int
    package var mostContributions: Int

    package init(
      name: String, coordinates: Int, clipNorm: Double, law: String?, noiseMultiplier: Double?,
      debits: Int, releases: Int, mostReleases: Int, mostContributions: Int
    ) {
      self.name = name
      self.coordinates = coordinates
      self.clipNorm = clipNorm
      self.law = law
      self.noiseMultiplier = noiseMultiplier
      self.debits = debits
      self.releases = releases
      self.mostReleases = mostReleases
      self.mostContributions = mostContributions
    }
  }

  /// What one round has done to contributions, as its debit says it.
  package struct Mechanism: Sendable, Encodable {
    package var law: String
    package var clipNorm: Double
    /// Standard deviation of the noise that is certain, over the clip norm; nil without noise.
    package var noiseMultiplier: Double?
    package var leastSurvivors: Int
    package var mostColluding: Int

    package init(
      law: String, clipNorm: Double, noiseMultiplier: Double?, leastSurvivors: Int,
      mostColluding: Int
    ) {
      self.law = law
      self.clipNorm = clipNorm
      self.noiseMultiplier = noiseMultiplier
      self.leastSurvivors = leastSurvivors
      self.mostColluding = mostColluding
    }
  }

  package struct Round: Sendable, Encodable {
    package var task: String
    package var number: Int
    package var members: Int?
    package var survivors: Int?
    package var isCharged: Bool
    package var isReleased: Bool
    /// Of the debit; nil if the round was not charged.
    package var mechanism: Mechanism?
    package var abortCode: Int?
    /// What the code means, for people.
    package var abortReason: String?

    package init(
      task: String, number: Int, members: Int?, survivors: Int?, isCharged: Bool, isReleased: Bool,
      mechanism: Mechanism? = nil, abortCode: Int?, abortReason: String? = nil
    ) {
      self.mechanism = mechanism
      self.task = task
      self.number = number
      self.members = members
      self.survivors = survivors
      self.isCharged = isCharged
      self.isReleased = isReleased
      self.abortCode = abortCode
      self.abortReason = abortReason
    }

    /// Whether it goes on, as far as the log says.
    var isOpen: Bool { !isReleased && abortCode == nil }
  }

  package struct Plan: Sendable, Encodable {
    package var name: String
    package var hash: String
    package var document: String
    /// Nil where the plan promises nothing.
    package var promisedEpsilon: Double?
    package var delta: Double
    package var leastCohort: Int
    package var mostCohort: Int
    package var leastSurvivors: Int
    package var mostColluding: Int
    package var isClosed: Bool
    package var tasks: [Task]
    package var guarantees: [Guarantee]
    package var curves: [Curve]
    /// Epsilon against A1 to A4 after each charged round, nil where there is none.
    package var spending: [Double]
    /// The same for released rounds alone: what lost ones cost is the difference.
    package var epsilonOfReleases: Double?
    package var rounds: [Round]

    package init(
      name: String, hash: String, document: String, promisedEpsilon: Double?, delta: Double,
      leastCohort: Int, mostCohort: Int, leastSurvivors: Int, mostColluding: Int, isClosed: Bool,
      tasks: [Task], guarantees: [Guarantee], curves: [Curve], spending: [Double],
      epsilonOfReleases: Double?, rounds: [Round]
    ) {
      self.name = name
      self.hash = hash
      self.document = document
      self.promisedEpsilon = promisedEpsilon
      self.delta = delta
      self.leastCohort = leastCohort
      self.mostCohort = mostCohort
      self.leastSurvivors = leastSurvivors
      self.mostColluding = mostColluding
      self.isClosed = isClosed
      self.tasks = tasks
      self.guarantees = guarantees
      self.curves = curves
      self.spending = spending
      self.epsilonOfReleases = epsilonOfReleases
      self.rounds = rounds
    }

    /// Against A1 to A4, who see releases or sums.
    package var epsilon: Double? { guarantees.first { $0.adversary == "A2" }?.epsilon }
  }

  /// Something that is allowed and still worth knowing.
  package struct Deviation: Sendable, Encodable {
    /// The place in the log.
    package var entry: Int
    package var what: String

    package init(entry: Int, what: String) {
      self.entry = entry
      self.what = what
    }
  }

  package let schema = currentSchema
  /// Of the program.
  package var version: String
  /// The public key of whoever signs the report.
  package var signer: String
  package var bundle: Bundle
  package var terms: Terms
  /// Nil without plans.
  package var total: Total?
  package var plans: [Plan]
  package var deviations: [Deviation]
  /// Measured lower bounds; nil if none was measured.
  package var empirical: EmpiricalFigures?

  package init(
    version: String, signer: String, bundle: Bundle, terms: Terms, total: Total?, plans: [Plan],
    deviations: [Deviation], empirical: EmpiricalFigures?
  ) {
    self.terms = terms
    self.version = version
    self.signer = signer
    self.bundle = bundle
    self.total = total
    self.plans = plans
    self.deviations = deviations
    self.empirical = empirical
  }
}

/// What an audit with canaries has measured, as `audit empirical --json` writes it.
package struct EmpiricalFigures: Sendable, Codable {
  package static let currentSchema = "silhouette-empirical-audit/1"

  /// One measured mechanism.
  package struct Task: Sendable, Codable {
    package var task: String
    package var method: String
    package var canaries: Int
    /// Independent ones that the canaries are divided between; nil in files from before there could be more than one.
    package var runs: Int?
    package var guesses: Int
    package var correct: Int
    package var releases: Int
    /// Nil where nothing is claimed.
    package var claimedEpsilon: Double?
    package var delta: Double
    package var lowerBound: Double
    package var ceiling: Double
    package var alpha: Double
    package var verdict: String
    /// The average case without a confidence, for comparison only: an estimate, and no bound.
    package var estimate: Double?
    /// Of the mechanism that was measured; nil in files from before it was written.
    package var clipNorm: Double?
    /// Standard deviation of the noise that is certain, over the clip norm; nil without noise.
    package var noiseMultiplier: Double?

    package init(
      task: String, method: String, canaries: Int, guesses: Int, correct: Int, releases: Int,
      claimedEpsilon: Double?, delta: Double, lowerBound: Double, ceiling: Double, alpha: Double,
      verdict: String, estimate: Double?, clipNorm: Double? = nil, noiseMultiplier: Double? = nil
    ) {
      self.task = task
      self.method = method
      self.canaries = canaries
      self.guesses = guesses
      self.correct = correct
      self.releases = releases
      self.claimedEpsilon = claimedEpsilon
      self.delta = delta
      self.lowerBound = lowerBound
      self.ceiling = ceiling
      self.alpha = alpha
      self.verdict = verdict
      self.estimate = estimate
      self.clipNorm = clipNorm
      self.noiseMultiplier = noiseMultiplier
    }
  }

  package var schema = currentSchema
  /// The name of the scenario or of the plan.
  package var scenario: String
  /// The hash of the plan's document; nil if a scenario was measured.
  package var plan: String?
  package var seed: UInt64
  package var tasks: [Task]

  package init(scenario: String, plan: String? = nil, seed: UInt64, tasks: [Task]) {
    self.scenario = scenario
    self.plan = plan
    self.seed = seed
    self.tasks = tasks
  }
}
