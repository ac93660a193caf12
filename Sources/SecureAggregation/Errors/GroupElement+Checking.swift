internal import CryptoPrimitives

extension GroupElement {
  /// The element that a message has in one of its fields.
  ///
  /// - Throws: `point`, naming the field.
  init(checking encoding: Bytes32, _ place: StaticString) throws(ProtocolError) {
    do throws(CryptoError) {
      try self.init(encoding: encoding)
    } catch {
      throw ProtocolError(.point, place)
    }
  }
}
