import CryptoPrimitives
import Foundation
import Testing

@testable import Storage

@Suite struct GroupCommitTests {
  /// Remembers batches, and refuses those with a certain item.
  private actor Disk {
    private(set) var batches: [[Int]] = []
    private let failing: Int?
    private let group = GroupCommit<Int>()
    init(failing: Int? = nil) { self.failing = failing }

    func add(_ item: Int) async throws(StorageError) {
      try await group.add(item) { items async throws(StorageError) in try await commit(items) }
    }

    private func commit(_ items: [Int]) async throws(StorageError) {
      await Task.yield()
      if let failing, items.contains(failing) { throw .diskFull(path: "disk") }
      batches.append(items)
    }
  }

  @Test func everyItemIsCommittedOnceAndBatchesFormThemselves() async throws {
    let disk = Disk()
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      for item in 0..<200 { tasks.addTask { try await disk.add(item) } }
      try await tasks.waitForAll()
    }
    let batches = await disk.batches
    #expect(batches.flatMap(\.self).sorted() == Array(0..<200))
    #expect(batches.count < 200)
  }

  @Test func aFailureReachesThoseOfItsBatchAndNobodyElse() async throws {
    let disk = Disk(failing: 50)
    let outcomes = await withTaskGroup(of: (Int, Bool).self) { tasks in
      for item in 0..<100 {
        tasks.addTask {
          do {
            try await disk.add(item)
            return (item, true)
          } catch { return (item, false) }
        }
      }
      return await tasks.reduce(into: [Int: Bool]()) { $0[$1.0] = $1.1 }
    }
    let durable = Set(await disk.batches.flatMap(\.self))
    #expect(outcomes[50] == false)
    // Acknowledged means durable, and the other way round.
    for (item, isAcknowledged) in outcomes { #expect(isAcknowledged == durable.contains(item)) }
    #expect(!durable.isEmpty)
  }
}
