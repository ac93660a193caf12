internal import CryptoPrimitives
internal import Foundation

extension SignedReply {
  /// The answer that `bytes` encode; its signature is not verified yet.
  package init(decoding bytes: [UInt8]) throws(WireError) {
    let message = try decode(
      bytes, as: Silhouette_Node_V1_Reply.self, limit: WireLimits.replyByteCount)
    try message.version.checkedAsVersion()
    self.init(
      version: message.version,
      nonce: try message.nonce.bytes("Reply.nonce", 0...WireLimits.nonceByteCount),
      status: message.status,
      body: try message.body.bytes("Reply.body", 0...WireLimits.replyByteCount),
      signature: try message.signature.signature("Reply.signature"))
  }

  package var encoded: [UInt8] {
    var message = Silhouette_Node_V1_Reply()
    message.version = version
    message.nonce = Data(nonce)
    message.status = status
    message.body = Data(body)
    message.signature = Data(signature.bytes)
    return encode(message)
  }
}

extension Refusal {
  init(decoding bytes: [UInt8], code: RefusalCode) throws(WireError) {
    let message = try decode(
      bytes, as: Silhouette_Node_V1_Failure.self, limit: WireLimits.replyByteCount)
    guard message.reason.utf8.count <= WireLimits.reasonByteCount else {
      throw .length(
        field: "Failure.reason", found: message.reason.utf8.count,
        allowed: 0...WireLimits.reasonByteCount)
    }
    self.init(code, message.reason, coordinatorTime: message.coordinatorTime)
  }

  var encoded: [UInt8] {
    var message = Silhouette_Node_V1_Failure()
    message.reason = String(
      decoding: reason.utf8.prefix(WireLimits.reasonByteCount), as: UTF8.self)
    message.coordinatorTime = coordinatorTime
    message.oldestVersion = WireLimits.oldestVersion
    message.newestVersion = WireLimits.newestVersion
    return encode(message)
  }
}

extension ReplyBody {
  private static let certificateByteCount = 112

  init(decoding bytes: [UInt8], kind: RequestKind) throws(WireError) {
    let limit = WireLimits.replyByteCount
    switch kind {
    case .enroll:
      let message = try decode(bytes, as: Silhouette_Node_V1_Enrolled.self, limit: limit)
      let length = Self.certificateByteCount
      self = .enrolled(
        certificate: try message.certificate.bytes("Enrolled.certificate", length...length))
    case .checkIn:
      self = try decode(bytes, as: Silhouette_Node_V1_CheckedIn.self, limit: limit).native()
    case .stepMessage:
      let message = try decode(bytes, as: Silhouette_Node_V1_Receipt.self, limit: limit)
      self = .receipt(digest: try message.digest.bytes32("Receipt.digest"))
    case .uploadChunk:
      let message = try decode(bytes, as: Silhouette_Node_V1_UploadProgress.self, limit: limit)
      guard message.received <= WireLimits.uploadByteCount else {
        throw .range(field: "UploadProgress.received")
      }
      self = .progress(
        UploadProgress(
          received: Int(message.received),
          digest: message.digest.isEmpty
            ? nil : try message.digest.bytes32("UploadProgress.digest")))
    case .poll:
      self = try decode(bytes, as: Silhouette_Node_V1_Polled.self, limit: limit).native()
    }
  }

