extension Bytes32 {
  /// The bytes of 64 lower-case hexadecimal digits.
  package init?(hexadecimal text: String) {
    guard text.utf8.count == 2 * Self.count, let found = CryptoPrimitives.bytes(hexadecimal: text)
    else {
      return nil
    }
    self.init(found)
  }
}
