package import CryptoPrimitives

/// What a coordinator answers.
package enum ReplyBody: Sendable, Equatable {
  /// 112 bytes.
  case enrolled(certificate: [UInt8])
  /// Come again in so many seconds.
  case wait(seconds: UInt32, served: ServedModel?)
  case offer(RoundOffer, served: ServedModel?)
  /// The message is durable.
  case receipt(digest: Bytes32)
  case progress(UploadProgress)
  case notYet(retryMilliseconds: UInt32)
  /// A message of the aggregation protocol.
  case message([UInt8])
  case ended(RoundEnding)
}

/// A round that a device may join.
package struct RoundOffer: Sendable, Equatable {
  /// The signed RoundConfig.
  package let configuration: [UInt8]
  /// The hash of the plan.
  package let plan: Bytes32
  package let planSignature: Signature
  /// The hash of the model to train on.
  package let model: Bytes32
  /// The name of the federated task.
  package let task: String
  /// How often the coordinator has counted a contribution of the device to the task; nil if it does not say.
  package var counted: Int?

  package init(
    configuration: [UInt8], plan: Bytes32, planSignature: Signature, model: Bytes32, task: String,
    counted: Int? = nil
  ) {
    self.counted = counted
    self.configuration = configuration
    self.plan = plan
    self.planSignature = planSignature
    self.model = model
    self.task = task
  }
}

/// The model version that devices compute profiles with.
package struct ServedModel: Sendable, Equatable {
  /// The hash of the plan whose version it is.
  package let plan: Bytes32
  package let planSignature: Signature
  /// The hash of the version.
  package let model: Bytes32

  package init(plan: Bytes32, planSignature: Signature, model: Bytes32) {
    self.plan = plan
    self.planSignature = planSignature
    self.model = model
  }
}

/// How far an upload is.
package struct UploadProgress: Sendable, Equatable {
  /// Bytes that are there without a gap.
  package let received: Int
  /// Of the whole message, once it is durable.
  package let digest: Bytes32?

  package init(received: Int, digest: Bytes32?) {
    self.received = received
    self.digest = digest
  }
}

/// How a round ended.
package enum RoundEnding: Sendable, Equatable {
  case committed(model: Bytes32)
  case aborted(reason: UInt32)
}
