package import CryptoPrimitives

extension SecretBytes {
  /// A secret whose bytes a test chose.
  package init(known bytes: [UInt8]) {
    self.init(zeros: bytes.count)
    withMutableBytes { target in
      for (index, byte) in bytes.enumerated() {
        target.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
      }
    }
  }

  /// The bytes, for tests that compare them with known answers.
  package var contents: [UInt8] {
    withBytes { bytes in
      bytes.byteOffsets.map { unsafe bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
    }
  }
}
