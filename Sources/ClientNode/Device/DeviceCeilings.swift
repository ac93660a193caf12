internal import RoundVocabulary
package import SecureAggregation
internal import WireProtocol

/// What the device insists on, from its own configuration; no plan can raise it.
package struct DeviceCeilings: Sendable {
  /// Floors and bounds of every round; coordinators, authority and witnesses are filled in from the
  /// join code.
  package var policy: ClientPolicy
  /// Contributions that the device ever makes, to all coordinators together.
  ///
  /// Together with `policy.leastNoise` this bounds what all of them reveal: each has at least that
  /// ratio of noise variance to squared sensitivity.
  package var mostContributions: Int
  /// The longest that local work on one contribution may take.
  package var mostTrainingTime: Duration
  /// Bytes of the longest plan, catalogue or model that the device reads.
  ///
  /// At most `WireLimits.blobByteCount` counts. Together with `policy.mostDimension` this bounds the memory of a round.
  package var mostDownload: Int
  /// Witnesses that have to have signed the log's head, of those that are pinned.
  ///
  /// Rounds that name witnesses demand a majority of them whatever this is.
  package var leastLogWitnesses: Int
  /// How long nothing is contributed once the ledger was not as it had been left.
  package var quarantineSeconds: UInt64
  /// Days on which the device checks in, of any `CheckInCount.windowDays`.
  package var mostCheckInDays: Int

  package init(
    policy: ClientPolicy, mostContributions: Int, mostTrainingTime: Duration,
    mostDownload: Int, leastLogWitnesses: Int = 0, quarantineSeconds: UInt64,
    mostCheckInDays: Int = CheckInCount.windowDays
  ) {
    self.mostCheckInDays = mostCheckInDays
    self.quarantineSeconds = quarantineSeconds
    self.leastLogWitnesses = leastLogWitnesses
    self.mostDownload = min(mostDownload, WireLimits.blobByteCount)
    self.policy = policy
    self.mostContributions = mostContributions
    self.mostTrainingTime = mostTrainingTime
  }
}
