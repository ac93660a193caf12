import CryptoPrimitives
import TestSupport

@testable import TransparencyLog

/// Keys that follow from names.
enum Cast {
  static let log = key("log")
  static let identity = LogIdentity(key: log.verificationKey)

  static func key(_ name: String) -> SigningKey {
    SigningKey(seed: SecretBytes(known: Blake2b.hash(Array(name.utf8))))
  }

  static func witness(_ number: Int) -> SigningKey { key("witness \(number)") }

  /// `count` pinned witnesses of which `needed` have to sign.
  static func quorum(_ needed: Int, of count: Int) -> WitnessQuorum {
    WitnessQuorum(Set((0..<count).map { witness($0).verificationKey }), needed: needed)
  }

  /// 32 bytes that follow from a name.
  static func bytes(_ name: String) -> Bytes32 { Blake2b.digest(Array(name.utf8)) }

  /// A head that the log and the first `witnesses` witnesses have signed.
  static func head(
    _ log: MemoryLog, size: Int? = nil, time: UInt64, witnesses: Int = 0
  ) -> CosignedHead {
    cosigned(SignedHead(tree: log.state(size: size), time: time, by: Self.log), witnesses)
  }

  static func cosigned(_ signed: SignedHead, _ witnesses: Int) -> CosignedHead {
    var head = CosignedHead(signed)
    for number in 0..<witnesses { head.add(Cosignature(of: signed.head, by: witness(number))) }
    return head
  }

  /// A head with any name, signed by any key.
  static func head(
    named name: Bytes32, tree: TreeState, time: UInt64, by key: borrowing SigningKey
  ) -> SignedHead {
    let head = TreeHead(log: name, tree: tree, time: time)
    return SignedHead(head, signature: key.sign(head.signatureDigest))
  }
}
