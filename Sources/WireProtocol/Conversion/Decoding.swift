internal import CryptoPrimitives
internal import Foundation
internal import SwiftProtobuf

/// Decodes one message of the contract, after its size was checked.
func decode<Message: SwiftProtobuf.Message>(
  _ bytes: [UInt8], as type: Message.Type, limit: Int
) throws(WireError) -> Message {
  guard bytes.count <= limit else { throw .tooLarge(bytes: bytes.count, limit: limit) }
  var options = BinaryDecodingOptions()
  // No message nests deeper, and what a newer version adds is not kept.
  options.messageDepthLimit = 4
  options.discardUnknownFields = true
  do { return try Message(serializedBytes: bytes, options: options) } catch {
    throw .malformed(message: Message.protoMessageName)
  }
}

/// Encodes a message that this module has made.
func encode(_ message: some SwiftProtobuf.Message) -> [UInt8] {
  do { return try message.serializedBytes() } catch {
    // Cannot fail: proto3 has no required fields, and no field of ours is over 2 GiB.
    preconditionFailure("a message of \(type(of: message)) cannot be encoded")
  }
}

extension Data {
  /// The 32 bytes of a field.
  func bytes32(_ field: String) throws(WireError) -> Bytes32 {
    guard let value = Bytes32([UInt8](self)) else {
      throw .length(field: field, found: count, allowed: Bytes32.count...Bytes32.count)
    }
    return value
  }

  func verificationKey(_ field: String) throws(WireError) -> VerificationKey {
    VerificationKey(encoding: try bytes32(field))
  }

  func signature(_ field: String) throws(WireError) -> Signature {
    guard let value = Signature([UInt8](self)) else {
      throw .length(field: field, found: count, allowed: Signature.byteCount...Signature.byteCount)
    }
    return value
  }

  /// The bytes of a field whose length is bounded.
  func bytes(_ field: String, _ allowed: ClosedRange<Int>) throws(WireError) -> [UInt8] {
    guard allowed.contains(count) else {
      throw .length(field: field, found: count, allowed: allowed)
    }
    return [UInt8](self)
  }
}

extension Bytes32 {
  var field: Data { Data(bytes) }
}

extension UInt32 {
  /// Checks the version that a message names.
  func checkedAsVersion() throws(WireError) {
    guard (WireLimits.oldestVersion...WireLimits.newestVersion).contains(self) else {
      throw .version(
        found: self, oldest: WireLimits.oldestVersion, newest: WireLimits.newestVersion)
    }
  }
}
