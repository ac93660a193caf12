/// Drops events with items that the catalogue lacks: nothing can be learned or shown for them.
package struct DropUnknownItems: CleaningStep {
  package init() {}

  package func apply(to table: inout EventTable, catalogue: Catalogue) -> CleaningReport.Finding {
    let items = 0..<Int32(catalogue.count)
    let count = table.remove { _, event in !items.contains(event.item) }
    return CleaningReport.Finding(
      step: "unknown items", count: count,
      action: "Dropped the events whose item is not in the catalogue.")
  }
}
