package import CryptoPrimitives

/// The cohort, as the coordinator shows it to one client: message kind 3.
package struct DirectoryMessage: Sendable {
  /// A witness's next chain value, signed for this cohort.
  package struct RevealedValue: Sendable, Equatable {
    package let value: Bytes32
    package let signature: Signature

    package init(value: Bytes32, signature: Signature) {
      self.value = value
      self.signature = signature
    }
  }

  /// T0.
  package let transcript: Bytes32
  /// The cohort index that the receiver gets.
  package let recipient: Int
  /// Of the whole cohort, in index order.
  package let leaves: [Bytes32]
  /// In the order of the configuration.
  package let reveals: [RevealedValue]
  /// What the receiver's neighbors advertised, in ascending slots.
  package let neighbors: [Signed<AdvertiseMessage>]

  package init(
    transcript: Bytes32, recipient: Int, leaves: [Bytes32], reveals: [RevealedValue],
    neighbors: [Signed<AdvertiseMessage>]
  ) {
    self.transcript = transcript
    self.recipient = recipient
    self.leaves = leaves
    self.reveals = reveals
    self.neighbors = neighbors
  }
}

extension DirectoryMessage: MessageContent {
  package static let kind = MessageKind.directory
  package static let signatureLabel = DomainLabel.signedDirectory

  package func append(to bytes: inout [UInt8]) {
    bytes.reserve(
      256 + leaves.count * Bytes32.count
        + neighbors.count * (Certificate.byteCount + 3 * Bytes32.count + Signature.byteCount))
    transcript.append(to: &bytes)
    bytes.append(littleEndian: UInt32(leaves.count))
    bytes.append(littleEndian: UInt32(recipient))
    for leaf in leaves { leaf.append(to: &bytes) }
    bytes.append(littleEndian: UInt32(reveals.count))
    for reveal in reveals {
      reveal.value.append(to: &bytes)
      reveal.signature.append(to: &bytes)
    }
    bytes.append(littleEndian: UInt32(neighbors.count))
    for neighbor in neighbors {
      neighbor.content.appendKeys(to: &bytes)
      neighbor.signature.append(to: &bytes)
    }
  }

  package init(from reader: inout MessageReader) throws(ProtocolError) {
    let transcript = try reader.fields.bytes32("Directory.T0")
    let cohortSize = try reader.fields.cohortSize("Directory.n")
    let recipient = Int(try reader.fields.u32(0...UInt32(cohortSize - 1), "Directory.recipient"))
    var leaves: [Bytes32] = []
    for _ in 0..<cohortSize { leaves.append(try reader.fields.bytes32("Directory.leaves")) }
    var reveals: [RevealedValue] = []
    for _ in 0..<(try reader.fields.count(0...RoundConfig.mostWitnesses, "Directory.reveals")) {
      reveals.append(
        RevealedValue(
          value: try reader.fields.bytes32("Directory.reveals.value"),
          signature: try reader.fields.signature("Directory.reveals.signature")))
    }
    var neighbors: [Signed<AdvertiseMessage>] = []
    for _ in 0..<(try reader.fields.count(0...SlotLimits.mostEntries, "Directory.neighbors")) {
      let content = try AdvertiseMessage(transcript: transcript, keysFrom: &reader.fields)
      neighbors.append(
        Signed(content, signature: try reader.fields.signature("Directory.neighbors.signature")))
    }
    self.init(
      transcript: transcript, recipient: recipient, leaves: leaves, reveals: reveals,
      neighbors: neighbors)
  }

  package func checkJointConditions() throws(ProtocolError) {
    for neighbor in neighbors { try neighbor.content.checkJointConditions() }
  }
}
