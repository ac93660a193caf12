/// Makes many small writes durable with few commits.
///
/// It belongs to an actor and works in its isolation. While one commit is on its way to the disk, the
/// writes that arrive wait together and become the next one. Whoever finds no commit on its way
/// commits for all who wait: there is no extra task, and a lone write waits for nobody.
package final class GroupCommit<Item: Sendable> {
  private struct Waiting {
    let item: Item
    let turn: CheckedContinuation<Turn, Never>
  }

  private enum Turn: Sendable {
    /// Somebody else committed the item.
    case committed
    /// Somebody else tried to, and failed.
    case failed(StorageError)
    /// The one before has finished: commit this item and those that wait.
    case lead
  }

  private var isCommitting = false
  private var waiting: [Waiting] = []

  package init() {}

  /// Returns when the item is durable; items become durable in the order of the calls.
  ///
  /// - Parameter commit: makes all items durable, in their order, or none. When it is called, the
  ///   items are all that were ever added and are not durable: the state of the actor, up to the first
  ///   suspension of `commit`, is exactly the state after them.
  /// - Throws: what the commit of the item's batch threw; then none of the batch was kept.
  package func add(
    _ item: Item, isolation: isolated (any Actor)? = #isolation,
    commit: ([Item]) async throws(StorageError) -> Void
  ) async throws(StorageError) {
    if isCommitting {
      let turn = await withCheckedContinuation { waiting.append(Waiting(item: item, turn: $0)) }
      switch turn {
      case .committed: return
      case .failed(let error): throw error
      case .lead: break
      }
    }
    isCommitting = true
    // A new leader's own item was the first in the queue, so order is kept.
    let followers = waiting
    waiting = []
    let failure: StorageError?
    do throws(StorageError) {
      try await commit([item] + followers.map(\.item))
      failure = nil
    } catch { failure = error }
    for follower in followers {
      follower.turn.resume(returning: failure.map(Turn.failed) ?? .committed)
    }
    if waiting.isEmpty {
      isCommitting = false
    } else {
      waiting.removeFirst().turn.resume(returning: .lead)
    }
    if let failure { throw failure }
  }
}
