package import RoundVocabulary

/// One release and where its noise is made: what every adversary sees of it follows from this.
///
/// There is no way to ask an accountant about an adversary but through this type, so sampling
/// cannot amplify against one who sees who takes part, and noise cannot count twice.
package enum ObservedMechanism: Sendable, Equatable {
  /// The coordinator adds the noise once: it protects against those who see releases, and against
  /// nobody who sees what the coordinator sees.
  case central(MechanismEvent)
  /// Every device adds noise; the coordinator sees sums of contributions.
  case distributed(DeviceNoise)

  /// Noise of which every device makes its part.
  package struct DeviceNoise: Sendable, Equatable {
    package enum Law: String, Sendable, Equatable, CaseIterable, Codable {
      /// The sum of the devices' noise is Skellam again, whoever drops out.
      case skellam
      case discreteGaussian
    }

    package var law: Law
    /// The parameter of one device's noise, in squared ring units.
    package var variance: Double
    package var shift: MechanismEvent.IntegerShift
    package var assurance: CohortAssurance
    /// How far one device's noise vector may be from its law, in total variation.
    package var totalVariation: Double

    package init(
      law: Law, variance: Double, shift: MechanismEvent.IntegerShift, assurance: CohortAssurance,
      totalVariation: Double
    ) {
      self.law = law
      self.variance = variance
      self.shift = shift
      self.assurance = assurance
      self.totalVariation = totalVariation
    }

    /// The mechanism if `honest` devices' noise hides one contribution.
    package func event(honest: Int) -> MechanismEvent {
      let event: MechanismEvent =
        switch law {
        case .skellam: .skellam(variance: variance * Double(honest), shift: shift)
        case .discreteGaussian:
          .discreteGaussianSum(variance: variance, contributors: honest, shift: shift)
        }
      return .approximate(event, totalVariation: min(1, Double(honest) * totalVariation))
    }
  }

  /// What `adversary` faces in one release.
  ///
  /// A3 and A4 see sums only, which secure aggregation provides; A6 is taken to see single contributions, each
  /// with the noise of its own device. Against A5 nothing is promised: one program has the keys of coordinator and
  /// enrollment authority, so a coordinator that deviates could fill a cohort with devices of its own, and what it
  /// says of its own rounds bounds nothing.
  package func event(seenBy adversary: Adversary) -> MechanismEvent {
    switch (self, adversary) {
    case (.central(let event), .modelUser), (.central(let event), .anyClientOrPublic):
      return event
    case (.central, _):
      return .gaussian(noiseMultiplier: 0)
    case (.distributed(let noise), .modelUser), (.distributed(let noise), .anyClientOrPublic),
      (.distributed(let noise), .honestButCuriousCoordinator),
      (.distributed(let noise), .coordinatorWithColludingClients):
      // Clients may know some of the noise, so all four are charged for the honest ones alone.
      return noise.event(honest: noise.assurance.leastHonest)
    case (.distributed, .maliciousCoordinator):
      return .gaussian(noiseMultiplier: 0)
    case (.distributed(let noise), .coordinatorWithoutSecureAggregation):
      return noise.event(honest: 1)
    }
  }
}

extension Accountant {
  /// A release and how often one user takes part in it.
  package struct Participation: Sendable, Equatable {
    package var mechanism: ObservedMechanism
    package var count: Int

    package init(_ mechanism: ObservedMechanism, count: Int) {
      self.mechanism = mechanism
      self.count = count
    }
  }

  /// The least epsilon of all releases together against one adversary.
  ///
  /// - Throws: `AccountingError`; `unsupported` for noise of devices where one user more or less takes
  ///   part, whose own noise would come or go as well.
  package static func epsilon(
    of releases: [Participation], against adversary: Adversary, delta: Double,
    neighbors: NeighboringRelation = .zeroOut
  ) throws(AccountingError) -> Bound {
    for release in releases {
      guard neighbors == .addOrRemoveOne, case .distributed = release.mechanism else { continue }
      throw .unsupported(
        mechanism: "noise made by devices",
        reason: "a user who is not there adds no noise, either; use zeroOut")
    }
    return try epsilon(
      of: releases.map { $0.mechanism.event(seenBy: adversary).times($0.count) }, delta: delta,
      neighbors: neighbors)
  }
}
