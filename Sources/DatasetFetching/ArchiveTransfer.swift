internal import Foundation
internal import Synchronization

#if canImport(FoundationNetworking)
  internal import FoundationNetworking
#endif

/// How one request ended.
enum TransferOutcome: Sendable, Equatable {
  /// All expected bytes are in the part.
  case complete
  /// The server did not continue where it was asked to; ask for the whole.
  case restartNeeded
  /// The request failed; what came in time is in the part.
  case failed(DownloadError)
}

/// One request for an archive, written to its part as it arrives.
final class ArchiveTransfer: NSObject, Sendable {
  struct Limits: Sendable {
    /// Longest wait for the next bytes, and for the first.
    var idle: Duration
    /// When the whole download must have ended.
    var deadline: ContinuousClock.Instant
  }

  private struct State {
    var receivedBytes: Int
    var lastArrival = ContinuousClock.now
    var outcome: TransferOutcome?
    var waiting: CheckedContinuation<TransferOutcome, Never>?
  }

  private let source: URL
  private let expectedBytes: Int
  private let offset: Int
  private let validator: String?
  private let part: PartialDownload
  private let limits: Limits
  private let progress: @Sendable (Int, Int) -> Void
  private let state: Mutex<State>

  /// Prepares a request for what the part lacks.
  init(
    _ download: DatasetDownload, into part: PartialDownload, limits: Limits,
    progress: @escaping @Sendable (Int, Int) -> Void
  ) throws(DownloadError) {
    let resumption = try part.resumption()
    source = download.source
    expectedBytes = download.archiveByteCount
    offset = resumption?.offset ?? 0
    validator = resumption?.validator
    self.part = part
    self.limits = limits
    self.progress = progress
    state = Mutex(State(receivedBytes: offset))
  }

  /// Bytes in the part that stem from this content.
  var receivedBytes: Int { state.withLock { $0.receivedBytes } }

  /// Sends the request and waits for its end, at most as long as the limits allow.
  func run() async -> TransferOutcome {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
    let session = URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
    defer { session.invalidateAndCancel() }
    let task = session.dataTask(with: request())
    return await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.watch() }
      let outcome = await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
          let early = state.withLock { state in
            if state.outcome == nil { state.waiting = continuation }
            return state.outcome
          }
          if let early { continuation.resume(returning: early) } else { task.resume() }
        }
      } onCancel: {
        self.finish(.failed(.cancelled))
      }
      group.cancelAll()
      return outcome
    }
  }

  private func request() -> URLRequest {
    var request = URLRequest(url: source)
    // A compressed transfer would make byte positions meaningless.
    request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
    if let validator {
      request.setValue("bytes=\(offset)-", forHTTPHeaderField: "Range")
      request.setValue(validator, forHTTPHeaderField: "If-Range")
    }
    return request
  }

  /// Ends the transfer when a limit passes; URLSession's own timers differ between systems.
  private func watch() async {
    while true {
      let due = min(state.withLock { $0.lastArrival } + limits.idle, limits.deadline)
      if due <= .now {
        return finish(.failed(.timedOut(address: address, receivedBytes: receivedBytes)))
      }
      do { try await ContinuousClock().sleep(until: due) } catch { return }
    }
  }

  private func finish(_ outcome: TransferOutcome) {
    let waiting = state.withLock { state -> CheckedContinuation<TransferOutcome, Never>? in
      guard state.outcome == nil else { return nil }
      state.outcome = outcome
      defer { state.waiting = nil }
      return state.waiting
    }
    waiting?.resume(returning: outcome)
  }

  private var address: String { source.absoluteString }
}

extension ArchiveTransfer: URLSessionDataDelegate {
  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
  ) {
    let refusal = state.withLock { state in
      state.outcome ?? begin(response, &state)
    }
    if let refusal { finish(refusal) }
    completionHandler(refusal == nil ? .allow : .cancel)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    let (received, failure) = state.withLock { state -> (Int, DownloadError?) in
      guard state.outcome == nil else { return (0, nil) }
      return (state.receivedBytes + data.count, append(Array(data), &state))
    }
    if let failure {
      finish(.failed(failure))
      dataTask.cancel()
    } else if received > 0 {
      progress(received, expectedBytes)
    }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    let received = receivedBytes
    if received == expectedBytes, error == nil {
      return finish(.complete)
    }
    let code = (error as? URLError)?.code
    if code == .timedOut {
      finish(.failed(.timedOut(address: address, receivedBytes: received)))
    } else if let error, received == offset, code != .networkConnectionLost {
      let host = source.host() ?? address
      finish(.failed(.noNetwork(host: host, reason: error.localizedDescription)))
    } else {
      finish(
        .failed(
          .connectionLost(
            address: address, receivedBytes: received, expectedBytes: expectedBytes)))
    }
  }

  /// Checks the head of the answer and sets the part up for its body.
  private func begin(_ response: URLResponse, _ state: inout State) -> TransferOutcome? {
    guard let head = response as? HTTPURLResponse else {
      return .failed(.noNetwork(host: address, reason: "the address is not an HTTP one"))
    }
    state.lastArrival = .now
    do throws(DownloadError) {
      switch head.statusCode {
      case 206 where startsAtOffset(head):
        part.file.seekToEnd()
      case 206, 416:
        return .restartNeeded
      case 200:
        // The server sends the whole, whether or not it was asked to continue.
        try part.restart(validator: head.value(forHTTPHeaderField: "ETag"))
        state.receivedBytes = 0
      default:
        throw .httpStatus(code: head.statusCode, address: address)
      }
      // The length is below zero where the server does not say it.
      let offered = state.receivedBytes + Int(head.expectedContentLength)
      guard head.expectedContentLength < 0 || offered == expectedBytes else {
        throw .sizeMismatch(
          address: address, expectedBytes: expectedBytes, offeredBytes: offered)
      }
      return nil
    } catch {
      return .failed(error)
    }
  }

  private func append(_ bytes: [UInt8], _ state: inout State) -> DownloadError? {
    state.lastArrival = .now
    let total = state.receivedBytes + bytes.count
    guard total <= expectedBytes else {
      return .sizeMismatch(
        address: address, expectedBytes: expectedBytes, offeredBytes: total)
    }
    do throws(DownloadError) {
      try part.file.write(bytes)
      state.receivedBytes = total
      return nil
    } catch {
      return error
    }
  }

  private func startsAtOffset(_ head: HTTPURLResponse) -> Bool {
    let range = head.value(forHTTPHeaderField: "Content-Range") ?? ""
    return validator != nil && range.hasPrefix("bytes \(offset)-")
  }
}
