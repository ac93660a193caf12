extension AggregationServer {
  /// The masked sum of the inputs taken in so far, to be put on durable storage before they are
  /// acknowledged; nil before the step.
  ///
  /// After a restart the messages up to the step are handed in again, then this sum with `add`.
  package var partialSum: PartialSum? { ingest?.partial }
}
