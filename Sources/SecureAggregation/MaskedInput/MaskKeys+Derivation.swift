package import CryptoPrimitives
package import RingArithmetic

extension MaskSign {
  /// How client `index` applies the mask that it shares with `other`: the lower index adds.
  init(of index: Int, towards other: Int) { self = index < other ? .added : .subtracted }
}

extension MaskKeys {
  /// Appends the key of a client's self mask.
  ///
  /// - Parameter secret: b.
  /// - Parameter maskKey: S of the same client.
  /// - Parameter transcript: T3.
  package mutating func appendSelfMask(
    of secret: borrowing SecretBytes, maskKey: Bytes32, in transcript: Bytes32, _ sign: MaskSign
  ) {
    var message = LabeledMessage(.selfMask)
    message.append(transcript)
    message.append(maskKey)
    append(derivedFrom: secret, message: message, sign)
  }

  /// Appends the key of the mask that two clients share.
  ///
  /// - Parameter agreement: q.
  /// - Parameter maskKeys: S of both, in any order.
  /// - Parameter transcript: T3.
  package mutating func appendPairwiseMask(
    of agreement: borrowing SecretBytes, between maskKeys: (Bytes32, Bytes32),
    in transcript: Bytes32, _ sign: MaskSign
  ) {
    var message = LabeledMessage(.pair)
    message.append(transcript)
    message.append(min(maskKeys.0, maskKeys.1))
    message.append(max(maskKeys.0, maskKeys.1))
    append(derivedFrom: agreement, message: message, sign)
  }
}
