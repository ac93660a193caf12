package import CryptoPrimitives

/// Who shared, and the boxes for one client: message kind 5.
package struct InboxMessage: Sendable {
  /// T2.
  package let transcript: Bytes32
  package let recipient: Int
  /// U2.
  package let sharers: CohortSet
  /// In ascending slots of the receiver.
  package let boxes: [Slotted<ShareBox>]

  package init(
    transcript: Bytes32, recipient: Int, sharers: CohortSet, boxes: [Slotted<ShareBox>]
  ) {
    self.transcript = transcript
    self.recipient = recipient
    self.sharers = sharers
    self.boxes = boxes
  }
}

extension InboxMessage: MessageContent {
  package static let kind = MessageKind.inbox
  package static let signatureLabel = DomainLabel.signedInbox

  package func append(to bytes: inout [UInt8]) {
    bytes.reserve(64 + sharers.bitmap.count + boxes.count * (4 + ShareBox.byteCount))
    transcript.append(to: &bytes)
    bytes.append(littleEndian: UInt32(recipient))
    bytes.append(littleEndian: UInt32(sharers.cohortSize))
    bytes += sharers.bitmap
    bytes.append(boxes) { bytes, box in box.append(to: &bytes) }
  }

  package init(from reader: inout MessageReader) throws(ProtocolError) {
    let transcript = try reader.fields.bytes32("Inbox.T2")
    let recipient = Int(try reader.fields.u32("Inbox.recipient"))
    let cohortSize = try reader.fields.cohortSize("Inbox.n")
    let sharers = try reader.fields.bitmap(cohortSize, "Inbox.sharers")
    let boxes = try reader.fields.slotted("Inbox.boxes") {
      (reader) throws(ProtocolError) in try reader.shareBox("Inbox.boxes")
    }
    self.init(transcript: transcript, recipient: recipient, sharers: sharers, boxes: boxes)
  }

  package func checkJointConditions() throws(ProtocolError) {
    guard recipient < sharers.cohortSize else { throw ProtocolError(.range, "Inbox.recipient") }
  }
}
