/// Drops ratings without a rating: they would count as interest of unknown sign.
///
/// Other kinds mean something without a value and keep NaN.
package struct DropMissingValues: CleaningStep {
  package init() {}

  package func apply(to table: inout EventTable, catalogue: Catalogue) -> CleaningReport.Finding {
    let count = table.remove { _, event in event.kind == .rate && !event.value.isFinite }
    return CleaningReport.Finding(
      step: "missing values", count: count,
      action: "Dropped the events of kind rate that carry no value.")
  }
}
