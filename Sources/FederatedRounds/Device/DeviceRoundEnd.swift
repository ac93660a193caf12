package import CryptoPrimitives
package import SecureAggregation

/// How a round ended for one device: one of these, never silence.
package enum DeviceRoundEnd: Sendable, Equatable {
  /// The sum with this device's contribution was opened and became a model.
  case committed(model: Bytes32)
  /// The device has done its part; the deadline came before it heard how the round ended.
  case contributed
  /// The device stopped.
  case stopped(AbortCode)
  /// The coordinator ended the round without a sum.
  case aborted(reason: UInt32)
  /// The coordinator does not want this device, or its message, any more.
  case dismissed
  /// The process ended in the middle of the round: its secrets are gone.
  case interrupted
}
