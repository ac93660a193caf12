internal import Behavior

/// What is wrong with one row, said so that its author can mend it.
///
/// The reason names the field and what it should be, and never quotes it: reasons go into reports,
/// and what stands in a row is what somebody did.
struct RowProblem: Error {
  let reason: String
}

/// One event of a generic file, checked field by field.
struct EventRecord {
  let user: String
  let item: String
  let event: BehaviorEvent

  /// Beyond this, seconds since 1970 would lie after the year 5000: milliseconds are meant.
  private static let largestTime: Int64 = 100_000_000_000

  /// - Parameter kind: `nil` stands for a view, the weakest kind.
  init(
    user: String?, item: String?, kind: String?, value: Double?, time: Int64?
  ) throws(RowProblem) {
    guard let user, !user.isEmpty else { throw RowProblem(reason: "the field user is missing") }
    guard let item, !item.isEmpty else { throw RowProblem(reason: "the field item is missing") }
    guard let known = BehaviorKind(name: kind ?? BehaviorKind.view.name) else {
      let names = BehaviorKind.allCases.map(\.name).joined(separator: ", ")
      throw RowProblem(reason: "the field kind is none of \(names)")
    }
    if let value, !Float(value).isFinite {
      throw RowProblem(reason: "the field value is not a finite number")
    }
    if let time, time < 0 || time > Self.largestTime {
      throw RowProblem(
        reason: "the field time is not in seconds since 1970"
          + (time < 0 ? "" : "; milliseconds must be divided by 1000"))
    }
    self.user = user
    self.item = item
    self.event = BehaviorEvent(
      item: EventTable.unknownItem, kind: known, value: value.map { Float($0) } ?? .nan,
      time: time ?? BehaviorEvent.unknownTime)
  }
}

/// One item of a generic catalogue file; its categories still by name.
struct CatalogueRecord {
  let item: Catalogue.Item
  let categories: [String]

  init(
    id: String?, title: String?, categories: [String], text: String?, price: Double?,
    creator: String?, time: Int64?
  ) throws(RowProblem) {
    guard let id, !id.isEmpty else { throw RowProblem(reason: "the field item is missing") }
    if let price, !(price >= 0 && Float(price).isFinite) {
      throw RowProblem(reason: "the field price is not a number from 0 up")
    }
    self.item = Catalogue.Item(
      id: id, title: title ?? id, text: text, price: price.map { Float($0) }, creator: creator,
      publishedAt: time)
    self.categories = categories
  }
}

extension Catalogue {
  /// Numbers the categories by name, so that the order of the rows does not matter.
  init(records: [CatalogueRecord], isPublic: Bool) {
    let names = Set(records.flatMap(\.categories)).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
    let items = records.map { record in
      var item = record.item
      item.categories = Set(record.categories).compactMap { numbers[$0] }.sorted()
      return item
    }
    self.init(items: items, categoryNames: names, isPublic: isPublic)
  }
}
