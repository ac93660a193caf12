internal import HTTPTypes
internal import WireProtocol

/// The one place that maps refusals to HTTP: protocols/node-api.md, section 5.
extension RefusalCode {
  var status: HTTPResponse.Status {
    switch self {
    case .malformed: .badRequest
    case .tooLarge: .contentTooLarge
    case .mediaType: .unsupportedMediaType
    case .version: HTTPResponse.Status(code: 426, reasonPhrase: "Upgrade Required")
    case .signature, .clock: .unauthorized
    case .unknownDevice, .revoked, .joinCode: .forbidden
    case .replay, .deviceExists, .wrongStep, .equivocation: .conflict
    case .unknownRound, .notFound: .notFound
    case .roundEnded: .gone
    case .refusedMessage: .unprocessableContent
    case .busy: .tooManyRequests
    case .draining, .storage: .serviceUnavailable
    }
  }
}
