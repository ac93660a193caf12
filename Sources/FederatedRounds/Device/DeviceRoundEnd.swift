package import CryptoPrimitives
package import SecureAggregation

/// How a round ended for one device: one of these, never silence.
package enum DeviceRoundEnd: Sendable, Equatable {
  /// The device's contribution was on its way when the sum was closed, which became a model.
  case committed(model: Bytes32)
  /// The device has done its part; the deadline came before it heard how the round ended.
  case contributed
  /// The device stopped.
  case stopped(AbortCode)
  /// The coordinator ended the round without a sum.
  case aborted(reason: UInt32)
  /// The coordinator does not want this device, or its message, any more.
  case dismissed
  /// The device's own work failed, and nothing was sent of it.
  case failed(reason: String)
  /// The process ended in the middle of the round: its secrets are gone.
  case interrupted
}

extension DeviceRoundEnd: CustomStringConvertible {
  package var description: String {
    switch self {
    case .committed(let model): "the sum became version \(model)"
    case .contributed: "contributed; how the round ended was not heard in time"
    case .stopped(let code): "the device left it: \(code.explanation) (\(code))"
    case .aborted(let reason):
      "aborted by the coordinator: \(RoundAbort(number: reason)?.name ?? "reason") (\(reason))"
    case .dismissed: "the coordinator went on without this device"
    case .failed(let reason): "the device's own work failed: \(reason)"
    case .interrupted: "interrupted; the device's secrets of the round are gone"
    }
  }
}
