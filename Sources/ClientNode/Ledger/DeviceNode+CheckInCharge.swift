internal import CryptoPrimitives
internal import DeviceLedger
internal import RoundVocabulary
internal import Storage
internal import WireProtocol

/// What being counted among those who check in costs: protocols/device-ledger.md, section 8.
extension DeviceNode {
  /// Charges the device for being counted, before a check-in that is stamped `time` leaves.
  ///
  /// The coordinator counts it on the day that its own clock shows, which is any within its tolerance of the stamp:
  /// near midnight two days are charged.
  /// - Throws: `DeviceError.checkInsSpent` where that is more than the owner allows.
  func chargeCheckIn(
    at time: UInt64, by coordinator: CoordinatorDescription
  ) async throws(DeviceError) {
    let (earliest, latest) = (time - min(time, WireLimits.clockSkew), time + WireLimits.clockSkew)
    let isCharged: Bool
    do throws(StorageError) {
      isCharged = try await store.noteCheckIn(
        on: earliest / DeviceLedger.secondsPerDay...latest / DeviceLedger.secondsPerDay,
        at: coordinator.identity.encoding, most: ceilings.mostCheckInDays,
        in: UInt64(CheckInCount.windowDays))
    } catch { throw .storage(error) }
    guard isCharged else { throw .checkInsSpent(most: ceilings.mostCheckInDays) }
  }

  /// On how many days coordinators may have counted the device, and on how many of the last
  /// `CheckInCount.windowDays`.
  ///
  /// Two coordinators on one day are two.
  package func checkInDays() async throws(DeviceError) -> (life: Int, recent: Int) {
    let today = Int64(clock() / DeviceLedger.secondsPerDay)
    do throws(StorageError) {
      return (
        try await store.checkIns(),
        try await store.checkIns(from: today - Int64(CheckInCount.windowDays) + 1, to: today)
      )
    } catch { throw .storage(error) }
  }
}
