/// Keeps the first of several events that agree in user, item, kind, value and time.
///
/// Without times two equal rows cannot be told from one row written twice, so they too count as
/// duplicates.
package struct DropDuplicateEvents: CleaningStep {
  private struct Key: Hashable {
    let user: Int32
    let item: Int32
    let kind: UInt8
    /// The bits, so that NaN equals itself.
    let value: UInt32
    let time: Int64
  }

  package init() {}

  package func apply(to table: inout EventTable, catalogue: Catalogue) -> CleaningReport.Finding {
    var seen = Set<Key>(minimumCapacity: table.count)
    let count = table.remove { user, event in
      let key = Key(
        user: user, item: event.item, kind: event.kind.rawValue,
        value: event.value.bitPattern, time: event.time)
      return !seen.insert(key).inserted
    }
    return CleaningReport.Finding(
      step: "duplicate events", count: count,
      action: "Kept the first of events that agree in user, item, kind, value and time.")
  }
}
