internal import CryptoPrimitives

/// Who else signed the survivors, as the coordinator shows it: section 13.5.
struct QuorumView: Sendable {
  let signatureCount: Int
  let parameters: GraphParameters

  static let checks: [Check<QuorumView>] = [
    Check(.fewSignatures, "Quorum.signatures") { view in
      // In the complete graph the client is among its own holders, and has signed.
      let own = view.parameters.mode == .complete ? 1 : 0
      return view.signatureCount + own >= view.parameters.threshold
    }
  ]

  /// One signature, and the neighbor in whose slot it stands.
  struct Signer: Sendable {
    let neighbor: Neighborhood.Neighbor?
    let signature: Signature
    let survivors: Survivors

    static let checks: [Check<Signer>] = [
      Check(.notANeighbor, "Quorum.signatures.slot") { signer in
        signer.neighbor.map { signer.survivors.members.contains($0.index) } ?? false
      }
    ]

    static let signatureChecks: [Check<Signer>] = [
      Check(.neighborSignature, "Quorum.signatures") { signer in
        guard let neighbor = signer.neighbor else { return false }
        let message = ConsistencyMessage(
          transcript: signer.survivors.transcript, index: neighbor.index)
        return Signed(message, signature: signer.signature).isSigned(by: neighbor.identity)
      }
    ]
  }

  /// How many witnesses signed, and how many have to.
  struct Witnesses: Sendable {
    let cosignatureCount: Int
    let witnessCount: Int
  }

  static let witnessChecks: [Check<Witnesses>] = [
    Check(.witnessSet, "Quorum.cosignatures") { $0.cosignatureCount == $0.witnessCount }
  ]

  /// A witness's signature.
  struct Cosigner: Sendable {
    let witness: VerificationKey
    let cosignature: Signature
    /// T4.
    let transcript: Bytes32

    static let checks: [Check<Cosigner>] = [
      Check(.witnessSignature, "Quorum.cosignatures") { cosigner in
        let message = CosignMessage(transcript: cosigner.transcript, witness: cosigner.witness)
        return Signed(message, signature: cosigner.cosignature).isSigned(by: cosigner.witness)
      }
    ]
  }
}
