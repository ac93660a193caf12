package import Behavior

/// An event as the device keeps it: its item by the publisher's identifier, which outlives catalogues.
package struct StoredEvent: Sendable, Equatable {
  package var item: String
  package var kind: BehaviorKind
  /// Rating, price paid, dwell; NaN for none.
  package var value: Float
  /// Unix seconds; nil where the source had none.
  package var time: Int64?

  package init(item: String, kind: BehaviorKind, value: Float = .nan, time: Int64?) {
    self.item = item
    self.kind = kind
    self.value = value
    self.time = time
  }

  /// The longest identifier, in bytes of UTF-8.
  static let mostIdentifierBytes = 1 << 10

  /// What is sealed: format, kind, whether there is a time, value, identifier.
  ///
  /// The time is beside it.
  var payload: [UInt8] {
    var bytes: [UInt8] = [1, kind.rawValue, time == nil ? 0 : 1]
    for shift in stride(from: UInt32(0), to: 32, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
    }
    return bytes + item.utf8
  }

  /// The event with this payload; nil if it is none.
  init?(payload: [UInt8], storedAt time: Int64) {
    guard payload.count > 7, payload[0] == 1, let kind = BehaviorKind(rawValue: payload[1]),
      payload[2] <= 1, let item = String(validating: payload[7...], as: UTF8.self)
    else { return nil }
    let bits = payload[3..<7].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    self.init(
      item: item, kind: kind, value: Float(bitPattern: bits), time: payload[2] == 1 ? time : nil)
  }
}
