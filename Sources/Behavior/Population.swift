/// A catalogue and the behaviour of many users with it: what a reader or a generator delivers and
/// the simulator deals out to its devices.
package struct Population: Sendable {
  /// A published test case: the item to find and the items to rank it among.
  package struct PublishedTest: Sendable {
    package let item: Int32
    package let negatives: [Int32]

    package init(item: Int32, negatives: [Int32]) {
      self.item = item
      self.negatives = negatives
    }
  }

  /// Where behaviour comes from and under which terms.
  package struct Source: Sendable, Equatable {
    package let name: String
    /// Licence or terms in one sentence; `nil` for generated behaviour.
    package let licence: String?
    package let isSynthetic: Bool

    package init(name: String, licence: String?, isSynthetic: Bool) {
      self.name = name
      self.licence = licence
      self.isSynthetic = isSynthetic
    }
  }

  package let source: Source
  package let catalogue: Catalogue
  package let log: EventLog
  /// One test per user where the publisher fixed them, else `nil`: the split then holds out events.
  package let publishedTests: [PublishedTest]?
  package let cleaning: CleaningReport

  package init(
    source: Source, catalogue: Catalogue, log: EventLog, publishedTests: [PublishedTest]? = nil,
    cleaning: CleaningReport
  ) {
    self.source = source
    self.catalogue = catalogue
    self.log = log
    self.publishedTests = publishedTests
    self.cleaning = cleaning
  }
}
