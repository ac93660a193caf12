package import NIOCore
package import NIOHTTPTypes

/// Closes a connection whose request does not arrive in time, or whose peer does not read the answer.
///
/// An idle timeout alone does not: it begins anew with every byte that trickles in.
package final class ConnectionDeadlines: ChannelDuplexHandler, RemovableChannelHandler {
  package typealias InboundIn = HTTPRequestPart
  package typealias InboundOut = HTTPRequestPart
  package typealias OutboundIn = HTTPResponsePart
  package typealias OutboundOut = HTTPResponsePart

  private let request: TimeAmount
  private let answer: TimeAmount
  private var arrival: Scheduled<Void>?
  private var answering: Scheduled<Void>?
  private var isArriving = false
  /// Requests that have arrived and are not answered: a peer may send the next before it reads.
  private var unanswered = 0
  /// Whether the request that still arrives was refused already.
  private var isRefused = false

  /// - Parameters:
  ///   - request: from the head of a request to its last byte; for one that was sent ahead, from the answer
  ///     to the one before, since nothing is read earlier.
  ///   - answer: from there to the last byte of the answer.
  package init(request: TimeAmount, answer: TimeAmount) {
    self.request = request
    self.answer = answer
  }

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head:
      isArriving = true
      if unanswered == 0 { arrival = close(context, after: request) }
    case .body: break
    case .end:
      isArriving = false
      cancelArrival()
      if isRefused {
        isRefused = false
      } else {
        unanswered += 1
        if unanswered == 1 { answering = close(context, after: answer) }
      }
    }
    context.fireChannelRead(data)
  }

  package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?)
  {
    if case .end = unwrapOutboundIn(data) { answered(context) }
    context.write(data, promise: promise)
  }

  private func answered(_ context: ChannelHandlerContext) {
    guard unanswered > 0 else {
      // A refusal may be written while the request still arrives; that has its own deadline.
      isRefused = isArriving
      return
    }
    unanswered -= 1
    answering?.cancel()
    answering = unanswered > 0 ? close(context, after: answer) : nil
    if isArriving, unanswered == 0 { arrival = close(context, after: request) }
  }

  package func channelInactive(context: ChannelHandlerContext) {
    cancel()
    context.fireChannelInactive()
  }

  package func handlerRemoved(context: ChannelHandlerContext) { cancel() }

  private func close(
    _ context: ChannelHandlerContext, after limit: TimeAmount
  ) -> Scheduled<Void> {
    let channel = context.channel
    return context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
  }

  private func cancelArrival() {
    arrival?.cancel()
    arrival = nil
  }

  private func cancel() {
    cancelArrival()
    answering?.cancel()
    answering = nil
  }
}
