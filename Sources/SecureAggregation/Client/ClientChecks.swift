/// All checks of a client, by the moment at which they are made: sections 13.1 to 13.5.
struct ClientChecks: Sendable {
  // Every message.
  var arrival = Arrival.checks
  var address = Address.checks

  // RoundConfig -> Advertise.
  var offer = Offer.checks
  var floors = Offer.floors
  var listedWitness = Offer.ListedWitness.checks
  var standing = Offer.standing

  // Directory -> Shares.
  var cohort = CohortView.checks
  var reveal = CohortView.Reveal.checks
  var neighborhood = Neighborhood.checks
  var neighbor = Neighborhood.Introduction.checks
  var keys = Neighborhood.keyChecks

  // Inbox -> Input.
  var sharers = SharerView.checks
  var box = SharerView.Delivery.checks

  // Survivors -> Consistency.
  var survivors = SurvivorView.checks
  var signing = SurvivorView.signingChecks

  // Quorum -> Unmask.
  var signer = QuorumView.Signer.checks
  var quorum = QuorumView.checks
  var signature = QuorumView.Signer.signatureChecks
  var witnesses = QuorumView.witnessChecks
  var cosignature = QuorumView.Cosigner.checks

  static let all = ClientChecks()
}
