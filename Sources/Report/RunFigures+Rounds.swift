extension RunFigures {
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
      neighboringRelation: String, privacyUnit: String, assumptions: [String]
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
      uploadBytes: Int
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
}
