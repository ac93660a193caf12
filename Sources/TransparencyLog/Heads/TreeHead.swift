package import CryptoPrimitives

/// What a log says of itself at a time: protocols/transparency-log.md, section 6.
package struct TreeHead: Sendable, Hashable {
  /// The name of the log.
  package let log: Bytes32
  package let tree: TreeState
  /// Unix seconds.
  ///
  /// Of two heads of a log the later one has at least as many entries.
  package let time: UInt64

  package init(log: Bytes32, tree: TreeState, time: UInt64) {
    self.log = log
    self.tree = tree
    self.time = time
  }

  /// The 32 bytes that a log signs.
  var signatureDigest: Bytes32 {
    var message = LabeledMessage(.logHead)
    message.append(fields)
    return message.digest
  }

  fileprivate var fields: [UInt8] {
    var bytes: [UInt8] = []
    log.append(to: &bytes)
    bytes.append(littleEndian: tree.size)
    tree.root.append(to: &bytes)
    bytes.append(littleEndian: time)
    return bytes
  }

  fileprivate init(from reader: inout FieldReader) throws(LogRefusal) {
    log = try reader.bytes32("head.log")
    let size = try reader.u64(0...LogLimits.mostCount, "head.size")
    tree = TreeState(size: size, root: try reader.bytes32("head.root"))
    guard size > 0 || tree == .empty else { throw reader.refusal(.contradiction, "head.root") }
    time = try reader.ordinal("head.time")
  }
}

/// A head with its log's signature, which may be wrong: it says who claims the head.
package struct SignedHead: Sendable, Equatable {
  package let head: TreeHead
  package let signature: Signature

  /// A head with a signature from elsewhere.
  package init(_ head: TreeHead, signature: Signature) {
    self.head = head
    self.signature = signature
  }

  /// A head that the log signs.
  ///
  /// A log signs a head only when its entries are durable, and no two heads of one size.
  package init(tree: TreeState, time: UInt64, by key: borrowing SigningKey) {
    head = TreeHead(log: LogIdentity(key: key.verificationKey).name, tree: tree, time: time)
    signature = key.sign(head.signatureDigest)
  }

  /// Whether `log` signed this head, and it is a head of that log.
  package func isSigned(by log: LogIdentity) -> Bool {
    head.log == log.name && log.key.isValid(signature, on: head.signatureDigest)
  }
}

extension SignedHead {
  package var encoded: [UInt8] { StructureKind.signedHead.header + head.fields + signature.bytes }

  package init(decoding bytes: [UInt8]) throws(LogRefusal) {
    var reader = FieldReader(bytes)
    try self.init(from: &reader)
    try reader.finish("head")
  }

  init(from reader: inout FieldReader) throws(LogRefusal) {
    try reader.header(.signedHead, "head.header")
    head = try TreeHead(from: &reader)
    signature = try reader.signature("head.signature")
  }
}
