internal import Synchronization

/// Bytes that all connections together may hold in memory for one purpose.
package final class ByteBudget: Sendable {
  private let free: Mutex<Int>

  package init(_ most: Int) { free = Mutex(most) }

  /// Takes so many bytes, unless there are too few.
  package func take(_ count: Int) -> Bool {
    free.withLock { free in
      guard count <= free else { return false }
      free -= count
      return true
    }
  }

  /// Gives back what was taken.
  package func giveBack(_ count: Int) { free.withLock { $0 += count } }
}
