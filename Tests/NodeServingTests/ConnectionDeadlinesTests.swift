import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import NodeServing

/// Connections under a clock that only the test moves: 30 s for a request, 600 s for its answer.
@Suite struct ConnectionDeadlinesTests {
  private let loop = EmbeddedEventLoop()
  private let channel: EmbeddedChannel

  init() throws {
    channel = EmbeddedChannel(loop: loop)
    try channel.pipeline.syncOperations.addHandler(
      ConnectionDeadlines(request: .seconds(30), answer: .seconds(600)))
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
  }

  private func begin() throws {
    try channel.writeInbound(
      HTTPRequestPart.head(
        HTTPRequest(method: .post, scheme: "https", authority: "localhost", path: "/")))
  }

  private func send(_ count: Int) throws {
    try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(repeating: 0, count: count)))
  }

  private func end() throws { try channel.writeInbound(HTTPRequestPart.end(nil)) }
  private func answer() throws { try channel.writeOutbound(HTTPResponsePart.end(nil)) }

  @Test func anIdleConnectionHasNoDeadline() throws {
    loop.advanceTime(by: .hours(1))
    #expect(channel.isActive)
    try begin()
    try end()
    try answer()
    loop.advanceTime(by: .hours(1))
    #expect(channel.isActive)
  }

  @Test func bytesThatTrickleInBuyNoTime() throws {
    try begin()
    for _ in 0..<29 {
      loop.advanceTime(by: .seconds(1))
      try send(1)
    }
    #expect(channel.isActive)
    loop.advanceTime(by: .seconds(1))
    #expect(!channel.isActive)
  }

  @Test func anAnswerThatIsNotReadEndsTheConnection() throws {
    try begin()
    try end()
    loop.advanceTime(by: .seconds(599))
    #expect(channel.isActive)
    loop.advanceTime(by: .seconds(1))
    #expect(!channel.isActive)
  }

  /// A peer that sends the next request before it reads: the first answer does not free it.
  @Test func requestsThatAreSentAheadHaveADeadline() throws {
    for _ in 0..<2 {
      try begin()
      try end()
    }
    try answer()
    loop.advanceTime(by: .seconds(600))
    #expect(!channel.isActive)
  }

  /// A request that is sent while an answer is read does not cut that answer short.
  @Test func anAnswerHasItsTimeWhateverIsSentAhead() throws {
    try begin()
    try end()
    try begin()
    loop.advanceTime(by: .seconds(599))
    #expect(channel.isActive)
    try answer()
    loop.advanceTime(by: .seconds(29))
    #expect(channel.isActive)
    loop.advanceTime(by: .seconds(1))
    #expect(!channel.isActive)
  }

  /// A request that is refused before it has arrived still has to arrive in time, and is answered then.
  @Test func aRefusalBeforeTheEndIsTheAnswer() throws {
    try begin()
    try answer()
    loop.advanceTime(by: .seconds(29))
    try end()
    loop.advanceTime(by: .hours(1))
    #expect(channel.isActive)
    try begin()
    try answer()
    loop.advanceTime(by: .seconds(30))
    #expect(!channel.isActive)
  }
}
