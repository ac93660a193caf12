package import PrivacyAccounting
internal import RoundVocabulary

extension LoggedMechanism {
  /// Of one noise on one coordinate, in squared ring units.
  package var variance: Double { Double(varianceNumerator) / Double(varianceDenominator) }

  /// What an accountant is asked about; nil without noise, where nothing bounds the loss.
  package var observed: ObservedMechanism? {
    let shift = MechanismEvent.IntegerShift.bounded(
      squaredNorm: Double(squaredNormBound), dimension: Int(dimension))
    func devices(_ law: ObservedMechanism.DeviceNoise.Law) -> ObservedMechanism {
      .distributed(
        ObservedMechanism.DeviceNoise(
          law: law, variance: variance, shift: shift,
          assurance: CohortAssurance(leastSurvivors: leastSurvivors, mostColluding: mostColluding),
          totalVariation: totalVariation))
    }
    switch law {
    case .none: return nil
    case .skellam: return devices(.skellam)
    case .discreteGaussian: return devices(.discreteGaussian)
    case .centralDiscreteGaussian:
      return .central(
        .approximate(
          .discreteGaussian(variance: variance, shift: shift), totalVariation: totalVariation))
    }
  }
}
