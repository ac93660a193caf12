/// What the signer of a plan signs.
package enum PlanSignature {
  /// The 32 bytes that are signed for the plan whose document has this hash.
  package static func digest(_ plan: Bytes32) -> Bytes32 {
    var message = LabeledMessage(.plan)
    message.append(plan)
    return message.digest
  }
}
