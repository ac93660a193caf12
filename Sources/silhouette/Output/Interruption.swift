internal import Dispatch
internal import Foundation
internal import Synchronization

/// Ends the process on SIGINT and SIGTERM without leaving half a file.
enum Interruption {
  /// The sources work only as long as somebody holds them.
  private static let sources = Mutex<[any DispatchSourceSignal]>([])

  /// Leaves both signals to a service that stops gracefully.
  static func handOver() {
    sources.withLock { sources in
      for source in sources { source.cancel() }
      sources = []
    }
  }

  /// Takes both signals over; called once, at the start.
  static func install() {
    for (number, status) in [(SIGINT, ExitStatus.interrupted), (SIGTERM, .terminated)] {
      // The default action would end the process before the source hears of the signal.
      _ = signal(number, SIG_IGN)
      sources.withLock { sources in
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler {
          ConsoleError.write(ConsoleError.isTerminal ? "\r\u{1B}[2Kinterrupted" : "interrupted")
          AtomicFile.removePendingAndExit(status)
        }
        source.resume()
        sources.append(source)
      }
    }
  }
}
