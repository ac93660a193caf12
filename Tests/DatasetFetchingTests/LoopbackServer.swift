internal import Foundation
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A request as the server saw it; header names in lower case.
struct ServedRequest: Sendable {
  var headers: [String: String]
}

/// What the server sends back.
struct ServedResponse: Sendable {
  var status = 200
  var headers: [String: String] = [:]
  var body: [UInt8] = []
  /// Bytes of the body after which the connection is closed, or held where `stalls`.
  var sentBytes: Int?
  var stalls = false
  /// Leaves the length out, so that only the end of the connection ends the body.
  var hidesLength = false
}

/// A one-connection-at-a-time HTTP server on a free port of the loopback interface.
final class LoopbackServer: Sendable {
  let port: UInt16
  private let listener: Int32
  private let requestLog = Mutex<[ServedRequest]>([])
  private let stopped = Mutex(false)
  private let answer: @Sendable (ServedRequest, Int) -> ServedResponse

  /// Starts the server; `answer` gets each request and its number, from zero.
  init(answer: @escaping @Sendable (ServedRequest, Int) -> ServedResponse) throws {
    self.answer = answer
    #if canImport(Glibc)
      let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let listener = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    self.listener = listener
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        unsafe bind(listener, generic, length) == 0 && listen(listener, 8) == 0
          && getsockname(listener, generic, &length) == 0
      }
    }
    guard bound else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { self.serve() }
  }

  var requests: [ServedRequest] { requestLog.withLock { $0 } }

  func address(_ path: String = "/file.zip") throws -> URL {
    guard let url = URL(string: "http://127.0.0.1:\(port)\(path)") else {
      throw POSIXError(.EINVAL)
    }
    return url
  }

  func stop() {
    stopped.withLock { $0 = true }
  }

  private var isStopped: Bool { stopped.withLock { $0 } }

  private func serve() {
    while !isStopped {
      guard readable(listener) else { continue }
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else { continue }
      converse(connection)
      _ = close(connection)
    }
    _ = close(listener)
  }

  private func converse(_ connection: Int32) {
    guard let request = receive(connection) else { return }
    let number = requestLog.withLock { log in
      log.append(request)
      return log.count - 1
    }
    let response = answer(request, number)
    var head = "HTTP/1.1 \(response.status) Status\r\nConnection: close\r\n"
    var headers = response.headers
    if !response.hidesLength { headers["Content-Length"] = String(response.body.count) }
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    let body = response.body.prefix(response.sentBytes ?? response.body.count)
    transmit(Array((head + "\r\n").utf8) + body, connection)
    // Held until the client goes away or the test ends.
    while response.stalls, !isStopped {
      if readable(connection), receive(connection) == nil { break }
    }
  }

  private func receive(_ connection: Int32) -> ServedRequest? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !isStopped, bytes.suffix(4) != Array("\r\n\r\n".utf8) {
      guard readable(connection) else { continue }
      let count = unsafe recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return nil }
      bytes += buffer[..<count]
    }
    var headers: [String: String] = [:]
    let text = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
    for line in text.split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      headers[line[..<colon].lowercased()] = String(value)
    }
    return ServedRequest(headers: headers)
  }

  private func transmit(_ bytes: [UInt8], _ connection: Int32) {
    #if canImport(Glibc)
      let flags = Int32(MSG_NOSIGNAL)
    #else
      let flags: Int32 = 0
      var yes: Int32 = 1
      _ = unsafe setsockopt(connection, SOL_SOCKET, SO_NOSIGPIPE, &yes, socklen_t(4))
    #endif
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { buffer in
        unsafe send(connection, buffer.baseAddress, buffer.count, flags)
      }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// Waits at most a tenth of a second, so that a stop is seen soon.
  private func readable(_ descriptor: Int32) -> Bool {
    var interest = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&interest, 1, 100) > 0
  }
}