  var encoded: [UInt8] {
    switch self {
    case .enrolled(let certificate):
      var message = Silhouette_Node_V1_Enrolled()
      message.certificate = Data(certificate)
      return encode(message)
    case .wait(let seconds, let served):
      var message = Silhouette_Node_V1_CheckedIn()
      message.wait.seconds = seconds
      if let served { message.served = served.proto() }
      return encode(message)
    case .offer(let offer, let served):
      var message = Silhouette_Node_V1_CheckedIn()
      message.offer = offer.proto()
      if let served { message.served = served.proto() }
      return encode(message)
    case .receipt(let digest):
      var message = Silhouette_Node_V1_Receipt()
      message.digest = digest.field
      return encode(message)
    case .progress(let progress):
      var message = Silhouette_Node_V1_UploadProgress()
      message.received = UInt32(progress.received)
      if let digest = progress.digest { message.digest = digest.field }
      return encode(message)
    case .notYet(let retryMilliseconds):
      var message = Silhouette_Node_V1_Polled()
      message.notYet.retryMilliseconds = retryMilliseconds
      return encode(message)
    case .message(let bytes):
      var message = Silhouette_Node_V1_Polled()
      message.message = Data(bytes)
      return encode(message)
    case .ended(let ending):
      var message = Silhouette_Node_V1_Polled()
      message.ended = ending.proto()
      return encode(message)
    }
  }
}

extension ServedModel {
  fileprivate func proto() -> Silhouette_Node_V1_Served {
    var message = Silhouette_Node_V1_Served()
    message.plan = plan.field
    message.planSignature = Data(planSignature.bytes)
    message.model = model.field
    return message
  }
}

extension Silhouette_Node_V1_Served {
  fileprivate func native() throws(WireError) -> ServedModel {
    ServedModel(
      plan: try plan.bytes32("Served.plan"),
      planSignature: try planSignature.signature("Served.plan_signature"),
      model: try model.bytes32("Served.model"))
  }
}

extension RoundOffer {
  fileprivate func proto() -> Silhouette_Node_V1_Offer {
    var message = Silhouette_Node_V1_Offer()
    message.configuration = Data(configuration)
    message.plan = plan.field
    message.planSignature = Data(planSignature.bytes)
    message.model = model.field
    message.federatedTask = task
    if let counted { message.counted = UInt32(clamping: counted) }
    return message
  }
}

extension Silhouette_Node_V1_Offer {
  fileprivate func native() throws(WireError) -> RoundOffer {
    guard federatedTask.utf8.count <= WireLimits.taskNameByteCount else {
      throw .length(
        field: "Offer.federated_task", found: federatedTask.utf8.count,
        allowed: 0...WireLimits.taskNameByteCount)
    }
    return RoundOffer(
      configuration: try configuration.bytes(
        "Offer.configuration", 1...WireLimits.stepMessageByteCount),
      plan: try plan.bytes32("Offer.plan"),
      planSignature: try planSignature.signature("Offer.plan_signature"),
      model: try model.bytes32("Offer.model"), task: federatedTask,
      counted: hasCounted ? Int(counted) : nil)
  }
}

extension Silhouette_Node_V1_CheckedIn {
  fileprivate func native() throws(WireError) -> ReplyBody {
    let served = hasServed ? try self.served.native() : nil
    switch answer {
    case .wait(let wait):
      guard WireLimits.waitSeconds.contains(wait.seconds) else {
        throw .range(field: "Wait.seconds")
      }
      return .wait(seconds: wait.seconds, served: served)
    case .offer(let offer): return .offer(try offer.native(), served: served)
    case nil: throw .missing(field: "CheckedIn.answer")
    }
  }
}

extension RoundEnding {
  fileprivate func proto() -> Silhouette_Node_V1_Ended {
    var message = Silhouette_Node_V1_Ended()
    switch self {
    case .committed(let model): message.model = model.field
    case .aborted(let reason): message.reason = reason
    }
    return message
  }
}

extension Silhouette_Node_V1_Polled {
  fileprivate func native() throws(WireError) -> ReplyBody {
    switch answer {
    case .notYet(let notYet):
      return .notYet(retryMilliseconds: notYet.retryMilliseconds)
    case .message(let bytes):
      return .message(
        try bytes.bytes("Polled.message", 1...WireLimits.deliveredMessageByteCount))
    case .ended(let ended):
      guard ended.reason == 0 else { return .ended(.aborted(reason: ended.reason)) }
      return .ended(.committed(model: try ended.model.bytes32("Ended.model")))
    case nil: throw .missing(field: "Polled.answer")
    }
  }
}
