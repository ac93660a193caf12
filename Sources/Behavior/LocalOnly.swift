/// A value that stays on its device: what its user did, or what follows from that alone.
///
/// It has no encoding and no text, on purpose: what has none cannot be put into a message, a log line or
/// an error. Only code that computes with it on the device opens it.
package struct LocalOnly<Value: Sendable>: Sendable {
  /// The value, for work on this device.
  package let value: Value

  package init(_ value: Value) { self.value = value }
}

@available(*, unavailable, message: "what is local stays on the device: it has no encoding")
extension LocalOnly: Encodable {
  package func encode(to encoder: any Encoder) throws { preconditionFailure("has no encoding") }
}

extension LocalOnly: CustomStringConvertible {
  package var description: String { "(stays on the device)" }
}

extension LocalOnly: CustomReflectable {
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}
