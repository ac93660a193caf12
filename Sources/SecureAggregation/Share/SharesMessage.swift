package import CryptoPrimitives

/// A client's shares for all of its neighbors, each in a box: message kind 4.
package struct SharesMessage: Sendable {
  /// T2.
  package let transcript: Bytes32
  package let index: Int
  /// B = b G, against which a reconstructed b is checked.
  ///
  /// The decoder takes any 32 bytes.
  package let selfMaskPoint: Bytes32
  /// For all neighbors in ascending slots.
  package let boxes: [ShareBox]

  package init(
    transcript: Bytes32, index: Int, selfMaskPoint: Bytes32, boxes: [ShareBox]
  ) {
    self.transcript = transcript
    self.index = index
    self.selfMaskPoint = selfMaskPoint
    self.boxes = boxes
  }
}

extension SharesMessage: MessageContent {
  package static let kind = MessageKind.shares
  package static let signatureLabel = DomainLabel.signedShares

  package func append(to bytes: inout [UInt8]) {
    bytes.reserve(128 + boxes.count * ShareBox.byteCount)
    transcript.append(to: &bytes)
    bytes.append(littleEndian: UInt32(index))
    selfMaskPoint.append(to: &bytes)
    bytes.append(littleEndian: UInt32(boxes.count))
    for box in boxes { box.append(to: &bytes) }
  }

  package init(from reader: inout MessageReader) throws(ProtocolError) {
    let transcript = try reader.fields.bytes32("Shares.T2")
    let index = try reader.fields.cohortIndex("Shares.index")
    let point = try reader.fields.bytes32("Shares.selfMaskPoint")
    var boxes: [ShareBox] = []
    for _ in 0..<(try reader.fields.count(1...SlotLimits.mostEntries, "Shares.boxes")) {
      boxes.append(try reader.fields.shareBox("Shares.boxes"))
    }
    self.init(transcript: transcript, index: index, selfMaskPoint: point, boxes: boxes)
  }
}
